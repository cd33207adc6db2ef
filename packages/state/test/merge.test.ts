import { randomBytes } from "node:crypto";
import fs from "node:fs/promises";
import { sha256 } from "@facsimile/core";
import { describe, expect, it } from "vitest";
import { draftOf, sealDraft } from "../src/draft.ts";
import { parseDocument } from "../src/format/parse-document.ts";
import { wrapDataKey } from "../src/format/wrap.ts";
import {
  changeRecipients,
  changeState,
  confirmSeal,
  parseValueName,
  planRecipients,
  publishKey,
  resealState,
  valuesOf,
} from "../src/index.ts";
import { changing, diverge, making, opened, sealedBy, type Work } from "./merge-sides.ts";
import { dev, dev0, now, tools, type World, world } from "./world.ts";

const set = (name: string, value: string, instance?: string) =>
  ({ type: "set", name: parseValueName(name, instance), value }) as const;
const later = () => new Date("2026-03-04T05:06:07Z");
const unset = (name: string) => ({ type: "unset", name: parseValueName(name) }) as const;
const setting = (name: string, value: string) => ({ type: "setting", name, value }) as const;

function recipients(change: { add?: readonly World[]; remove?: readonly World[] }): Work {
  const names = (who: readonly World[] = []) => who.map(({ key }) => key.fingerprint);
  return async (w) => {
    for (const { key } of change.add ?? []) await publishKey(key, { root: w.root });
    const state = await w.open();
    const plan = planRecipients(state, { add: names(change.add), remove: names(change.remove) });
    return changeRecipients([{ state, plan }], { keyring: w.keyring, now });
  };
}

