import fs from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { StateDocument } from "../src/format/document.ts";
import { parseDocument } from "../src/format/parse-document.ts";
import { openKeyring, planState, publishKey, sealState, trustedSigners, verifyDetached } from "../src/index.ts";
import { gnupg, keyringIn } from "./gnupg.ts";
import { create, folder, tools, world } from "./world.ts";

const messageOf = ({ keys }: StateDocument) => `${keys.message.join("\n")}\n`;

describe("GnuPG", () => {
  it("imports our keys and opens the wrapped data key", async () => {
    const w = await world();
    await create(w, { passwords: ["one"] });
    const document = parseDocument(await fs.readFile(w.file), "state/dev.json");
    const { gpg } = await gnupg();
    await gpg(["--import"], w.key.privateKey);
    const { stdout, stderr } = await gpg(["--decrypt"], messageOf(document));
    expect(JSON.parse(stdout)).toEqual({
      format: "state/1",
      id: document.id,
      scope: "dev",
      recipients: [w.key.fingerprint],
      key: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
    });
    expect(stderr).toContain("Robin <robin@example.org>");
  });

  it("finds AES-256 with integrity protection and no AEAD packet in the message", async () => {
    const w = await world();
    await create(w, { passwords: ["one"] });
    const { gpg } = await gnupg();
    await gpg(["--import"], w.key.privateKey);
    const message = messageOf(parseDocument(await fs.readFile(w.file), "state/dev.json"));
    const { stdout, stderr } = await gpg(["--show-session-key", "--list-packets"], message);
    expect(stdout).toContain("mdc_method: 2");
    expect(stdout).not.toContain("aead");
    // RFC 4880, 9.2: cipher 9 is AES with 256 bits.
    expect(stderr).toMatch(/session key: ['`"]?9:[0-9A-F]{64}/);
  });

  it("finds the same where a recipient's key prefers AEAD", async () => {
    const w = await world();
    const openpgp = await import("openpgp");
    const { publicKey } = await openpgp.generateKey({
      curve: "curve25519Legacy",
      userIDs: [{ name: "Modern" }],
      format: "object",
      config: { aeadProtect: true },
    });
    const modern = publicKey.getFingerprint().toUpperCase();
    await publishKey({ publicKey: publicKey.armor(), fingerprint: modern }, w);
    const empty = await w.open();
    const options = { keyring: w.keyring, now: () => new Date(), recipients: [w.key.fingerprint, modern] };
    await sealState(empty, planState(empty, { passwords: ["one"] }), options);
    const message = messageOf(parseDocument(await fs.readFile(w.file), "state/dev.json"));
    const { gpg } = await gnupg();
    await gpg(["--import"], w.key.privateKey);
    const { stdout, stderr } = await gpg(["--show-session-key", "--list-packets"], message);
    expect(stdout.match(/^:pubkey enc packet: version 3/gm)).toHaveLength(2);
    expect(stdout).toContain("mdc_method: 2");
    expect(stdout).not.toContain("aead");
    expect(stderr).toMatch(/session key: ['`"]?9:[0-9A-F]{64}/);
  });

  it("takes over our key: the same person signs and opens through it", async () => {
    const w = await world();
    await create(w, { passwords: ["one"] });
    const home = await gnupg();
    await home.gpg(["--import"], w.key.privateKey);
    const { keyring } = await keyringIn(home);
    expect(keyring).toMatchObject({ fingerprint: w.key.fingerprint, userId: w.keyring.userId });
    await create({ ...w, open: () => w.open({ keyring }), keyring }, { passwords: ["two"] });
    expect(await w.open()).toMatchObject({ serial: 2 });
  });

  it("verifies our signatures", async () => {
    const { keyring } = await world();
    const { gpg, at } = await gnupg();
    await gpg(["--import"], keyring.publicKey);
    const bytes = Buffer.from('{"facsimile":"release/1"}\n');
    await fs.writeFile(at("release.json"), bytes);
    await fs.writeFile(at("release.json.asc"), await keyring.sign(bytes));
    const { stderr } = await gpg(["--verify", at("release.json.asc"), at("release.json")]);
    expect(stderr).toContain('Good signature from "Robin <robin@example.org>"');
    await fs.appendFile(at("release.json"), "\n");
    await expect(gpg(["--verify", at("release.json.asc"), at("release.json")])).rejects.toThrow("BAD signature");
  });

  it("makes signatures that we verify, also with a signing subkey", async () => {
    const { gpg } = await gnupg();
    const id = "Sam <sam@example.org>";
    await gpg(["--passphrase", "", "--quick-generate-key", id, "ed25519", "cert", "never"]);
    const { stdout } = await gpg(["--list-keys", "--with-colons", id]);
    const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(stdout)?.[1] ?? "";
    await gpg(["--passphrase", "", "--quick-add-key", fingerprint, "ed25519", "sign", "never"]);
    const root = await folder();
    await fs.mkdir(`${root}/keys`);
    await fs.writeFile(`${root}/keys/${fingerprint}.asc`, (await gpg(["--armor", "--export", id])).stdout);
    const w = await world();
    const trust = await trustedSigners({ ...w, root, env: { FACS_TRUSTED_SIGNERS: fingerprint.toLowerCase() } });
    const signature = (await gpg(["--armor", "--detach-sign"], "hello")).stdout;
    expect(await verifyDetached({ bytes: Buffer.from("hello"), signature, trust })).toEqual({ signer: fingerprint });
    await expect(verifyDetached({ bytes: Buffer.from("hullo"), signature, trust })).rejects.toMatchObject({
      code: "BAD_SIGNATURE",
    });
  });

  it("exports keys with a passphrase that we open, and its subkeys decrypt state", async () => {
    const { gpg, at } = await gnupg();
    const passphrase = "correct horse";
    const loopback = ["--pinentry-mode", "loopback", "--passphrase", passphrase];
    await gpg([...loopback, "--quick-generate-key", "Sam <sam@example.org>", "future-default", "default", "never"]);
    const exported = (await gpg([...loopback, "--armor", "--export-secret-keys"])).stdout;
    await fs.writeFile(at("passphrase"), `${passphrase}\n`);
    const env = { FACS_PGP_KEY: exported, FACS_PGP_PASSPHRASE_FILE: at("passphrase") };
    const keyring = await openKeyring({ configDir: at("none"), env });
    expect(keyring.userId).toBe("Sam <sam@example.org>");
    const w = await world();
    await publishKey(keyring, w);
    const trust = await trustedSigners({ ...w, env: { FACS_TRUSTED_SIGNERS: keyring.fingerprint } });
    const open = () => w.open({ keyring, trust });
    const empty = await open();
    await sealState(empty, planState(empty, { passwords: ["one"] }), { keyring, now: () => new Date() });
    expect((await open()).serial).toBe(1);
    await expect((await tools(w)).open()).rejects.toMatchObject({ code: "STATE_UNTRUSTED_SIGNER" });
  });
});
