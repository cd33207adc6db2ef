import { spawn } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type World, world } from "./world.ts";

let shop: World;
beforeAll(async () => {
  shop = await world();
});
afterAll(() => shop.remove());

it("refuses a mistyped instance or project with 64, and guesses what was meant", async () => {
  const instance = await shop.facs("deploy", "stagin");
  expect(instance).toMatchObject({ code: 64, stdout: "" });
  expect(instance.stderr).toContain("Did you mean staging?");
  const project = await shop.facs("deploy", "staging", "storfront@1.1.0");
  expect(project).toMatchObject({ code: 64, stdout: "" });
  expect(project.stderr).toBe("error UNKNOWN_PROJECT: there is no project storfront\n  Did you mean storefront?\n");
  expect(await fs.readdir(shop.root)).not.toContain("state");
});

it("tells what is wrong in a definition with place, excerpt and caret", async () => {
  const file = path.join(shop.root, "define/staging.json5");
  const good = await fs.readFile(file, "utf8");
  await fs.writeFile(file, good.replace("deploy: {", "deploy: {\n    strategie: 1,"));
  const { code, stderr } = await shop.facs("plan", "staging");
  await fs.writeFile(file, good);
  expect(stderr).toMatch(/^define\/staging\.json5:\d+:5: error UNKNOWN_KEY: /m);
  expect(stderr).toMatch(/ → +\d+ │ +strategie: 1,\n +│ +\^{9}/);
  expect(stderr).toContain("strategy");
  expect(code).toBe(1);
});

it("tells names in files that nothing has as mistakes of the files: 1, not 64 as for what is typed", async () => {
  const file = path.join(shop.root, "define/staging.json5");
  const good = await fs.readFile(file, "utf8");
  await fs.writeFile(file, good.replace("deploy: {", 'deploy: {\n    waves: [{ hosts: ["web1.ue"] }],'));
  const wave = await shop.facs("plan", "staging");
  await fs.writeFile(file, good);
  expect(wave.stderr).toMatch(/^define\/staging\.json5:\d+:\d+: error UNKNOWN_HOST: /m);
  const folder = path.join(shop.root, "tmpl/storefront/_ALL_/_TARGET_/fronted");
  await fs.mkdir(folder, { recursive: true });
  await fs.writeFile(path.join(folder, "x"), "");
  const template = await shop.facs("render", "dev", "storefront", "x");
  await fs.rm(folder, { recursive: true });
  expect(template.stderr).toContain(
    "error UNKNOWN_TARGET_FOLDER: templates lie in _TARGET_/fronted, which is no target of dev\n  Did you mean _TARGET_/frontend?\n",
  );
  expect([wave.code, template.code]).toEqual([1, 1]);
});

it("tells what is odd also where that leaves nothing to deploy", async () => {
  const file = path.join(shop.root, "define/staging.json5");
  const good = await fs.readFile(file, "utf8");
  await fs.writeFile(file, good.replace("versions: {", "version: {"));
  const { code, stderr } = await shop.facs("plan", "staging");
  await fs.writeFile(file, good);
  expect(stderr).toMatch(/SIMILAR_KEY: the key version is close to the well-known versions/);
  expect(stderr).toMatch(/^error VERSION_MISSING: /m);
  expect(code).toBe(1);
});

it("passes over nothing that it cannot do yet: it says where that stands", async () => {
  const file = path.join(shop.root, "define/dev.json5");
  const good = await fs.readFile(file, "utf8");
  const more = 'files: [{ match: "*", group: "www" }],\n';
  await fs.writeFile(file, good.replace("versions: {", `${more}  versions: {`));
  const { code, stderr } = await shop.facs("plan", "dev");
  await fs.writeFile(file, good);
  expect(stderr).toMatch(/define\/dev\.json5:3:\d+: error NOT_YET: files with a group is not in this version yet/);
  expect(code).toBe(1);
});