describe("a merge", () => {
  it("holds what each side changed, follows both, and keeps the bytes of its values", async () => {
    const w = await world();
    const sides = await diverge(w, {
      base: making({ passwords: ["a", "b", "c"] }),
      ours: changing(set("passwd/a", "1"), unset("passwd/c"), setting("dir", "/srv")),
      theirs: changing(set("db/root", "2", "dev.dev0"), setting("mode", "x")),
    });
    const { clashes, plan, state } = await sealedBy(w, sides);
    expect(clashes).toEqual([]);
    expect(plan.changes).toEqual([
      { kind: "value", name: "passwd/a", change: "changed", from: "ours" },
      { kind: "value", name: "passwd/c", change: "removed", from: "ours" },
      { kind: "value", name: "db/root of dev.dev0", change: "added", from: "theirs" },
      { kind: "setting", name: "dir", change: "added", from: "ours" },
      { kind: "setting", name: "mode", change: "added", from: "theirs" },
    ]);
    const again = await w.open();
    expect([again.serial, again.settings()]).toEqual([3, { dir: "/srv", mode: "x" }]);
    expect([again.password("a", dev)?.reveal(), again.secret("db/root", dev0)?.reveal()]).toEqual(["1", "2"]);
    expect(again.password("c", dev)).toBeUndefined();
    const [merged, ours] = [parseDocument(await fs.readFile(w.file), ""), parseDocument(sides.ours, "")];
    expect(merged.values.passwd).toEqual(ours.values.passwd);
    expect(merged.keys).toEqual(ours.keys);
    expect(merged.seal.parents).toEqual([sha256(sides.ours), sha256(sides.theirs)]);
    await confirmSeal(state);
  });

  it("asks for what both sides changed, tells policies and dates, and never a value", async () => {
    const w = await world();
    const sides = await diverge(w, {
      base: making({ passwords: ["a", "b"] }),
      ours: changing(set("passwd/a", "SECRET-1"), unset("passwd/b"), setting("dir", "/one")),
      theirs: changing(set("passwd/a", "SECRET-2"), set("passwd/b", "SECRET-3"), setting("dir", "/two")),
    });
    const { clashes, state } = await sealedBy(w, sides, ({ name }) => (name === "passwd/a" ? "theirs" : "ours"));
    expect(clashes).toEqual([
      { kind: "value", name: "passwd/a", ours: "given, 2026-01-02T03:04:05.000Z", theirs: "given, 2026-01-02T03:04:05.000Z" },
      { kind: "value", name: "passwd/b", ours: "taken out", theirs: "given, 2026-01-02T03:04:05.000Z" },
      { kind: "setting", name: "dir", ours: '"/one"', theirs: '"/two"' },
    ]); // biome-ignore format: one line each
    expect(state.password("a", dev)?.reveal()).toBe("SECRET-2");
    expect(state.password("b", dev)).toBeUndefined();
    expect(state.setting("dir")).toBe("/one");
  });

  it("asks nothing where both sides gave the same value", async () => {
    const w = await world();
    const sides = await diverge(w, {
      base: making({ passwords: ["a"] }),
      ours: changing(set("x", "1")),
      theirs: async () => changeState(await w.open(), [set("x", "1")], { keyring: w.keyring, now: later }),
    });
    const { clashes, state } = await sealedBy(w, sides);
    expect([clashes, state.secret("x", dev)?.reveal()]).toEqual([[], "1"]);
    expect(valuesOf(state)[1]?.created).toBe(later().toISOString());
  });

  it("without what both came from loses nothing, and asks for all that differs", async () => {
    const w = await world();
    const { ours, theirs } = await diverge(w, {
      base: making({ passwords: ["a", "b"] }),
      ours: changing(set("passwd/a", "1"), set("x", "1")),
      theirs: changing(unset("passwd/b"), set("y", "1")),
    });
    const { clashes, state } = await sealedBy(w, { ours, theirs });
    expect(clashes.map(({ name }) => name)).toEqual(["passwd/a"]);
    expect(state.secrets().map(({ name }) => name)).toEqual(["passwd/a", "passwd/b", "secrets/x", "secrets/y"]);
  });

  it("reads values that a side has under another data key, and shuts out who was taken out", async () => {
    const [w, kim] = [await world(), await world("Kim")];
    const sides = await diverge(w, {
      base: async () => {
        await making({ passwords: ["a", "b"] })(w);
        await recipients({ add: [kim] })(w);
      },
      ours: changing(set("passwd/a", "1"), set("new", "2")),
      theirs: recipients({ remove: [kim] }),
    });
    const { clashes, plan, state } = await sealedBy(w, sides);
    expect(clashes).toEqual([]);
    expect([...plan.exposed].sort()).toEqual(["new", "passwd/a"]);
    expect(plan.changes).toContainEqual({
      kind: "recipient",
      name: kim.key.fingerprint,
      change: "removed",
      from: "theirs",
    });
    expect(state.recipients).toEqual([w.key.fingerprint]);
    expect([state.password("a", dev)?.reveal(), state.secret("new", dev)?.reveal()]).toEqual(["1", "2"]);
    const [merged, theirs] = [parseDocument(await fs.readFile(w.file), ""), parseDocument(sides.theirs, "")];
    expect(merged.keys).toEqual(theirs.keys);
    expect(merged.values.passwd.get("b")).toBe(theirs.values.passwd.get("b"));
    await publishKey(w.key, { root: kim.root });
    const asKim = { ...(await tools({ root: w.root, configDir: kim.configDir })) };
    await expect(w.open({ keyring: asKim.keyring })).rejects.toMatchObject({ code: "NOT_A_RECIPIENT" });
  });

  it("makes a new data key where each side took out somebody else, and one message where each took in somebody", async () => {
    const [w, kim, lee] = [await world(), await world("Kim"), await world("Lee")];
    const out = await diverge(w, {
      base: async () => {
        await making({ passwords: ["a"] })(w);
        await recipients({ add: [kim, lee] })(w);
      },
      ours: recipients({ remove: [kim] }),
      theirs: recipients({ remove: [lee] }),
    });
    const { state } = await sealedBy(w, out);
    expect(state.recipients).toEqual([w.key.fingerprint]);
    const merged = parseDocument(await fs.readFile(w.file), "");
    for (const side of [out.ours, out.theirs]) {
      expect(merged.keys.message).not.toEqual(parseDocument(side, "").keys.message);
      expect(merged.values.passwd.get("a")).not.toBe(parseDocument(side, "").values.passwd.get("a"));
    }
    const back = await diverge(w, {
      base: async () => {},
      ours: recipients({ add: [kim] }),
      theirs: recipients({ add: [lee] }),
    });
    const both = await sealedBy(w, back);
    expect(both.clashes).toEqual([]);
    expect(both.state.recipients).toEqual([w, kim, lee].map(({ key }) => key.fingerprint).sort());
    const asLee = await tools({ root: w.root, configDir: lee.configDir });
    expect((await w.open({ keyring: asLee.keyring })).secrets()).toHaveLength(1);
    expect(parseDocument(await fs.readFile(w.file), "").values).toEqual(merged.values);
  });

  it("trusts no data key that somebody had who is taken out, also where that side did not change it", async () => {
    const [w, kim] = [await world(), await world("Kim")];
    const options = { keyring: w.keyring, now };
    const sides = await diverge(w, {
      base: async () => {
        await making({ passwords: ["a"] })(w);
        await recipients({ add: [kim] })(w);
      },
      ours: async () => {
        const state = await w.open();
        const draft = await draftOf(state, options);
        const bound = { id: draft.document.id, scope: "dev", recipients: [w.key.fingerprint] };
        const message = await wrapDataKey(draft.dataKey, { bound, trust: w.trust, date: now(), random: randomBytes });
        const document = { ...draft.document, keys: { recipients: bound.recipients, message } };
        return sealDraft(state, { ...draft, document }, options);
      },
      theirs: recipients({ remove: [kim] }),
    });
    // Two sides that both took him out: theirs has a new data key, ours only says so.
    await sealedBy(w, sides);
    const [merged, ours, theirs] = [await fs.readFile(w.file), sides.ours, sides.theirs].map((bytes) =>
      parseDocument(bytes, ""),
    );
    expect(merged?.keys).toEqual(theirs?.keys);
    expect(merged?.values.passwd.get("a")).not.toBe(ours?.values.passwd.get("a"));
  });

  it("asks for recipients that differ where nothing is known of what they were", async () => {
    const [w, kim] = [await world(), await world("Kim")];
    const { ours, theirs } = await diverge(w, {
      base: making({ passwords: ["a"] }),
      ours: changing(set("x", "1")),
      theirs: recipients({ add: [kim] }),
    });
    const { clashes, state } = await sealedBy(w, { ours, theirs }, () => "theirs");
    expect(clashes.map(({ kind }) => kind)).toEqual(["recipients"]);
    expect(state.recipients).toContain(kim.key.fingerprint);
  });

  it("joins two files that began by themselves, under the id that is known here", async () => {
    const w = await world();
    const sides = await diverge(w, {
      base: async () => {},
      ours: making({ passwords: ["a"], uiids: ["x.0"] }),
      theirs: making({ passwords: ["b"], uiids: ["y.0"] }),
    });
    await fs.writeFile(w.file, sides.theirs);
    await confirmSeal(await w.open());
    const { plan, state } = await sealedBy(w, sides);
    expect(state.id).toBe(parseDocument(sides.theirs, "").id);
    expect(state.secrets().map(({ name }) => name)).toEqual(["passwd/a", "passwd/b"]);
    expect(plan.uiids.moved).toEqual([{ daemon: "y.0", from: 1, to: 2, keeper: "x.0" }]);
    expect((await w.open()).warnings).toEqual([]);
  });

  it.each([
    ["ours", { "x.0": 1, "y.0": 2, "z.0": 3 }],
    ["theirs", { "x.0": 1, "y.0": 3, "z.0": 2 }],
  ] as const)("gives a number that both sides gave away to %s when told so", async (first, expected) => {
    const w = await world();
    const sides = await diverge(w, {
      base: making({ uiids: ["x.0"] }),
      ours: making({ uiids: ["y.0"] }),
      theirs: making({ uiids: ["z.0"] }),
    });
    const { planMerge } = await import("../src/merge/plan-merge.ts");
    const plan = planMerge(await opened(w, sides), { settle: () => "ours", first });
    expect(Object.fromEntries([...plan.uiids.instances].map(([name, { uiid }]) => [name, uiid]))).toEqual(expected);
  });
});

