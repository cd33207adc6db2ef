import fs from "node:fs/promises";
import { sha256 } from "@facsimile/core";
import { describe, expect, it } from "vitest";
import { parseDocument } from "../src/format/parse-document.ts";
import { changeRecipients, parseValueName, planRecipients, publishKey, resealState } from "../src/index.ts";
import { mergeFiles } from "../src/merge/driver.ts";
import { changing, diverge, making, type Work } from "./merge-sides.ts";
import { now, type World, world } from "./world.ts";

const NAME = "state/dev.json";
const set = (name: string, value: string) => ({ type: "set", name: parseValueName(name), value }) as const;
const setting = (name: string, value: string) => ({ type: "setting", name, value }) as const;

/** Somebody else, as a recipient or no longer. */
function recipient(other: World, verb: "add" | "remove"): Work {
  return async (w) => {
    await publishKey(other.key, { root: w.root });
    const state = await w.open();
    const plan = planRecipients(state, { [verb]: [other.key.fingerprint] });
    return changeRecipients([{ state, plan }], { keyring: w.keyring, now });
  };
}

describe("mergeFiles", () => {
  it("joins what each side changed, without a signature and with both as parents", async () => {
    const w = await world();
    const sides = await diverge(w, {
      base: making({ passwords: ["a", "b"], uiids: ["x.0"] }),
      ours: changing(set("passwd/a", "1"), setting("dir", "/srv")),
      theirs: changing(set("db/root", "2"), { type: "unset", name: parseValueName("passwd/b") }),
    });
    const { bytes, left, moved } = mergeFiles(sides, NAME);
    expect({ left, moved }).toEqual({ left: [], moved: [] });
    const merged = parseDocument(bytes, NAME);
    const [ours, theirs] = [parseDocument(sides.ours, NAME), parseDocument(sides.theirs, NAME)];
    expect([...merged.values.passwd]).toEqual([["a", ours.values.passwd.get("a")]]);
    expect(merged.values.secrets).toEqual(theirs.values.secrets);
    expect(merged.settings).toEqual(new Map([["dir", "/srv"]]));
    expect(merged.seal).toMatchObject({
      serial: 3,
      signature: [],
      parents: [sides.ours, sides.theirs, sides.base].map((side) => sha256(side as Uint8Array)),
    });
    await fs.writeFile(w.file, bytes);
    await expect(w.open()).rejects.toMatchObject({
      code: "STATE_UNSIGNED",
      hint: expect.stringContaining("facs state seal"),
    });
  });

  it("leaves ours in place where both changed the same, and names it", async () => {
    const sides = await diverge(await world(), {
      base: making({ passwords: ["a"] }),
      ours: changing(set("passwd/a", "1"), setting("dir", "/one")),
      theirs: changing(set("passwd/a", "2"), setting("dir", "/two"), set("new", "3")),
    });
    const { bytes, left } = mergeFiles(sides, NAME);
    expect(left).toEqual(["passwd/a", "settings.dir"]);
    const [merged, ours] = [parseDocument(bytes, NAME), parseDocument(sides.ours, NAME)];
    expect(merged.values.passwd).toEqual(ours.values.passwd);
    expect(merged.settings).toEqual(ours.settings);
    expect([...merged.values.secrets.keys()]).toEqual(["new"]);
  });

  it("keeps uiids apart: the daemon of the later side keeps its number", async () => {
    const sides = await diverge(await world(), {
      base: making({ uiids: ["x.0"] }),
      ours: making({ uiids: ["y.0"] }),
      theirs: async (w) => {
        await making({ uiids: ["z.0"] })(w);
        await resealState(await w.open(), { keyring: w.keyring, now });
      },
    });
    const { bytes, left, moved } = mergeFiles(sides, NAME);
    expect({ left, moved }).toEqual({ left: [], moved: [{ daemon: "y.0", from: 2, to: 3, keeper: "z.0" }] });
    expect(Object.fromEntries(parseDocument(bytes, NAME).instances)).toEqual({
      "x.0": { uiid: 1 },
      "y.0": { uiid: 3 },
      "z.0": { uiid: 2 },
    });
  });

  it("takes recipients of the side that changed them, where that side has the data key of before", async () => {
    const [w, kim] = [await world(), await world("Kim")];
    const sides = await diverge(w, {
      base: making({ passwords: ["a"] }),
      ours: changing(set("new", "1")),
      theirs: recipient(kim, "add"),
    });
    const { bytes, left } = mergeFiles(sides, NAME);
    expect(left).toEqual([]);
    const merged = parseDocument(bytes, NAME);
    expect(merged.keys).toEqual(parseDocument(sides.theirs, NAME).keys);
    expect([...merged.values.secrets.keys()]).toEqual(["new"]);
  });

  it("leaves values to the key where one side has another data key, and recipients where both changed them", async () => {
    const [w, kim, lee] = [await world(), await world("Kim"), await world("Lee")];
    const base: Work = async () => {
      await making({ passwords: ["a"] })(w);
      await recipient(kim, "add")(w);
    };
    const removed = await diverge(w, { base, ours: recipient(kim, "remove"), theirs: changing(set("new", "1")) });
    expect(mergeFiles(removed, NAME).left).toEqual(["the values: they have another data key"]);
    const quiet = { ...removed, theirs: (await diverge(w, { base: async () => {}, ours: async () => {}, theirs: changing(setting("a", "b")) })).theirs }; // biome-ignore format: one line
    expect(mergeFiles(quiet, NAME).left).toEqual([]);
    const both = { ...removed, theirs: (await diverge(w, { base: async () => {}, ours: async () => {}, theirs: recipient(lee, "add") })).theirs }; // biome-ignore format: one line
    const { bytes, left } = mergeFiles(both, NAME);
    expect(left).toEqual(["the recipients"]);
    expect(parseDocument(bytes, NAME).keys).toEqual(parseDocument(removed.ours, NAME).keys);
  });

  it("goes on from a merge that is not sealed, as a rebase of several commits does", async () => {
    const w = await world();
    const { base, ours, theirs } = await diverge(w, {
      base: making({ passwords: ["a"] }),
      ours: changing(set("upstream", "1")),
      theirs: changing(set("first", "2")),
    });
    await fs.writeFile(w.file, theirs);
    await changing(set("second", "3"))(w);
    const second = await fs.readFile(w.file);
    const one = mergeFiles({ ...(base && { base }), ours, theirs }, NAME).bytes;
    const two = mergeFiles({ base: theirs, ours: one, theirs: second }, NAME);
    const merged = parseDocument(two.bytes, NAME);
    expect(two.left).toEqual([]);
    expect([...merged.values.secrets.keys()].sort()).toEqual(["first", "second", "upstream"]);
    expect(merged.seal.parents).toEqual([ours, second, base].map((side) => sha256(side as Uint8Array)));
  });

  it("refuses what it cannot read, and a third side", async () => {
    const w = await world();
    const sides = await diverge(w, {
      base: making({ passwords: ["a"] }),
      ours: changing(set("x", "1")),
      theirs: changing(set("y", "2")),
    });
    const broken = Buffer.from("<<<<<<< HEAD\n");
    expect(() => mergeFiles({ ...sides, theirs: broken }, NAME)).toThrow(/conflict marks/);
    const merged = mergeFiles(sides, NAME).bytes;
    await changing(set("z", "3"))(w);
    const third = await fs.readFile(w.file);
    expect(() => mergeFiles({ ours: merged, theirs: third }, NAME)).toThrow(
      expect.objectContaining({ code: "STATE_MERGE_UNSEALED" }),
    );
    // What both came from may be unreadable: then more is asked.
    expect(mergeFiles({ ...sides, base: broken }, NAME).left).toEqual([]);
    expect(mergeFiles({ ...sides, base: Buffer.alloc(0) }, NAME).left).toEqual([]);
  });
});
