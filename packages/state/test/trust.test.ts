import fs from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { confirmSeal, openKeyring, publishKey, trustedSigners, verifyDetached } from "../src/index.ts";
import { create, type World, world } from "./world.ts";

const bytes = Buffer.from("release");

async function listSigners({ root, keyring }: World, content: object): Promise<void> {
  const text = JSON.stringify({ facsimile: "signers/1", id: "a".repeat(32), serial: 1, signers: {}, ...content });
  await fs.writeFile(path.join(root, "keys", "signers.json"), text);
  await fs.writeFile(path.join(root, "keys", "signers.json.asc"), await keyring.sign(Buffer.from(text)));
}

const trustOf = ({ root, configDir, memory }: World, env = {}) => trustedSigners({ root, configDir, memory, env });

describe("trust", () => {
  it("is nobody's until a root is pinned", async () => {
    const w = await world();
    await create(w, { passwords: ["one"] });
    const trust = await trustedSigners({ root: w.root, configDir: "/nonexistent", env: {} });
    expect(trust.signers.size).toBe(0);
    await expect(w.open({ trust })).rejects.toMatchObject({
      code: "STATE_UNTRUSTED_SIGNER",
      hint: expect.stringContaining(`FACS_TRUSTED_SIGNERS, beside your own: ${w.key.fingerprint}`),
    });
  });

  it("comes from FACS_TRUSTED_SIGNERS alone where that is set", async () => {
    const [w, other] = [await world(), await world("Kim")];
    const env = { FACS_TRUSTED_SIGNERS: `${other.key.fingerprint.toLowerCase()}, ${other.key.fingerprint}` };
    expect([...(await trustOf(w, env)).signers.keys()]).toEqual([other.key.fingerprint]);
    const short = { FACS_TRUSTED_SIGNERS: other.key.fingerprint.slice(-16) };
    await expect(trustOf(w, short)).rejects.toMatchObject({ code: "TRUST_INVALID" });
  });

  it("is not given to who has a key in keys/", async () => {
    const [w, other] = [await world(), await world("Kim")];
    await publishKey(other.key, w);
    const signature = await other.keyring.sign(bytes);
    await expect(verifyDetached({ bytes, signature, trust: w.trust, name: "release.json" })).rejects.toMatchObject({
      code: "STATE_UNTRUSTED_SIGNER",
      message: expect.stringContaining("release.json is signed by"),
      hint: expect.stringContaining("Kim <kim@example.org>"),
    });
  });

  it("is extended by a list that a root signed, for the scopes listed", async () => {
    const [w, other] = [await world(), await world("Kim")];
    await publishKey(other.key, w);
    await listSigners(w, { signers: { [other.key.fingerprint]: { scopes: ["dev"] } } });
    const trust = await trustOf(w);
    const signature = await other.keyring.sign(bytes);
    expect(await verifyDetached({ bytes, signature, trust, scope: "dev" })).toEqual({ signer: other.key.fingerprint });
    for (const scope of ["production", undefined]) {
      const refused = verifyDetached({ bytes, signature, trust, scope });
      await expect(refused).rejects.toMatchObject({ code: "STATE_UNTRUSTED_SIGNER" });
    }
  });

  it("refuses a list that no root signed, that was changed, or that is older than one seen", async () => {
    const [w, other] = [await world(), await world("Kim")];
    await publishKey(other.key, w);
    const { file, ...withoutMemory } = { ...w, memory: undefined };
    await listSigners({ ...w, keyring: other.keyring }, {});
    await expect(trustOf(w)).rejects.toMatchObject({ code: "STATE_UNTRUSTED_SIGNER" });

    await listSigners(w, { serial: 2 });
    const trust = await trustOf(w);
    await create({ ...w, open: () => w.open({ trust }) }, { passwords: ["one"] }).then(confirmSeal);
    await listSigners(w, { serial: 1 });
    await expect(trustOf(w)).rejects.toMatchObject({ code: "STATE_ROLLED_BACK" });
    expect((await trustedSigners({ ...withoutMemory, env: {} })).list?.serial).toBe(1);

    await fs.appendFile(path.join(w.root, "keys", "signers.json"), "\n");
    await expect(trustOf(w)).rejects.toMatchObject({ code: "BAD_SIGNATURE" });
    await fs.rm(path.join(w.root, "keys", "signers.json.asc"));
    await expect(trustOf(w)).rejects.toMatchObject({ code: "BAD_SIGNATURE" });
    expect(file).toContain("dev.json");
  });

  it("notices a key file that holds another key than its name says, and one that is missing", async () => {
    const [w, other] = [await world(), await world("Kim")];
    await create(w, { passwords: ["one"] });
    const file = path.join(w.root, "keys", `${w.key.fingerprint}.asc`);
    await fs.writeFile(file, other.key.publicKey);
    await expect(w.open()).rejects.toMatchObject({ code: "KEY_MISNAMED" });
    await fs.writeFile(file, "no key");
    await expect(w.open()).rejects.toMatchObject({ code: "NO_PUBLIC_KEY" });
    await fs.rm(file);
    await expect(w.open()).rejects.toMatchObject({
      code: "NO_PUBLIC_KEY",
      message: expect.stringContaining(w.key.fingerprint),
    });
  });

  it("does not mind any date: that of a signature, nor when its key began, ended or was prolonged", async () => {
    const w = await world();
    const openpgp = await import("openpgp");
    const [born, later] = [new Date("2020-01-01"), new Date("2025-01-01")];
    const owner: { userIDs: { name: string }[]; format: "object" } = { userIDs: [{ name: "Old" }], format: "object" };
    const { privateKey } = await openpgp.generateKey({ type: "ecc", curve: "curve25519Legacy", date: born, ...owner });
    const expired = await openpgp.reformatKey({ privateKey, date: born, keyExpirationTime: 60, ...owner });
    const prolonged = await openpgp.reformatKey({ privateKey, date: later, ...owner });
    const fingerprint = privateKey.getFingerprint().toUpperCase();
    const trust = await trustOf(w, { FACS_TRUSTED_SIGNERS: fingerprint });
    const message = await openpgp.createMessage({ binary: bytes });
    for (const day of ["2020-01-01", "2024-01-01", "2099-01-01"]) {
      const signature = await openpgp.sign({ message, signingKeys: privateKey, detached: true, date: new Date(day) });
      for (const { publicKey } of [expired, prolonged]) {
        await publishKey({ publicKey: publicKey.armor(), fingerprint }, w);
        expect(await verifyDetached({ bytes, signature, trust }), day).toEqual({ signer: fingerprint });
        const other = verifyDetached({ bytes: Buffer.from("other"), signature, trust });
        await expect(other).rejects.toMatchObject({ code: "BAD_SIGNATURE" });
      }
    }
    const FACS_PGP_KEY = expired.privateKey.armor();
    const keyring = await openKeyring({ configDir: w.configDir, env: { FACS_PGP_KEY } });
    await expect(keyring.sign(bytes, { date: later })).rejects.toMatchObject({ code: "KEY_UNUSABLE" });
  });

  it("does not take the signature of a key that was revoked", async () => {
    const w = await world();
    const openpgp = await import("openpgp");
    const privateKey = await openpgp.readPrivateKey({ armoredKey: w.key.privateKey });
    const signature = await w.keyring.sign(bytes);
    const { publicKey } = await openpgp.revokeKey({ key: privateKey, date: new Date(), format: "object" });
    await publishKey({ publicKey: publicKey.armor(), fingerprint: w.key.fingerprint }, w);
    await expect(verifyDetached({ bytes, signature, trust: w.trust })).rejects.toMatchObject({ code: "BAD_SIGNATURE" });
  });
});