describe("a merge is refused", () => {
  const simple = { base: making({ passwords: ["a"] }), ours: changing(set("x", "1")), theirs: changing(set("y", "1")) };

  it("where a side was changed after it was signed, or is signed by a stranger", async () => {
    const [w, kim] = [await world(), await world("Kim")];
    const sides = await diverge(w, simple);
    const tampered = Buffer.from(sides.theirs.toString().replace('"serial": 2', '"serial": 9'));
    await expect(opened(w, { ...sides, theirs: tampered })).rejects.toMatchObject({ code: "BAD_SIGNATURE" });
    await fs.writeFile(w.file, sides.ours);
    await publishKey(kim.key, { root: w.root });
    await recipients({ add: [kim] })(w);
    const stranger = { ...w, ...(await tools({ root: w.root, configDir: kim.configDir })) };
    await fs.writeFile(w.file, sides.theirs);
    await expect(opened(stranger, sides)).rejects.toMatchObject({ code: "STATE_UNTRUSTED_SIGNER" });
  });

  it("where both sides are older than what was seen, and not where one is", async () => {
    const w = await world();
    const sides = await diverge(w, simple);
    await fs.writeFile(w.file, sides.ours);
    await confirmSeal(await w.open());
    expect((await opened(w, sides)).ours.document.seal.serial).toBe(2);
    for (const _ of [3, 4]) await resealState(await w.open(), { keyring: w.keyring, now });
    await confirmSeal(await w.open());
    await expect(opened(w, sides)).rejects.toMatchObject({ code: "STATE_ROLLED_BACK" });
  });

  it("where the file changed since both sides were opened", async () => {
    const w = await world();
    const sides = await diverge(w, simple);
    const settle = (): "ours" => "ours";
    const open = await opened(w, sides);
    await changing(set("z", "1"))(w);
    const { planMerge } = await import("../src/merge/plan-merge.ts");
    const { sealMerge } = await import("../src/merge/seal-merge.ts");
    const work = sealMerge(open, planMerge(open, { settle }), { keyring: w.keyring, now });
    await expect(work).rejects.toMatchObject({ code: "STATE_CHANGED" });
    expect((await w.open()).secret("z", dev)?.reveal()).toBe("1");
  });
});

it("a base that cannot be verified stops nothing", async () => {
  const w = await world();
  const sides = await diverge(w, { base: making({ passwords: ["a"] }), ours: changing(set("x", "1")), theirs: changing(set("y", "1")) }); // biome-ignore format: one line
  const base = Buffer.from((sides.base as Buffer).toString().replace('"serial": 1', '"serial": 9'));
  const { open, clashes } = await sealedBy(w, { ...sides, base });
  expect([open.baseDoubt?.code, clashes]).toEqual(["BAD_SIGNATURE", []]);
});
