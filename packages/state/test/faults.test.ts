import fs from "node:fs/promises";
import path from "node:path";
import { isFacsimileError, problemsOf } from "@facsimile/core";
import { describe, expect, it } from "vitest";
import type { StateDocument } from "../src/format/document.ts";
import { parseDocument } from "../src/format/parse-document.ts";
import { serialise, signedBytes } from "../src/format/serialise.ts";
import { planState, sealState } from "../src/index.ts";
import { create, now, type World, world } from "./world.ts";

const codes = [
  "BAD_SIGNATURE",
  "STATE_INVALID",
  "STATE_NEWER",
  "STATE_NOT_CANONICAL",
  "STATE_UNTRUSTED_SIGNER",
  "STATE_WRONG_SCOPE",
];

/** What opening says of a file with these bytes. */
async function verdict({ file, open }: World, bytes: string | Uint8Array): Promise<string> {
  await fs.writeFile(file, bytes);
  try {
    await open();
    return "opened";
  } catch (error) {
    if (!isFacsimileError(error)) throw error;
    return problemsOf(error).map(({ code }) => code).join(); // biome-ignore format: one line
  }
}

/** Signed anew by its rightful signer, so that nothing but the change itself can be found. */
async function resigned({ keyring }: World, document: StateDocument): Promise<Uint8Array> {
  const armored = await keyring.sign(signedBytes(document));
  return serialise({ ...document, seal: { ...document.seal, signature: armored.trimEnd().split("\n") } });
}

async function sealed(name?: string) {
  const w = await world(name);
  await create(w, { passwords: ["one", "two"], uiids: ["workerd.0"] });
  const bytes = await fs.readFile(w.file);
  return { ...w, bytes, text: bytes.toString(), document: parseDocument(bytes, "state/dev.json") };
}

