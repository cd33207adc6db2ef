import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs/promises";
import { parseInstance } from "@facsimile/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FILE, type StateWorld, set, setting, stateWorld } from "./state-world.ts";

const dev = parseInstance("dev");

let shop: StateWorld;
beforeAll(async () => {
  shop = await stateWorld();
  await shop.make({ passwords: ["a", "b"], uiids: ["x.0"] });
  await shop.git("tag", "start");
});
beforeEach(async () => {
  for (const name of ["merge", "rebase", "cherry-pick"]) await shop.git(name, "--abort");
  await shop.git("checkout", "--quiet", "--force", "main");
  await shop.git("reset", "--quiet", "--hard", "start");
  await shop.git("branch", "-D", "side");
  expect((await shop.facs("init")).code).toBe(0);
});
afterAll(() => shop.remove());

/** One commit, or several, on a branch that starts from `start`, and one on main. */
async function diverge(theirs: readonly (() => Promise<unknown>)[], ours: () => Promise<unknown>) {
  await shop.git("checkout", "--quiet", "-b", "side", "start");
  for (const work of theirs) await work();
  await shop.git("checkout", "--quiet", "main");
  await ours();
}

const without = () => shop.git("config", "--remove-section", "merge.facsimile-state");
const seal = (...args: string[]) => shop.facs("state", "seal", "dev", ...args);
const secretOf = async (name: string) => (await shop.open()).secret(name, dev)?.reveal();

describe.each([
  ["with the driver", async () => {}],
  ["without the driver", without],
] as const)("%s", (how, prepare) => {
  beforeEach(async () => {
    await prepare();
  });
  const hasDriver = how === "with the driver";

  it("a merge of different entries is joined and sealed", async () => {
    await diverge([() => shop.change(set("db/root", "THEIRS"))], () =>
      shop.change(set("db/app", "OURS"), setting("dir", "/srv")),
    );
    const merged = await shop.git("merge", "--no-edit", "side");
    expect(merged.code).toBe(hasDriver ? 0 : 1);
    const refused = await shop.facs("plan", "dev");
    expect(refused.code).toBe(5);
    expect(refused.stderr).toMatch(hasDriver ? /STATE_UNSIGNED.*\n.*facs state seal --scope dev/ : /STATE_INVALID.*conflict marks of git\n.*facs state seal/); // biome-ignore format: one line
    const { code, stdout, stderr } = await seal();
    expect(code, stderr).toBe(0);
    expect(stdout).toBe(`  ours     + db/app
           + setting dir
  theirs   + db/root
${FILE}: sealed, serial 3
  next     git add ${FILE}, then go on with git (git status says how)
`);
    expect(stderr).toMatch(/^(! this clone's git .*\n)?state\/dev.json: two sides\n {2}ours {5}serial 2, signed by Robin <robin@example.org> \w{4}…\w{4}, \d{4}-\d\d-\d\d \d\d:\d\d UTC\n {2}theirs {3}serial 2, .*\n {2}from {5}serial 1\n$/); // biome-ignore format: one line
    expect(stderr.startsWith("! ")).toBe(!hasDriver);
    await shop.commit("sealed");
    expect([await secretOf("db/root"), await secretOf("db/app")]).toEqual(["THEIRS", "OURS"]);
    expect((await seal()).stdout).toBe(`${FILE} is sealed: there is nothing to join.\n`);
  });

  it("the same value changed on both sides is asked for, and never shown", async () => {
    await diverge([() => shop.change(set("db/root", "SECRET-T"))], () => shop.change(set("db/root", "SECRET-O")));
    expect((await shop.git("merge", "side")).code).toBe(1);
    const asked = await seal();
    expect(asked.code).toBe(1);
    expect(asked.stderr).toMatch(/error STATE_CLASH: both sides of state\/dev.json changed the same, .*\n {2}db\/root {3}ours: given, 2026-01-02 03:04 UTC/); // biome-ignore format: one line
    expect(asked.stderr + asked.stdout).not.toContain("SECRET");
    expect((await seal("--ours", "--theirs")).code).toBe(64);
    const { code, stdout, stderr } = await seal("--theirs", "--json");
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: "state-seal/1",
      serial: 3,
      clashes: [{ kind: "value", name: "db/root", taken: "theirs" }],
      changes: [{ kind: "value", name: "db/root", change: "changed", from: "theirs" }],
    });
    expect(stdout).not.toContain("SECRET");
    expect(await secretOf("db/root")).toBe("SECRET-T");
  });

  it("is sealed after the merge was committed as it was", async () => {
    await diverge([() => shop.change(set("db/root", "SECRET-T"))], () => shop.change(set("db/root", "SECRET-O")));
    await shop.git("merge", "side");
    await shop.commit("committed without a look");
    expect((await seal("--ours")).code).toBe(0);
    expect(await secretOf("db/root")).toBe("SECRET-O");
  });
});

