import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Scalar, StateDocument } from "./document.ts";
import { parseDocument } from "./parse-document.ts";
import { serialise, signedBytes } from "./serialise.ts";

const empty: StateDocument = {
  id: "0".repeat(32),
  scope: "dev",
  values: { passwd: new Map(), secrets: new Map(), overlay: new Map() },
  settings: new Map(),
  instances: new Map(),
  keys: { recipients: ["A".repeat(40)], message: ["-----BEGIN PGP MESSAGE-----", ""] },
  seal: { serial: 1, parents: [], signer: "A".repeat(40), signature: ["line"] },
};

const settingsOf = (...entries: [string, Scalar][]): StateDocument => ({ ...empty, settings: new Map(entries) });

/** The settings' names in the order of the text. */
const namesIn = (document: StateDocument) =>
  /"settings": \{\n(.*?)\n {2}\}/s.exec(Buffer.from(serialise(document)).toString())?.[1]?.split(",\n").map((line) => line.trim()); // biome-ignore format: one line

describe("the one text of a document", () => {
  it("is what JSON.stringify with two blanks gives", () => {
    const text = Buffer.from(serialise(settingsOf(["a", "ä\n"], ["b", 1.5]))).toString();
    expect(text).toBe(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
  });

  it("sorts by bytes: neither as objects do, nor as UTF-16 does", () => {
    const document = settingsOf(["\u{1F600}", 1], ["\uFF21", 2], ["9", 3], ["10", 4], ["a", 5], ["B", 6]);
    expect(namesIn(document)).toEqual(['"10": 4', '"9": 3', '"B": 6', '"a": 5', '"\uFF21": 2', '"\u{1F600}": 1']);
  });

  it("is read back as what it was, whatever the names", () => {
    const name = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("__proto__", "constructor", "10", "", "/~"));
    const leaf = fc.constantFrom("e1:AAAA", "e1:-_09");
    const section = fc.record({
      passwd: fc.array(fc.tuple(name, leaf)).map((entries) => new Map(entries)),
      secrets: fc.array(fc.tuple(name, leaf)).map((entries) => new Map(entries)),
    });
    const overlay = fc.array(fc.tuple(name, section)).map((entries) => new Map(entries));
    const settings = fc.array(fc.tuple(name, fc.oneof(fc.string({ unit: "binary" }), fc.integer(), fc.boolean())));
    fc.assert(
      fc.property(section, overlay, settings, (values, overlays, entries) => {
        const document = { ...settingsOf(...entries), values: { ...values, overlay: overlays } };
        const bytes = serialise(document);
        const again = parseDocument(bytes, "state/dev.json");
        expect(Buffer.from(serialise(again))).toEqual(Buffer.from(bytes));
        expect(again).toEqual(document);
      }),
    );
  });

  it("is signed with an empty signature in place of its own", () => {
    expect(Buffer.from(signedBytes(empty)).toString()).toContain('"signature": []\n');
    expect(signedBytes(empty)).toEqual(serialise({ ...empty, seal: { ...empty.seal, signature: [] } }));
  });
});