describe("a damaged file", () => {
  it("is refused for every bit of it that can flip", async () => {
    const w = await sealed();
    const seen = new Map<string, number>();
    for (let at = 0; at < w.bytes.length; at++) {
      const flipped = Buffer.from(w.bytes);
      // A different bit for each byte; over the file every bit position comes up hundreds of times.
      flipped[at] = flipped.readUInt8(at) ^ (1 << ((at * 5) % 8));
      const found = await verdict(w, flipped);
      seen.set(found, (seen.get(found) ?? 0) + 1);
    }
    expect([...seen.keys()].filter((code) => !codes.includes(code))).toEqual([]);
  });

  it("is refused when lines are missing, doubled or swapped", async () => {
    const w = await sealed();
    const lines = w.text.split("\n").slice(0, -1);
    for (let at = 0; at < lines.length; at++) {
      const [line = "", next = ""] = lines.slice(at);
      expect(codes, `line ${at + 1} missing`).toContain(await verdict(w, `${lines.toSpliced(at, 1).join("\n")}\n`));
      expect(codes, `line ${at + 1} doubled`).toContain(
        await verdict(w, `${lines.toSpliced(at, 0, line).join("\n")}\n`),
      );
      if (at === lines.length - 1 || line === next) continue;
      expect(codes, `line ${at + 1} swapped`).toContain(
        await verdict(w, `${lines.toSpliced(at, 2, next, line).join("\n")}\n`),
      );
    }
  });

  it.each([
    ["cut short", (text: string) => text.slice(0, -100), "STATE_INVALID"],
    ["empty", () => "", "STATE_INVALID"],
    ["re-indented", (text: string) => JSON.stringify(JSON.parse(text), null, 4), "STATE_NOT_CANONICAL"],
    ["with CRLF", (text: string) => text.replaceAll("\n", "\r\n"), "STATE_NOT_CANONICAL"],
    [
      "with a key twice",
      (text: string) => text.replace('"settings": {}', '"settings": {}, "settings": {}'),
      "STATE_NOT_CANONICAL",
    ],
    [
      "with a key of its own",
      (text: string) => text.replace('  "settings"', '  "more": 1,\n  "settings"'),
      "STATE_NOT_CANONICAL",
    ],
    ["with a mark of order", (text: string) => `\ufeff${text}`, "STATE_INVALID"],
    ["newer", (text: string) => text.replace("state/1", "state/2"), "STATE_NEWER"],
    ["of another format", (text: string) => text.replace("state/1", "release/1"), "STATE_INVALID"],
    ["with marks of a conflict", (text: string) => `<<<<<<< ours\n${text}`, "STATE_INVALID"],
  ])("is refused when %s", async (_, change, code) => {
    const w = await sealed();
    expect(await verdict(w, change(w.text))).toBe(code);
  });

  it("never shows what somebody typed into it", async () => {
    const w = await sealed();
    for (const change of ['"hunter2"', "hunter2", "[1,hunter2"]) {
      await fs.writeFile(w.file, w.text.replace(/"e1:[^"]*"/, change));
      const error = await w.open().catch((caught: unknown) => caught);
      expect(`${(error as Error).stack} ${JSON.stringify(error)} ${(error as Error).cause}`).not.toContain("hunter2");
    }
  });
});

describe("a file that somebody made up", () => {
  it("is refused without its signature, as after a merge, naming the way on", async () => {
    const w = await sealed();
    await fs.writeFile(w.file, signedBytes(w.document));
    await expect(w.open()).rejects.toMatchObject({
      code: "STATE_UNSIGNED",
      hint: expect.stringContaining("facs state seal"),
    });
  });

  it("is refused from a stranger, by name, though he encrypted to the right people", async () => {
    const [w, stranger] = [await sealed(), await sealed("Mallory")];
    expect(await verdict(w, stranger.bytes)).toBe("STATE_UNTRUSTED_SIGNER");
    const forged = { ...w.document, seal: { ...w.document.seal, signer: stranger.key.fingerprint } };
    expect(await verdict(w, await resigned(stranger, forged))).toBe("STATE_UNTRUSTED_SIGNER");
    await fs.writeFile(path.join(w.root, "keys", `${stranger.key.fingerprint}.asc`), stranger.key.publicKey);
    await expect(w.open()).rejects.toMatchObject({ hint: expect.stringContaining("Mallory <mallory@example.org>") });
  });

  it("is refused when it names another signer than the one who signed", async () => {
    const [w, stranger] = [await sealed(), await sealed("Mallory")];
    expect(await verdict(w, await resigned(stranger, w.document))).toBe("STATE_UNTRUSTED_SIGNER");
    const claimed = { ...w.document, seal: { ...w.document.seal, signer: stranger.key.fingerprint } };
    expect(await verdict(w, await resigned(w, claimed))).toBe("BAD_SIGNATURE");
  });
});

describe("even its rightful signer cannot", () => {
  it("move a value to another key", async () => {
    const w = await sealed();
    const [one = "", two = ""] = w.document.values.passwd.values();
    const passwd = new Map([["one", two], ["two", one]]); // biome-ignore format: one line
    const swapped = { ...w.document, values: { ...w.document.values, passwd } };
    expect(await verdict(w, await resigned(w, swapped))).toBe("STATE_BAD_LEAF,STATE_BAD_LEAF");
    const secrets = new Map([["one", one]]);
    const copied = { ...w.document, values: { ...w.document.values, secrets } };
    expect(await verdict(w, await resigned(w, copied))).toBe("STATE_BAD_LEAF");
  });

  it("rename a file, or its scope", async () => {
    const w = await sealed();
    await fs.copyFile(w.file, path.join(w.root, "state", "production.json"));
    await expect(w.open({ scope: "production" })).rejects.toMatchObject({ code: "STATE_WRONG_SCOPE" });
    await fs.writeFile(
      path.join(w.root, "state", "production.json"),
      await resigned(w, { ...w.document, scope: "production" }),
    );
    await expect(w.open({ scope: "production" })).rejects.toMatchObject({ code: "STATE_FOREIGN_KEY" });
  });

  it("use a value in another repository", async () => {
    const w = await sealed();
    expect(await verdict(w, await resigned(w, { ...w.document, id: "0".repeat(32) }))).toBe("STATE_FOREIGN_KEY");
  });

  it("edit the recipients alone", async () => {
    const [w, other] = [await sealed(), await world("Kim")];
    const recipients = [w.key.fingerprint, other.key.fingerprint].sort();
    const edited = { ...w.document, keys: { ...w.document.keys, recipients } };
    expect(await verdict(w, await resigned(w, edited))).toBe("STATE_FOREIGN_KEY");
    const without = { ...w.document, keys: { ...w.document.keys, recipients: [other.key.fingerprint] } };
    expect(await verdict(w, await resigned(w, without))).toBe("NOT_A_RECIPIENT");
  });

  it("give one uiid to two daemons", async () => {
    const w = await sealed();
    const instances = new Map([["a", { uiid: 7 }], ["b", { uiid: 7 }]]); // biome-ignore format: one line
    expect(await verdict(w, await resigned(w, { ...w.document, instances }))).toBe("STATE_INVALID");
  });
});

it("changes only the line of a new value, and the seal, in the diff", async () => {
  const w = await sealed();
  const state = await w.open();
  await sealState(state, planState(state, { passwords: ["three"] }), { keyring: w.keyring, now });
  const before = new Set(w.text.split("\n"));
  const added = (await fs.readFile(w.file, "utf8")).split("\n").filter((line) => !before.has(line));
  const seal = added.findIndex((line) => line.includes('"serial": 2'));
  expect(added.slice(0, seal)).toEqual([expect.stringMatching(/^ {6}"three": "e1:/)]);
});