it("a rebase of several commits is joined to one, from what git still holds", async () => {
  await diverge([() => shop.change(set("one", "1")), () => shop.change(set("two", "2"))], () =>
    shop.change(set("up", "3")),
  );
  await shop.git("checkout", "--quiet", "side");
  const rebased = await shop.git("rebase", "main");
  expect(rebased.code, rebased.text).toBe(0);
  expect(rebased.text).toContain("both sides were joined");
  const { code, stdout, stderr } = await seal();
  expect(code, stderr).toBe(0);
  expect(stdout).toContain("  ours     + up\n  theirs   + one\n           + two\n");
  expect([await secretOf("one"), await secretOf("two"), await secretOf("up")]).toEqual(["1", "2", "3"]);
  expect((await shop.open()).serial).toBe(4);
});

it("a cherry-pick brings its own change, and not what came before it on its branch", async () => {
  await diverge([() => shop.change(set("before", "1")), () => shop.change(set("picked", "2"))], () =>
    shop.change(set("up", "3")),
  );
  const picked = await shop.git("cherry-pick", "side");
  expect(picked.code, picked.text).toBe(0);
  expect((await seal()).code).toBe(0);
  expect([await secretOf("before"), await secretOf("picked"), await secretOf("up")]).toEqual([undefined, "2", "3"]);
});

it("a revert takes out what came, and nothing else", async () => {
  await shop.change(set("gone", "1"));
  await shop.change(set("stays", "2"));
  expect((await shop.git("revert", "--no-edit", "HEAD~1")).code).toBe(0);
  expect(await seal()).toMatchObject({ code: 1, stderr: expect.stringContaining("CONFIRMATION_NEEDED") });
  const { code, stderr } = await seal("--yes");
  expect(code).toBe(0);
  expect(stderr).toContain("! theirs is older than what came after it, and takes that back: a revert is meant so\n");
  expect([await secretOf("gone"), await secretOf("stays")]).toEqual([undefined, "2"]);
});

it("uiids that collide are told: those of before both sides stay, and ours of two new ones", async () => {
  await diverge([() => shop.make({ uiids: ["z.0"] })], () => shop.make({ uiids: ["y.0"] }));
  const merged = await shop.git("merge", "--no-edit", "side");
  expect(merged.text).toContain("z.0 has uiid 3 now, no longer 2: y.0 keeps 2");
  const { stdout } = await seal();
  expect(stdout).toContain("uiids    z.0 has uiid 3 now, no longer 2: y.0 keeps 2");
  const state = await shop.open();
  expect(["x.0", "y.0", "z.0"].map((daemon) => state.uiid(daemon))).toEqual([1, 2, 3]);
});

it("what was changed by hand on one side is refused, and stays as it is", async () => {
  await diverge(
    [
      async () => {
        await fs.writeFile(shop.file, (await shop.text()).replace('"uiid": 1', '"uiid": 9'));
        await shop.commit("by hand");
      },
    ],
    () => shop.change(set("up", "1")),
  );
  expect((await shop.git("merge", "--no-edit", "side")).code).toBe(0);
  const before = await shop.text();
  const { code, stderr } = await seal("--theirs");
  expect(code).toBe(5);
  expect(stderr).toContain("error BAD_SIGNATURE: their side of state/dev.json");
  expect(await shop.text()).toBe(before);
});

