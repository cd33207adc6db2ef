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

  it("stops with 4 and touches no host when a colleague pushed first", async () => {
    await fs.writeFile(path.join(colleague, "NOTES"), "mine\n");
    await gitCommit(colleague);
    await git(colleague, "push", "--quiet");
    const { code, stderr } = await shop.facs("deploy", "staging");
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
    const { code, stderr } = await shop.facs("deploy", "staging");
    expect(stderr).toContain("PUSH_REFUSED");
    expect(stderr).toContain("not today");
    expect(code).toBe(4);
    expect(await touched()).toEqual([]);
    const again = await shop.facs("deploy", "staging");
    expect(again).toMatchObject({ code: 4, stderr: expect.stringContaining("GIT_OUT_OF_STEP") });
    expect(await touched()).toEqual([]);
    await fs.rm(hook);
    await git(shop.root, "push", "--quiet");
    expect(await shop.facs("deploy", "staging")).toMatchObject({ code: 0 });
    expect(await git(bare, "ls-tree", "-r", "--name-only", "main", "state")).toBe("state/staging.json");
  });

  it("pushes new versions before it deploys, also two of one file", async () => {
    const { code, stdout } = await shop.facs("deploy", "staging", "ledger@1.1.0", "storefront@1.1.0");
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(await git(bare, "log", "-1", "--format=%s", "main")).toContain("ledger 1.1.0, storefront 1.1.0");
    expect(await git(shop.root, "show", "--format=", "--unified=0", "define/staging.json5")).toMatch(
      /\+ +storefront: "1\.1\.0",\n\+ +ledger: "1\.1\.0",/,
    );
    expect(await shop.facs("plan", "staging", "--exit-code")).toMatchObject({ code: 0 });
    expect(await git(shop.root, "status", "--porcelain", "--branch")).toBe("## main...origin/main");
  });
});
