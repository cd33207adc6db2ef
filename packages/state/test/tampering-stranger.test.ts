import fs from "node:fs/promises";
import path from "node:path";
import { readSignature } from "openpgp";
import { describe, expect, it } from "vitest";
import type { StateDocument } from "../src/format/document.ts";
import { parseDocument } from "../src/format/parse-document.ts";
import { signedBytes } from "../src/format/serialise.ts";
import { type Keyring, publishKey, trustedSigners } from "../src/index.ts";
import { canonicalSignature } from "../src/trust/signature.ts";
import { fabricated, signatureNaming, withGraftedSubkey } from "./forge.ts";
import { gnupg, keyringIn } from "./gnupg.ts";
import { codesOf, sealedState, signedBy, verdictOf, withSignature } from "./verdict.ts";
import { world } from "./world.ts";

/** A conglomerate, and somebody who has read all of it, whose own public key lies there too. */
async function scene() {
  const [w, stranger] = [await sealedState(), await world("Mallory")];
  await publishKey(stranger.key, w);
  const keyring = counting(w.keyring);
  const forge = (signer = w.key.fingerprint) => fabricated(w, { signer });
  /** What the victim sees, who must not have decrypted anything before. */
  const verdict = async (bytes: Uint8Array, trust = w.trust) => {
    const found = await verdictOf({ ...w, keyring, trust }, bytes);
    return `${found}, ${keyring.decrypted()} decrypted`;
  };
  return { ...w, stranger, forge, verdict };
}

/** The keyring, counting what it is asked to decrypt. */
function counting(keyring: Keyring): Keyring & { readonly decrypted: () => number } {
  let count = 0;
  const decrypt: Keyring["decrypt"] = (armored) => {
    count += 1;
    return keyring.decrypt(armored);
  };
  return { ...keyring, decrypt, decrypted: () => count };
}

const untrusted = "STATE_UNTRUSTED_SIGNER 5, 0 decrypted";
const bad = "BAD_SIGNATURE 5, 0 decrypted";

describe("a whole file that a stranger made", () => {
  it("would open, if its rightful signer had signed it", async () => {
    const w = await scene();
    expect(await w.verdict(await signedBy(w.keyring, await w.forge()))).toBe("opened, 1 decrypted");
  });

  it("is refused with his signature, whomever it names", async () => {
    const { stranger, ...w } = await scene();
    const his = stranger.key.fingerprint;
    expect(await w.verdict(await signedBy(stranger.keyring, await w.forge(his)))).toBe(untrusted);
    expect(await w.verdict(await signedBy(stranger.keyring, await w.forge()))).toBe(untrusted);
  });

  it("is refused when his signature says that it is the signer's", async () => {
    const { stranger, ...w } = await scene();
    const document = await w.forge();
    const signature = await signatureNaming(w.key, stranger.key, signedBytes(document));
    expect(await w.verdict(withSignature(document, signature))).toBe(bad);
  });

  it("is refused with what the signer signed elsewhere, alone or beside his own signature", async () => {
    const { stranger, ...w } = await scene();
    const document = await w.forge();
    const release = await w.keyring.sign(Buffer.from('{"facsimile":"release/1"}\n'));
    const own = await stranger.keyring.sign(signedBytes(document));
    for (const signature of [release, `${w.document.seal.signature.join("\n")}\n`, release + own])
      expect(await w.verdict(withSignature(document, signature))).toBe(bad);
    expect(await w.verdict(withSignature(document, own + release))).toBe(untrusted);
    expect(await w.verdict(withSignature(document, w.key.publicKey))).toBe(bad);
    expect(await w.verdict(signedBytes(document) as Buffer)).toBe("STATE_UNSIGNED 5, 0 decrypted");
  });

  it("is refused when he put his key into keys/ under the signer's name, or as a subkey of the signer's key", async () => {
    const { stranger, ...w } = await scene();
    const bytes = await signedBy(stranger.keyring, await w.forge());
    const { fingerprint } = w.key;
    await publishKey({ fingerprint, publicKey: stranger.key.publicKey }, w);
    expect(await w.verdict(bytes)).toBe(untrusted);
    expect(await w.verdict(w.bytes)).toBe("KEY_MISNAMED 5, 0 decrypted");
    await publishKey({ fingerprint, publicKey: await withGraftedSubkey(w.key, stranger.key) }, w);
    expect(await w.verdict(bytes)).toBe(bad);
    expect(await w.verdict(w.bytes)).toBe("opened, 1 decrypted");
    // So it is the binding that was missing: made by the owner, it counts.
    await publishKey({ fingerprint, publicKey: await withGraftedSubkey(w.key, stranger.key, w.key) }, w);
    expect(await w.verdict(bytes)).toBe("opened, 2 decrypted");
  });

  it("is refused when he lists himself as a signer", async () => {
    const { stranger, ...w } = await scene();
    const signers = { [stranger.key.fingerprint]: { scopes: ["*"] } };
    const list = Buffer.from(JSON.stringify({ facsimile: "signers/1", id: "0".repeat(32), serial: 1, signers }));
    const file = path.join(w.root, "keys", "signers.json");
    await fs.writeFile(file, list);
    const trust = () => trustedSigners({ ...w, env: {} }).catch(codesOf);
    expect(await trust()).toBe("BAD_SIGNATURE 5");
    await fs.writeFile(`${file}.asc`, await stranger.keyring.sign(list));
    expect(await trust()).toBe("STATE_UNTRUSTED_SIGNER 5");
    await fs.writeFile(`${file}.asc`, await signatureNaming(w.key, stranger.key, list));
    expect(await trust()).toBe("BAD_SIGNATURE 5");
  });
});

