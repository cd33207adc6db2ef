import fs from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { type Change, changeState, parseValueName, planState, resealState, sealState, valuesOf } from "../src/index.ts";
import { create, dev, dev0, now, type World, world } from "./world.ts";

const later = () => new Date("2026-02-03T04:05:06Z");
const root = parseValueName("db/root");
const storefront = parseValueName("passwd/storefront");

async function change(w: World, ...changes: Change[]) {
  return changeState(await w.open(), changes, { keyring: w.keyring, now: later });
}

describe("changeState", () => {
  it("sets values for all sharers and for one instance, and takes them out", async () => {
    const w = await world();
    await change(w, { type: "set", name: root, value: "one" });
    const own = parseValueName("db/root", "dev.dev0");
    const both = await change(w, { type: "set", name: own, value: "two" });
    expect([both.secret("db/root", dev)?.reveal(), both.secret("db/root", dev0)?.reveal()]).toEqual(["one", "two"]);
    const without = await change(w, { type: "unset", name: own });
    expect(without.secret("db/root", dev0)?.reveal()).toBe("one");
    expect(await fs.readFile(w.file, "utf8")).not.toContain("dev.dev0");
    expect(without.serial).toBe(3);
  });

  it("gives a daemon the number that is asked for, where it has none and nobody else has that", async () => {
    const w = await world();
    await create(w, { uiids: ["workerd.0"] });
    const given = await change(w, { type: "uiid", daemon: "workerd.1", uiid: 7 });
    expect([given.uiid("workerd.0"), given.uiid("workerd.1"), given.serial]).toEqual([1, 7, 2]);
    const same = await change(w, { type: "uiid", daemon: "workerd.1", uiid: 9 });
    expect([same.uiid("workerd.1"), same.serial]).toEqual([7, 2]);
    for (const [
      uiid,
      why,
    ] of [[7, "it is that of workerd.1"], [0, "it is not 1 to 255"], [256, "it is not 1 to 255"], [1.5, "it is not 1 to 255"]] as const) // biome-ignore format: a table
      await expect(change(w, { type: "uiid", daemon: "reportd.0", uiid })).rejects.toMatchObject({
        code: "UIID_TAKEN",
        message: `reportd.0 cannot have the uiid ${uiid} in state/dev.json: ${why}`,
      });
  });

  it("keeps the previous value when one is rotated, made as before or given", async () => {
    const w = await world();
    const before = await create(w, { passwords: ["storefront"] });
    const old = before.password("storefront", dev)?.reveal();
    const made = await change(w, { type: "rotate", name: storefront, by: { hex: 8 } });
    expect(made.password("storefront", dev)?.reveal()).toMatch(/^[0-9a-f]{16}$/);
    expect(made.secrets().map((secret) => [secret.name, secret.reveal() === old])).toEqual([
      ["passwd/storefront", false],
      ["passwd/storefront (previous)", true],
    ]);
    expect(valuesOf(made)).toEqual([
      { name: storefront, created: later().toISOString(), policy: "hex 8", rotated: later().toISOString() },
    ]);
    const given = await change(w, { type: "rotate", name: storefront, by: { value: "mine" } });
    expect(given.password("storefront", dev)?.reveal()).toBe("mine");
    expect(valuesOf(await w.open())[0]?.policy).toBe("given");
  });

  it("changes the line of the value and the seal, and no other", async () => {
    const w = await world();
    await create(w, { passwords: ["a", "b"], uiids: ["x.0"] });
    await change(w, { type: "set", name: root, value: "one" });
    const lines = async () => (await fs.readFile(w.file, "utf8")).split('"seal"')[0]?.split("\n") ?? [];
    const before = await lines();
    await change(w, { type: "set", name: root, value: "two" });
    const changed = (await lines()).filter((line, index) => line !== before[index]);
    expect(changed).toEqual([expect.stringMatching(/"db\/root": "e1:/)]);
  });

  it("writes nothing where nothing is new", async () => {
    const w = await world();
    await change(w, { type: "set", name: root, value: "one" }, { type: "setting", name: "dir", value: "/srv" });
    const before = await fs.readFile(w.file);
    const same = await change(
      w,
      { type: "set", name: root, value: "one" },
      { type: "setting", name: "dir", value: "/srv" },
    );
    expect(same.serial).toBe(1);
    expect(await fs.readFile(w.file)).toEqual(before);
  });

  it("sets settings and gives uiids free", async () => {
    const w = await world();
    await create(w, { uiids: ["a.0", "b.0"] });
    const changed = await change(w, { type: "setting", name: "dir", value: "/srv" }, { type: "forget", daemon: "a.0" });
    expect([changed.setting("dir"), changed.daemons()]).toEqual(["/srv", ["b.0"]]);
    expect(planState(changed, { uiids: ["c.0"] }).uiids).toEqual({ "c.0": 1 });
    expect((await change(w, { type: "setting", name: "dir", value: undefined })).settings()).toEqual({});
  });

  it.each<[string, Change]>([
    ["db/root", { type: "unset", name: root }],
    ["db/root of dev.dev0 alone", { type: "rotate", name: parseValueName("db/root", "dev.dev0"), by: "uuid" }],
    ["dir", { type: "setting", name: "dir", value: undefined }],
    ["a.0", { type: "forget", daemon: "a.0" }],
  ])("says that there is no %s, and writes nothing", async (name, wrong) => {
    const w = await world();
    await expect(change(w, { type: "set", name: storefront, value: "x" }, wrong)).rejects.toMatchObject({
      code: "NOT_SET",
      message: `state/dev.json holds no ${name}`,
    });
    expect((await w.open()).serial).toBe(0);
  });
});

it("plans secrets that are missing, and makes them by their policies", async () => {
  const w = await world();
  const state = await w.open();
  const wants = { passwords: ["a"], secrets: ["db/root"], policies: { "db/root": { hex: 4 }, "passwd/a": { hex: 5 }, c: "uuid" } } as const; // biome-ignore format: one line
  const plan = planState(state, wants);
  expect(plan).toMatchObject({ passwords: ["a"], secrets: ["db/root"], policies: { "db/root": { hex: 4 } } });
  expect(Object.keys(plan.policies)).toEqual(["passwd/a", "db/root"]);
  const sealed = await sealState(state, plan, { keyring: w.keyring, now });
  expect(sealed.secret("db/root", dev)?.reveal()).toMatch(/^[0-9a-f]{8}$/);
  expect(sealed.password("a", dev)?.reveal()).toMatch(/^[0-9a-f]{10}$/);
  expect(planState(sealed, wants).empty).toBe(true);
});

it("seals a state anew without a change", async () => {
  const w = await world();
  const before = await create(w, { passwords: ["a"] });
  const after = await resealState(await w.open(), { keyring: w.keyring, now: later });
  expect([after.serial, after.password("a", dev)?.reveal()]).toEqual([2, before.password("a", dev)?.reveal()]);
});

it("refuses names that are none", () => {
  const wrong = ["", "passwd/", "a\nb", "x".repeat(201), "\u0000"];
  const codes = wrong.map((text) => {
    try {
      return parseValueName(text);
    } catch (error) {
      return (error as { code: string }).code;
    }
  });
  expect(codes).toEqual(wrong.map(() => "BAD_NAME"));
});
