import { dice, effort, SEED } from "@facsimile/testing";
import { expect, it } from "vitest";
import type { StateDocument } from "../src/format/document.ts";
import { wrapDataKey } from "../src/format/wrap.ts";
import { publishKey } from "../src/index.ts";
import { innerOf, leavesOf } from "../src/state.ts";
import { elsewhere, isRefused, sealedState, signedBy, verdictOf } from "./verdict.ts";
import { world } from "./world.ts";

type Values = StateDocument["values"];

/** The document with one leaf's text replaced, or added. */
function withLeafAt(document: StateDocument, keys: readonly string[], text: string): StateDocument {
  const [, kind = "", ...names] = keys;
  if (kind !== "overlay") return { ...document, values: withName(document.values, [kind, ...names], text) };
  const [instance = "", ...rest] = names;
  const empty = { passwd: new Map<string, string>(), secrets: new Map<string, string>() };
  const section = withName(document.values.overlay.get(instance) ?? empty, rest, text);
  return {
    ...document,
    values: { ...document.values, overlay: new Map([...document.values.overlay, [instance, section]]) },
  };
}

function withName<T extends Pick<Values, "passwd" | "secrets">>(section: T, keys: readonly string[], text: string): T {
  const [kind, name = ""] = keys as ["passwd" | "secrets", string];
  return { ...section, [kind]: new Map([...section[kind], [name, text]]) };
}

it("finds a value at any key that is not its own, though the rightful signer signed it there", async () => {
  const w = await sealedState();
  const leaves = leavesOf(w.document);
  const places = [
    ...leaves.map(({ keys }) => keys),
    ["values", "passwd", "nobody"],
    ["values", "secrets", "user0"],
    ["values", "overlay", "dev", "passwd", "user0"],
    ["values", "overlay", "dev.dev0", "secrets", "user1"],
  ];
  const moves = leaves.flatMap((leaf) => places.map((to) => ({ leaf, to }))).filter(({ leaf, to }) => leaf.keys !== to);
  const roll = dice();
  const tried = effort({ short: 60, long: moves.length });
  for (let n = 0; n < tried; n++) {
    const { leaf, to } = moves[tried === moves.length ? n : roll(moves.length)] ?? moves[0] ?? expect.fail();
    const bytes = await signedBy(w.keyring, withLeafAt(w.document, to, leaf.text));
    const what = `${leaf.keys.join("/")} at ${to.join("/")} (seed ${SEED})`;
    expect(await verdictOf(w, bytes), what).toBe("STATE_BAD_LEAF 5");
  }
}, 300_000);

it("finds values, keys and names of another scope or repository, in every mixture that its signer could sign", async () => {
  const w = await sealedState();
  // Made by the same person for the same people, with the same names: nothing differs but where it belongs.
  const foreign = (await sealedState(await elsewhere(w))).document;
  const parts = ["id", "scope", "values", "keys"] as const;
  for (let mixture = 1; mixture < 2 ** parts.length; mixture++) {
    const taken = parts.filter((_, index) => (mixture & (1 << index)) !== 0);
    const mixed: StateDocument = { ...w.document, ...Object.fromEntries(taken.map((part) => [part, foreign[part]])) };
    for (const scope of ["dev", "production"]) {
      const verdict = await verdictOf(w, await signedBy(w.keyring, mixed), { scope });
      const isWhole = taken.length === parts.length && scope === "production";
      expect(isWhole ? verdict === "opened" : isRefused(verdict), `${taken} as ${scope}: ${verdict}`).toBe(true);
    }
  }
});

it("finds recipients that were added, removed or exchanged, and a data key that was made for others", async () => {
  const [w, other] = [await sealedState(), await world("Mallory")];
  await publishKey(other.key, w);
  const [mine, his] = [w.key.fingerprint, other.key.fingerprint];
  const { opened } = innerOf(w.state);
  const bound = { id: w.document.id, scope: "dev", recipients: [mine, his].sort() };
  const random = (length: number) => Buffer.alloc(length, 7);
  const date = new Date("2026-01-02T03:04:05Z");
  const wrapped = await wrapDataKey(opened?.dataKey ?? expect.fail(), { bound, trust: w.trust, date, random });
  const keysOf = (recipients: readonly string[], message = w.document.keys.message) => ({ recipients, message });
  const edits = {
    added: keysOf([mine, his].sort()),
    exchanged: keysOf([his]),
    "added to the message only": keysOf([mine], wrapped),
    "exchanged, with a message for both": keysOf([his], wrapped),
  };
  for (const [what, keys] of Object.entries(edits)) {
    const edited = { ...w.document, keys };
    const unsigned = await signedBy({ sign: async () => w.document.seal.signature.join("\n") }, edited);
    expect(await verdictOf(w, unsigned), what).toBe("BAD_SIGNATURE 5");
    // Who is no recipient any more is told so; everybody else finds that the data key was not made for these.
    const expected = keys.recipients.includes(mine) ? "STATE_FOREIGN_KEY 5" : "NOT_A_RECIPIENT 1";
    expect(await verdictOf(w, await signedBy(w.keyring, edited)), what).toBe(expected);
  }
});

it("finds a file under another name, and a scope under another name", async () => {
  const w = await sealedState();
  const at = { scope: "production", name: "state/production.json" };
  expect(await verdictOf(w, w.bytes, at)).toBe("STATE_WRONG_SCOPE 5");
  const renamed = { ...w.document, scope: "production" };
  expect(await verdictOf(w, await signedBy(w.keyring, renamed), at)).toBe("STATE_FOREIGN_KEY 5");
});
