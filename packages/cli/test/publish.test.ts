import fs from "node:fs/promises";
import path from "node:path";
import { git, gitCommit } from "@facsimile/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FleetWorld, fleetWorld, HOSTS } from "./world.ts";

describe("with a git remote", () => {
  let shop: FleetWorld;
  let bare: string;
  let colleague: string;
  beforeAll(async () => {
    shop = await fleetWorld();
    bare = path.join(shop.dir, "origin.git");
    colleague = path.join(shop.dir, "colleague");
    await git(shop.dir, "init", "--quiet", "--bare", "--initial-branch=main", bare);
    await git(shop.root, "remote", "add", "origin", bare);
    await git(shop.root, "push", "--quiet", "--set-upstream", "origin", "main");
    await git(shop.dir, "clone", "--quiet", bare, colleague);
  });
  afterAll(() => shop.remove());
  const touched = async () =>
    (await Promise.all(HOSTS.map((host) => fs.readdir(shop.hostHome(host))))).flat().filter((name) => name === "shop");

  const runningOf = () =>
    Promise.all(
      HOSTS.map((host) => fs.readlink(path.join(shop.hostHome(host), "shop/ledger/current")).catch(() => "")),
    );
  const memory = () => fs.readFile(path.join(shop.env["FACS_CONFIG_DIR"] ?? "", "memory.json"), "utf8");

  it("stops with 4 and touches no host when a colleague pushed first", async () => {
    await fs.writeFile(path.join(colleague, "NOTES"), "mine\n");
    await gitCommit(colleague);
    await git(colleague, "push", "--quiet");
    const { code, stderr } = await shop.facs("deploy", "staging", "--yes");
    expect(stderr).toContain("GIT_OUT_OF_STEP");
    expect(stderr).toContain("git pull --rebase");
    expect(code).toBe(4);
    expect(await touched()).toEqual([]);
    expect(await fs.readdir(shop.root)).not.toContain("state");
    await git(shop.root, "pull", "--quiet", "--rebase");
  });

  it("stops with 4 and touches no host when the push is refused, and goes on once it is accepted", async () => {
    const hook = path.join(bare, "hooks/pre-receive");
    await fs.writeFile(hook, "#!/bin/sh\necho not today >&2\nexit 1\n", { mode: 0o755 });
    const { code, stderr } = await shop.facs("deploy", "staging", "--yes");
    expect(stderr).toContain("PUSH_REFUSED");
    expect(stderr).toContain("not today");
    expect(code).toBe(4);
    expect(await touched()).toEqual([]);
    const again = await shop.facs("deploy", "staging", "--yes");
    expect(again).toMatchObject({ code: 4, stderr: expect.stringContaining("GIT_OUT_OF_STEP") });
    expect(await touched()).toEqual([]);
    await fs.rm(hook);
    await git(shop.root, "push", "--quiet");
    expect(await shop.facs("deploy", "staging", "--yes")).toMatchObject({ code: 0 });
    expect(await git(bare, "ls-tree", "-r", "--name-only", "main", "state")).toBe("state/staging.json");
  });

  it("stops with 4 and touches no host when a colleague is faster between the last look and the push", async () => {
    await git(colleague, "pull", "--quiet");
    await fs.writeFile(path.join(colleague, "NOTES"), "in between\n");
    await gitCommit(colleague);
    const hook = path.join(shop.root, ".git/hooks/pre-push");
    await fs.writeFile(hook, `#!/bin/sh\nunset GIT_DIR\ngit -C '${colleague}' push --quiet\n`, { mode: 0o755 });
    const before = await runningOf();
    const { code, stderr } = await shop.facs("deploy", "staging", "--yes", "ledger@1.1.0");
    expect([code, stderr]).toEqual([4, expect.stringContaining("PUSH_REFUSED")]);
    expect(await runningOf()).toEqual(before);
    expect(await git(bare, "log", "-1", "--format=%s", "main")).not.toContain("ledger");
    await fs.rm(hook);
    await git(shop.root, "reset", "--quiet", "--hard", "origin/main");
    await git(shop.root, "pull", "--quiet");
  });

  it("does not deploy a state that lies on a branch nobody else has, and remembers it only when it is pushed", async () => {
    await git(shop.root, "switch", "--quiet", "--create", "topic");
    expect((await shop.facs("secrets", "rotate", "staging", "passwd/reports")).code).toBe(0);
    await gitCommit(shop.root);
    const remembered = await memory();
    const before = await runningOf();
    const { code, stderr } = await shop.facs("deploy", "staging", "--yes");
    expect([code, stderr]).toEqual([4, expect.stringContaining("GIT_NO_UPSTREAM")]);
    expect([await runningOf(), await memory()]).toEqual([before, remembered]);
    await git(shop.root, "push", "--quiet", "--set-upstream", "origin", "topic");
    expect((await shop.facs("deploy", "staging", "--yes")).code).toBe(0);
    expect(await memory()).not.toBe(remembered);
    expect(await runningOf()).not.toEqual(before);
    await git(shop.root, "push", "--quiet", "origin", "topic:main");
  });

  it("pushes from a detached HEAD to the branch that state.push names, and else not at all", async () => {
    await git(shop.root, "fetch", "--quiet");
    await git(shop.root, "switch", "--quiet", "--detach", "origin/main");
    expect((await shop.facs("secrets", "rotate", "staging", "passwd/reports")).code).toBe(0);
    await gitCommit(shop.root);
    expect(await shop.facs("deploy", "staging", "--yes")).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/GIT_DETACHED[\s\S]*state: \{ push: "origin\/main" \}/),
    });
    await git(shop.root, "reset", "--quiet", "--hard", "origin/main");
    await shop.edit("define/staging.json5", "versions:", 'state: { push: "origin/main" },\n  versions:');
    await git(shop.root, "push", "--quiet", "origin", "HEAD:main");
    expect((await shop.facs("secrets", "rotate", "staging", "passwd/reports")).code).toBe(0);
    const { code, stderr } = await shop.facs("deploy", "staging", "--yes");
    expect([code, stderr.match(/GIT_\w+|PUSH_\w+/)]).toEqual([0, null]);
    expect(await git(bare, "log", "-1", "--format=%s", "main")).toContain("state staging");
    await git(shop.root, "switch", "--quiet", "main");
    await git(shop.root, "merge", "--quiet", "--ff-only", "origin/main");
  });

  it("takes new versions out of the definition again where git refuses the commit, and touches no host", async () => {
    const hook = path.join(shop.root, ".git/hooks/pre-commit");
    await fs.writeFile(hook, "#!/bin/sh\necho no commits today >&2\nexit 1\n", { mode: 0o755 });
    const [before, status] = [await runningOf(), await git(shop.root, "status", "--porcelain", "define")];
    const both = ["deploy", "staging", "--yes", "ledger@1.1.0", "storefront@1.1.0"];
    const { code, stderr } = await shop.facs(...both);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/GIT_FAILED[\s\S]*no commits today\n.*the definition is as it was/)]); // biome-ignore format: one line
    expect(await git(shop.root, "status", "--porcelain", "define")).toBe(status);
    expect(await git(shop.root, "diff", "--cached", "--name-only")).toBe("");

    await fs.writeFile(hook, "#!/bin/sh\necho >> define/staging.json5\nexit 1\n");
    expect((await shop.facs(...both)).stderr).toContain("look at define/staging.json5: the new version is still there");
    await git(shop.root, "checkout", "--quiet", "--", "define");
    expect(await runningOf()).toEqual(before);
    await fs.rm(hook);
  });

  it("pushes new versions before it deploys, also two of one file", async () => {
    const { code, stdout } = await shop.facs("deploy", "staging", "--yes", "ledger@1.1.0", "storefront@1.1.0");
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(await git(bare, "log", "-1", "--format=%s", "main")).toContain("ledger 1.1.0, storefront 1.1.0");
    expect(await git(shop.root, "show", "--format=", "--unified=0", "define/staging.json5")).toMatch(
      /\+ +storefront: "1\.1\.0",\n\+ +ledger: "1\.1\.0",/,
    );
    expect(await shop.facs("plan", "staging", "--exit-code")).toMatchObject({ code: 0 });
    expect(await git(shop.root, "status", "--porcelain", "--branch")).toBe("## main...origin/main");
  });
});