it("knows its commands, suggests, and says what to type next", async () => {
  expect(await shop.facs("deplyo")).toEqual({
    ...{ code: 64, stdout: "" },
    stderr: "error USAGE: unknown command 'deplyo'\n  Did you mean deploy?\n  More: facs --help\n",
  });
  expect((await shop.facs("secrets", "gt")).stderr).toMatch(/Did you mean get\?\n {2}More: facs secrets --help\n$/);
  expect((await shop.facs("state", "set", "dev")).stderr).toBe(
    [
      "error USAGE: missing required argument 'name'",
      "  Usage: facs state set [options] <instance> <name> <value>",
      "  Usage: facs state set [options] <instance> <name> -- <-value>",
      "  More: facs state set --help\n",
    ].join("\n"),
  );
  // What stands behind an option may be a secret.
  expect((await shop.facs("secrets", "unset", "dev", "a", "--value=S3CRET")).stderr).toMatch(
    /^error USAGE: unknown option '--value'\n/,
  );
  const { code, stdout } = await shop.facs("plan", "dev", "--sett", "x=1", "--json");
  expect({ code, document: JSON.parse(stdout) }).toEqual({
    code: 64,
    document: {
      schema: "error/1",
      problems: [
        { code: "USAGE", message: "unknown option '--sett'", hint: expect.stringMatching(/^Did you mean --set\?\n/) },
      ],
    },
  });
  const group = await shop.facs("secrets");
  expect(group).toMatchObject({ code: 64, stdout: "", stderr: expect.stringMatching(/^Usage: facs secrets /) });
  expect(await shop.facs("--help")).toMatchObject({ code: 0, stdout: expect.stringContaining("deploy") });
  expect((await shop.facs("--version")).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

it("gives lists and failures as JSON when asked to", async () => {
  const { code, stdout } = await shop.facs("list", "--json");
  const listing = JSON.parse(stdout);
  expect(code).toBe(0);
  expect(listing).toMatchObject({ schema: "list/1", projects: [{ project: "storefront" }, { project: "ledger" }] });
  expect(listing.instances.map(({ instance }: { instance: string }) => instance)).toEqual([
    "dev",
    "dev.dev0",
    "production",
    "staging",
  ]);
  const failed = await shop.facs("plan", "stagin", "--json");
  expect(JSON.parse(failed.stdout)).toMatchObject({ schema: "error/1", problems: [{ code: "UNKNOWN_INSTANCE" }] });
});

it.each(["SIGINT", "SIGTERM"] as const)("gives one document also when %s stops it", async (signal) => {
  const slow = `build.run=${JSON.stringify([`touch at-${signal}; sleep 30`])}`;
  const running = shop.start("render", "dev", "storefront", "--set", slow, "--json");
  const isBuilding = async () => {
    const names = await fs.readdir(path.join(shop.root, "BUILD"), { recursive: true }).catch(() => []);
    return names.some((name) => name.endsWith(`at-${signal}`));
  };
  await vi.waitUntil(isBuilding, { timeout: 20_000 });
  process.kill(running.pid, signal);
  const { code, stdout, stderr } = await running.done;
  expect({ code, document: JSON.parse(stdout) }).toEqual({
    code: 130,
    document: {
      schema: "error/1",
      problems: [{ code: "INTERRUPTED", message: `stopped by ${signal}. Nothing more was done.` }],
    },
  });
  expect(stderr).toContain(`stopped by ${signal}. Nothing more was done.\n`);
});

it("deploys a protected instance only when confirmed, and only from what is committed", async () => {
  const { code, stderr } = await shop.facs("deploy", "production");
  expect(stderr).toContain("CONFIRMATION_NEEDED: production is protected");
  expect(code).toBe(1);
  await fs.appendFile(path.join(shop.root, "define/production.json5"), "// edited\n");
  expect((await shop.facs("deploy", "production", "--yes")).stderr).toContain("DEFINITION_DIRTY");
});

it("finds no conglomerate outside of one, and takes --root from anywhere", async () => {
  const outside = await shop.facs("list", "--root", shop.home);
  expect(outside).toMatchObject({ code: 64, stderr: expect.stringContaining("NO_CONGLOMERATE") });
  expect(await shop.facs("list", "--root", path.join(shop.root, "tmpl"))).toMatchObject({ code: 0 });
});

it("may be prepared again: init keeps the key and everything else", async () => {
  const key = await fs.readFile(path.join(shop.home, ".config/facsimile/key.asc"), "utf8");
  expect(await shop.facs("init")).toMatchObject({ code: 0, stdout: expect.stringContaining("nothing new") });
  expect(await fs.readFile(path.join(shop.home, ".config/facsimile/key.asc"), "utf8")).toBe(key);
});

it("goes on when nobody reads its output any more", async () => {
  const script = '"$@" list | true';
  const facs = fileURLToPath(new URL("../bin/facs.mjs", import.meta.url));
  const child = spawn("sh", ["-c", script, "sh", process.execPath, facs], {
    cwd: shop.root,
    env: shop.env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (text) => (stderr += text));
  await new Promise((resolve) => child.on("close", resolve));
  expect(stderr).toBe("");
});