describe("a file that was made with gpg", () => {
  /** Signs with gpg as it is told; the armor then as facs writes it. */
  async function gpgSigned({ gpg }: Awaited<ReturnType<typeof gnupg>>, document: StateDocument, ...args: string[]) {
    const { stdout } = await gpg(["--armor", ...args], Buffer.from(signedBytes(document)).toString());
    return withSignature(document, await canonicalSignature(stdout).catch(() => stdout));
  }

  it("is refused from a stranger, though he has the signer's name and address", async () => {
    const w = await scene();
    const home = await gnupg();
    await home.gpg(["--passphrase", "", "--quick-generate-key", w.keyring.userId, "ed25519", "sign", "never"]);
    expect(await w.verdict(await gpgSigned(home, await w.forge(), "--detach-sign"))).toBe(untrusted);
    await home.gpg(["--import"], w.key.publicKey);
    await expect(gpgSigned(home, await w.forge(), "--local-user", w.key.fingerprint, "--detach-sign")).rejects.toThrow(
      "No secret key",
    );
  });

  it("is refused from its signer, where he signed the text and not its bytes, or did not detach the signature", async () => {
    const w = await scene();
    const home = await gnupg();
    await home.gpg(["--import"], w.key.privateKey);
    const verdict = async (...args: string[]) => w.verdict(await gpgSigned(home, await w.forge(), ...args));
    for (const args of [["--textmode", "--detach-sign"], ["--sign"], ["--clear-sign"], ["--store"]])
      expect(await verdict(...args), args.join(" ")).toBe(bad);
    expect(await verdict("--detach-sign")).toBe("opened, 1 decrypted");
  });

  it("is refused with a data key that was encrypted with gpg for its readers, but not made for the file", async () => {
    const w = await scene();
    const home = await gnupg();
    await home.gpg(["--import"], w.key.publicKey);
    const content = { format: "state/1", id: w.document.id, scope: "dev", recipients: [w.key.fingerprint] };
    const messageOf = async (text: string) => {
      const to = ["--trust-model", "always", "--recipient", w.key.fingerprint];
      const { stdout } = await home.gpg(["--armor", ...to, "--encrypt"], text);
      return { ...w.document, keys: { ...w.document.keys, message: stdout.trimEnd().split("\n") } };
    };
    const key = Buffer.alloc(32, 7).toString("base64url");
    const texts = [
      JSON.stringify({ ...content, scope: "production", key }),
      JSON.stringify({ ...content, key: "short" }),
      JSON.stringify({ ...content, key }, null, 1),
      JSON.stringify({ ...content, key, more: 1 }),
      "",
    ];
    for (const text of texts) {
      const bytes = await signedBy(w.keyring, await messageOf(text));
      expect(await verdictOf(w, bytes), text).toBe("STATE_FOREIGN_KEY 5");
    }
    const another = await signedBy(w.keyring, await messageOf(JSON.stringify({ ...content, key })));
    expect(await verdictOf(w, another)).toBe("STATE_BAD_LEAF 5");
  });
});

describe("a signature with something added that it does not cover", () => {
  it.each(["OpenPGP.js", "GnuPG"])("is refused, made by %s", async (maker) => {
    const w = maker === "GnuPG" ? await signedByGnupg() : await sealedState();
    const text = `${w.document.seal.signature.join("\n")}\n`;
    const signature = await readSignature({ armoredSignature: text });
    expect(await verdictOf(w, withSignature(w.document, text))).toBe("opened");
    // RFC 9580, 5.2.3.7: 100 to 110 are for private use.
    signature.packets[0]?.unhashedSubpackets.push({ type: 100, critical: false, body: new Uint8Array([1, 2, 3]) });
    expect(await verdictOf(w, withSignature(w.document, signature.armor()))).toBe("BAD_SIGNATURE 5");
  });
});

/** A sealed state whose signer keeps his key in GnuPG. */
async function signedByGnupg() {
  const w = await sealedState();
  const home = await gnupg();
  await home.gpg(["--import"], w.key.privateKey);
  const { keyring } = await keyringIn(home);
  const bytes = await signedBy(keyring, w.document);
  return { ...w, document: parseDocument(bytes, "state/dev.json") };
}