it("a file that one side removed is left to git, and one without its sides to whoever merged", async () => {
  await diverge([async () => { await fs.rm(shop.file); await shop.commit("removed"); }], () => shop.change(set("up", "1"))); // biome-ignore format: one line
  await shop.git("merge", "side");
  const removed = await seal();
  expect(removed).toMatchObject({ code: 1, stderr: expect.stringContaining("error STATE_SIDES_LOST: one side of the merge removed state/dev.json") }); // biome-ignore format: one line
  await shop.git("merge", "--abort");
  const text = (await shop.text()).replace(/"parents": \[[^\]]*\]/, `"parents": [\n      "${"0".repeat(64)}",\n      "${"1".repeat(64)}"\n    ]`).replace(/"signature": \[[^\]]*\]/, '"signature": []'); // biome-ignore format: one line
  await fs.writeFile(shop.file, text);
  const lost = await seal();
  expect(lost).toMatchObject({ code: 1, stderr: expect.stringContaining("sha256 000000000000 and 111111111111") });
});

it("what cannot be merged lies there between marks, never one side alone", async () => {
  await diverge(
    [
      async () => {
        await fs.writeFile(shop.file, "{}\n");
        await shop.commit("broken");
      },
    ],
    () => shop.change(set("up", "1")),
  );
  const merged = await shop.git("merge", "side");
  expect(merged).toMatchObject({ code: 1, text: expect.stringContaining("STATE_INVALID") });
  expect(await shop.text()).toMatch(/^<<<<<<< ours\n/);
  const sealed = await seal();
  expect(sealed).toMatchObject({ code: 5, stderr: expect.stringContaining("STATE_INVALID") });
});

it("names the state where no definition can be read", async () => {
  await diverge([() => shop.change(set("db/root", "1"))], () => shop.change(set("db/app", "2")));
  await shop.git("merge", "--no-edit", "side");
  expect((await shop.facs("state", "seal")).code).toBe(64);
  expect((await shop.facs("state", "seal", "--scope", "dev")).code).toBe(0);
  expect((await shop.facs("state", "seal", "--scope", "nowhere")).stderr).toContain("error NO_STATE");
});

it("asks on a terminal, clash by clash, and writes nothing where nothing is chosen", async () => {
  await diverge([() => shop.change(set("db/root", "SECRET-T"), setting("dir", "/theirs"))], () =>
    shop.change(set("db/root", "SECRET-O"), setting("dir", "/ours")),
  );
  await shop.git("merge", "side");
  const before = await shop.text();
  const none = await terminal("t\n\nwhat\n\n");
  expect(none.code).toBe(1);
  expect(none.text).toContain("error CONFIRMATION_NEEDED: nothing was chosen for state/dev.json");
  expect(await shop.text()).toBe(before);
  const { code, text } = await terminal("t\nwhat\nours\n");
  expect(code, text).toBe(0);
  expect(text).toMatch(/db\/root: changed on both sides\r?\n {2}ours {5}given, \d{4}-\d\d-\d\d \d\d:\d\d UTC\r?\n {2}theirs {3}given, .* UTC\r?\nWhich is right, \(o\)urs or \(t\)heirs\? /); // biome-ignore format: one line
  expect(text).not.toContain("SECRET");
  expect([await secretOf("db/root"), (await shop.open()).setting("dir")]).toEqual(["SECRET-T", "/ours"]);
});

/** `facs state seal dev` on a terminal of its own, where this is typed. */
async function terminal(typed: string): Promise<{ code: number; text: string }> {
  const child = spawn("script", ["--quiet", "--return", "--command", "facs state seal dev", "/dev/null"], {
    cwd: shop.root,
    env: shop.env,
    stdio: ["pipe", "pipe", "pipe"],
  });
  let text = "";
  let asked = 0;
  const lines = typed.split(/(?<=\n)/);
  child.stdout.on("data", (chunk) => {
    text += chunk;
    // Each answer when it is asked for, as a person does.
    while (asked < text.split("(t)heirs? ").length - 1) child.stdin.write(lines[asked++] ?? "");
  });
  const [code] = await once(child, "close");
  return { code, text };
}

it("is not listed for people: git calls it", async () => {
  const { stdout } = await shop.facs("state", "--help");
  expect(stdout).toContain("seal");
  expect(stdout).not.toContain("merge-driver");
});
