import fs from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import * as state from "../src/index.ts";
import { formatSigners, parseSigners } from "../src/trust/signers.ts";
import { gnupg } from "./gnupg.ts";
import { create, now, tools, type World, world } from "./world.ts";

const bytes = Buffer.from("release");

const optionsOf = ({ root, configDir, memory, keyring }: World) => {
  return { root, configDir, memory, keyring, env: {}, now };
};

async function change(w: World, one: state.SignersChange) {
  const prepared = await state.prepareSigners(one, optionsOf(w));
  await state.writeSigners(prepared);
  return prepared;
}

/** A colleague whose key lies in `keys/`. */
async function colleague(w: World, name = "Kim") {
  const other = await world(name);
  await state.publishKey(other.key, w);
  return other;
}

const listFile = ({ root }: World) => path.join(root, "keys/signers.json");
const read = async (w: World) => JSON.parse(await fs.readFile(listFile(w), "utf8"));
const trustOf = (w: World) => state.trustedSigners(optionsOf(w));

describe("the list of signers", () => {
  it("is written by a root, and believed by everybody who pinned that root", async () => {
    const w = await world();
    const kim = await colleague(w);
    const { fingerprint } = kim.key;
    await change(w, { type: "add", fingerprint, scopes: ["staging", "dev"] });
    const text = await fs.readFile(listFile(w), "utf8");
    const { id } = JSON.parse(text);
    expect(text).toBe(
      `{\n  "facsimile": "signers/1",\n  "id": "${id}",\n  "serial": 1,\n  "signers": {\n    "${fingerprint}": {\n      "scopes": [\n        "dev",\n        "staging"\n      ]\n    }\n  }\n}\n`,
    );
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    const signature = await kim.keyring.sign(bytes);
    const seal = (scope: string, trust: state.Trust) => state.verifyDetached({ bytes, signature, trust, scope });
    expect(await seal("dev", await trustOf(w))).toEqual({ signer: fingerprint });
    await expect(seal("production", await trustOf(w))).rejects.toMatchObject({
      code: "STATE_UNTRUSTED_SIGNER",
      hint: expect.stringContaining(`facs trust add ${fingerprint} --scope production`),
    });
  });

  it("is verified by gpg too", async () => {
    const [w, gpg] = [await world(), await gnupg()];
    const { fingerprint } = (await colleague(w)).key;
    await change(w, { type: "add", fingerprint, scopes: "all" });
    await change(w, { type: "add", fingerprint: w.key.fingerprint, scopes: ["dev"] });
    await gpg.gpg(["--import"], w.key.publicKey);
    await expect(gpg.gpg(["--verify", `${listFile(w)}.asc`, listFile(w)])).resolves.toMatchObject({
      stderr: expect.stringContaining("Good signature"),
    });
  });

  it("is written as docs/formats/trust-1.md shows it", async () => {
    const page = await fs.readFile(new URL("../../../docs/formats/trust-1.md", import.meta.url), "utf8");
    const [, , text = ""] = page.split("```json\n").map((part) => part.split("```")[0]);
    const { signers, file } = parseSigners(Buffer.from(text), "/anywhere");
    expect([...signers.values()]).toEqual([["dev", "staging"], "all"]);
    const reversed = new Map([...signers].reverse());
    expect(Buffer.from(formatSigners({ ...file, signers: reversed })).toString()).toBe(text);
  });

  it("keeps its id, counts its changes, adds scopes to scopes, and is sorted", async () => {
    const w = await world();
    const names = [(await colleague(w)).key.fingerprint, (await colleague(w, "Sam")).key.fingerprint];
    for (const fingerprint of names) await change(w, { type: "add", fingerprint, scopes: ["staging"] });
    const [kim = ""] = names;
    const { id } = await read(w);
    const twice = await change(w, { type: "add", fingerprint: kim, scopes: ["dev"] });
    expect([twice.changed, twice.serial]).toEqual([true, 3]);
    expect(await read(w)).toMatchObject({ id, serial: 3, signers: { [kim]: { scopes: ["dev", "staging"] } } });
    expect(Object.keys((await read(w)).signers)).toEqual([...names].sort());
    const same = await change(w, { type: "add", fingerprint: kim, scopes: ["dev"] });
    expect([same.changed, (await read(w)).serial]).toEqual([false, 3]);
    await change(w, { type: "add", fingerprint: kim, scopes: "all" });
    expect((await read(w)).signers[kim]).toEqual({ scopes: ["*"] });
    await change(w, { type: "remove", fingerprint: kim });
    expect(await read(w)).toMatchObject({ id, serial: 5 });
    expect((await trustOf(w)).signers.has(kim)).toBe(false);
  });

  it("numbers on from the highest that was seen, so that no change looks like an old list", async () => {
    const w = await world();
    const { fingerprint } = (await colleague(w)).key;
    await change(w, { type: "add", fingerprint, scopes: ["dev"] });
    const first = [await fs.readFile(listFile(w)), await fs.readFile(`${listFile(w)}.asc`)] as const;
    await change(w, { type: "remove", fingerprint });
    await create({ ...w, ...(await tools(w)) }, { passwords: ["one"] }).then(state.confirmSeal);
    await fs.writeFile(listFile(w), first[0]);
    await fs.writeFile(`${listFile(w)}.asc`, first[1]);
    const again: state.SignersChange = { type: "add", fingerprint, scopes: ["staging"] };
    await expect(change(w, again)).rejects.toMatchObject({ code: "STATE_ROLLED_BACK" });
    const options = { ...optionsOf(w), acceptRollback: true };
    expect((await state.prepareSigners(again, options)).serial).toBe(3);
    await fs.rm(listFile(w));
    await expect(change(w, again)).rejects.toMatchObject({ code: "STATE_MISSING" });
    expect((await state.prepareSigners(again, options)).serial).toBe(1);
  });

  it("is changed by nobody but a root", async () => {
    const w = await world();
    const kim = await colleague(w);
    const { fingerprint } = kim.key;
    await change(w, { type: "add", fingerprint, scopes: "all" });
    const asKim = { ...optionsOf(w), keyring: kim.keyring };
    await expect(state.prepareSigners({ type: "remove", fingerprint }, asKim)).rejects.toMatchObject({
      code: "NOT_A_ROOT",
      hint: expect.stringContaining(w.key.fingerprint),
    });
    const nobody = { ...asKim, configDir: kim.configDir };
    await expect(state.prepareSigners({ type: "remove", fingerprint }, nobody)).rejects.toMatchObject({
      code: "STATE_UNTRUSTED_SIGNER",
    });
  });

  it("takes nobody whose key is not in keys/, is another's, expired or revoked; and loses nobody whom it has not", async () => {
    const [w, kim] = [await world(), await world("Kim")];
    const { fingerprint } = kim.key;
    const add: state.SignersChange = { type: "add", fingerprint, scopes: "all" };
    await expect(change(w, add)).rejects.toMatchObject({ code: "NO_PUBLIC_KEY" });
    await state.publishKey({ publicKey: w.key.publicKey, fingerprint }, w);
    await expect(change(w, add)).rejects.toMatchObject({ code: "KEY_MISNAMED" });
    const openpgp = await import("openpgp");
    const key = await openpgp.readPrivateKey({ armoredKey: kim.key.privateKey });
    const { publicKey } = await openpgp.revokeKey({ key, date: new Date(), format: "object" });
    await state.publishKey({ publicKey: publicKey.armor(), fingerprint }, w);
    await expect(change(w, add)).rejects.toMatchObject({ code: "KEY_UNUSABLE" });
    await expect(change(w, { type: "remove", fingerprint })).rejects.toMatchObject({ code: "UNKNOWN_SIGNER" });
    await expect(fs.access(listFile(w))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("is not overwritten when somebody changed it meanwhile", async () => {
    const w = await world();
    const [kim, sam] = [(await colleague(w)).key.fingerprint, (await colleague(w, "Sam")).key.fingerprint];
    const mine = await state.prepareSigners({ type: "add", fingerprint: kim, scopes: "all" }, optionsOf(w));
    await change(w, { type: "add", fingerprint: sam, scopes: "all" });
    await expect(state.writeSigners(mine)).rejects.toMatchObject({ code: "STATE_CHANGED" });
    expect(Object.keys((await read(w)).signers)).toEqual([sam]);
    expect((await trustOf(w)).signers.has(sam)).toBe(true);
  });
});

describe("who is trusted", () => {
  it("is listed: roots and signers, who says so, and what is wrong with their keys", async () => {
    const w = await world();
    const [kim, sam] = [(await colleague(w)).key, (await colleague(w, "Sam")).key];
    await change(w, { type: "add", fingerprint: kim.fingerprint, scopes: ["dev"] });
    await change(w, { type: "add", fingerprint: sam.fingerprint, scopes: "all" });
    await fs.rm(path.join(w.root, "keys", `${sam.fingerprint}.asc`));
    const listing = await state.listTrusted(optionsOf(w));
    expect(listing.list).toEqual({ serial: 2, signedBy: w.key.fingerprint });
    const added = now().toISOString();
    expect(listing.keys[0]).toEqual({
      ...{ fingerprint: w.key.fingerprint, role: "root", scopes: "all", origin: "trust.json", added },
      ...{ userId: "Robin <robin@example.org>", problem: undefined },
    });
    const signer = { role: "signer", origin: "keys/signers.json", added: undefined };
    const signers = new Map(listing.keys.slice(1).map((key) => [key.fingerprint, key]));
    expect(signers.get(kim.fingerprint)).toMatchObject({
      ...{ ...signer, scopes: ["dev"], userId: "Kim <kim@example.org>", problem: undefined },
    });
    expect(signers.get(sam.fingerprint)).toMatchObject({
      ...{ ...signer, scopes: "all", userId: undefined, problem: { code: "NO_PUBLIC_KEY" } },
    });
  });

  it("is listed from FACS_TRUSTED_SIGNERS where that is set, and says why the list does not count", async () => {
    const w = await world();
    const kim = await colleague(w);
    await change(w, { type: "add", fingerprint: kim.key.fingerprint, scopes: "all" });
    const env = { FACS_TRUSTED_SIGNERS: kim.key.fingerprint };
    const listing = await state.listTrusted({ ...optionsOf(w), env });
    expect(listing.keys).toEqual([expect.objectContaining({ role: "root", origin: "FACS_TRUSTED_SIGNERS" })]);
    expect(listing.problem).toMatchObject({ code: "STATE_UNTRUSTED_SIGNER" });
  });

  it("is a root no more once it is unpinned", async () => {
    const [w, kim] = [await world(), await world("Kim")];
    const { fingerprint } = kim.key;
    await state.pinRoot({ fingerprint, name: "Kim" }, { ...w, now });
    await state.unpinRoot(w.key.fingerprint, w);
    expect([...(await trustOf(w)).signers.keys()]).toEqual([fingerprint]);
    await state.unpinRoot(fingerprint, w);
    expect((await trustOf(w)).signers.size).toBe(0);
  });
});

describe("a fingerprint", () => {
  it("is taken as people write it, and never short", () => {
    const full = "9F3B0000000000000000000000000000000011C2";
    const grouped = "0x9f3b 0000 0000 0000 0000  0000 0000 0000 0000 11c2";
    expect([state.parseFingerprint(full), state.parseFingerprint(grouped)]).toEqual([full, full]);
    for (const short of ["000011C2", "00000000000011C2", full.slice(1)]) {
      expect(() => state.parseFingerprint(short)).toThrow(/a short key id can be forged/);
    }
    expect(() => state.parseFingerprint("Robin")).toThrow(expect.objectContaining({ code: "BAD_FINGERPRINT" }));
  });
});

describe("a key that somebody hands over", () => {
  const at = ({ root }: World) => ({ root, name: "kim.asc", date: now() });

  it("is read without what is private in it, and is one", async () => {
    const [w, kim] = [await world(), await world("Kim")];
    const { fingerprint, publicKey, privateKey } = kim.key;
    const read = await state.parsePublicKey(privateKey, at(w));
    expect(read).toMatchObject({ fingerprint, userId: "Kim <kim@example.org>" });
    expect(read.publicKey).toContain("BEGIN PGP PUBLIC KEY");
    for (const text of ["", "nothing", `${publicKey}${w.key.publicKey}`])
      await expect(state.parsePublicKey(text, at(w)), text).rejects.toMatchObject({ code: "NO_PUBLIC_KEY" });
  });

  it("steers no terminal by the name that it says it has", async () => {
    const w = await world();
    const key = await state.generateKey({ name: "Kim \u001b[2J\u009b2J\u202etoor", date: now() });
    expect(await state.parsePublicKey(key.publicKey, at(w))).toMatchObject({ userId: "Kim ?[2J?2J?toor" });
    await state.publishKey(key, w);
    const inspected = await state.inspectKey(key.fingerprint, { root: w.root, date: now() });
    expect(inspected).toEqual({ userId: "Kim ?[2J?2J?toor", problem: undefined });
    const trust = await state.trustedSigners({ configDir: w.configDir, env: {}, root: w.root });
    expect(await state.inspectRecipient(key.fingerprint, { trust, date: now() })).toEqual(inspected);
    const keyring = await state.openKeyring({ configDir: w.configDir, env: { FACS_PGP_KEY: key.privateKey } });
    expect(keyring.userId).toBe(inspected.userId);
  });

  it("takes no revocation back that keys/ knows of", async () => {
    const w = await world();
    const kim = await colleague(w);
    const openpgp = await import("openpgp");
    const key = await openpgp.readPrivateKey({ armoredKey: kim.key.privateKey });
    const { publicKey } = await openpgp.revokeKey({ key, date: now(), format: "object" });
    await state.publishKey({ publicKey: publicKey.armor(), fingerprint: kim.key.fingerprint }, w);
    await expect(state.parsePublicKey(kim.key.publicKey, at(w))).rejects.toMatchObject({ code: "KEY_UNUSABLE" });
  });
});
