import fs from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { type Keyring, planState, publishKey, sealState, trustedSigners, verifyDetached } from "../src/index.ts";
import { addSubkey, type Gnupg, gnupg, keyringIn, makeKey, usePinentry } from "./gnupg.ts";
import { type World, world } from "./world.ts";

const now = () => new Date();
const bytes = Buffer.from('{"facsimile":"release/1"}\n');
const LOOPBACK = ["--pinentry-mode", "loopback", "--passphrase", "correct horse"];

/** Both people trust each other, and their keys are in `keys/`. */
async function trustBoth(w: World, sam: Keyring) {
  await publishKey(sam, w);
  const both = [sam.fingerprint, w.key.fingerprint].sort();
  const trust = await trustedSigners({ ...w, env: { FACS_TRUSTED_SIGNERS: both.join(" ") } });
  return { both, trust };
}

/** Seals through one and opens through the other, both ways. */
async function exchange(w: World, sam: Keyring): Promise<void> {
  const { both, trust } = await trustBoth(w, sam);
  const empty = await w.open({ keyring: sam, trust });
  const options = { keyring: sam, now, recipients: both };
  const sealed = await sealState(empty, planState(empty, { passwords: ["one"] }), options);
  const opened = await w.open({ trust });
  expect(opened.secrets().map((secret) => secret.reveal())).toEqual(sealed.secrets().map((secret) => secret.reveal()));
  await sealState(opened, planState(opened, { passwords: ["two"] }), { keyring: w.keyring, now });
  expect(await w.open({ keyring: sam, trust })).toMatchObject({ serial: 2, recipients: both });
}

describe("a key in GnuPG", () => {
  it.each<[string, (home: Gnupg) => Promise<string>]>([
    ["Ed25519 and Cv25519", (home) => makeKey(home, "Sam")],
    [
      "RSA",
      async (home) => {
        const fingerprint = await makeKey(home, "Sam", { algorithm: "rsa2048", usage: "sign" });
        await addSubkey(home, fingerprint, ["rsa2048", "encr"]);
        return fingerprint;
      },
    ],
    [
      "with a subkey to sign",
      async (home) => {
        const fingerprint = await makeKey(home, "Sam", { algorithm: "ed25519", usage: "cert" });
        await addSubkey(home, fingerprint, ["ed25519", "sign"]);
        await addSubkey(home, fingerprint, ["cv25519", "encr"]);
        return fingerprint;
      },
    ],
  ])("signs, seals and opens what others sealed: %s", async (_kind, make) => {
    const home = await gnupg();
    const fingerprint = await make(home);
    const { keyring } = await keyringIn(home);
    expect(keyring).toMatchObject({ fingerprint, userId: "Sam <sam@example.org>" });
    const w = await world();
    const { trust } = await trustBoth(w, keyring);
    const signature = await keyring.sign(bytes);
    expect(await verifyDetached({ bytes, signature, trust })).toEqual({ signer: fingerprint });
    await exchange(w, keyring);
  });

  it("works while its primary key is in a drawer", async () => {
    const [full, home] = [await gnupg(), await gnupg()];
    const fingerprint = await makeKey(full, "Sam", { algorithm: "ed25519", usage: "cert" });
    await addSubkey(full, fingerprint, ["ed25519", "sign"]);
    await addSubkey(full, fingerprint, ["cv25519", "encr"]);
    const { stdout } = await full.gpg(["--armor", "--export-secret-subkeys", fingerprint]);
    await home.gpg(["--import"], stdout);
    await exchange(await world(), (await keyringIn(home)).keyring);
  });

  it("is asked for its passphrase by the agent's pinentry, on the user's terminal", async () => {
    const home = await gnupg();
    await makeKey(home, "Sam", { options: LOOPBACK });
    const told = await usePinentry(home, 'echo "D correct horse"; echo OK');
    const { keyring } = await keyringIn(home, { GPG_TTY: "/dev/pts/99", FACS_PGP_PASSPHRASE: "hunter2" });
    await exchange(await world(), keyring);
    expect(await told()).toContain("OPTION ttyname=/dev/pts/99");
  });

  it.each([
    ["cancels", 'echo "ERR 83886179 Operation cancelled <Pinentry>"', "Operation cancelled"],
    ["mistypes", 'echo "D hunter2"; echo OK', "Bad passphrase"],
  ])("says so when the user %s", async (_what, answer, words) => {
    const home = await gnupg();
    await makeKey(home, "Sam", { options: LOOPBACK });
    await usePinentry(home, answer);
    const { keyring } = await keyringIn(home);
    const message = (await home.gpg(["--armor", "--trust-model", "always", "-r", "sam@example.org", "-e"], "x")).stdout;
    for (const operation of [() => keyring.sign(bytes), () => keyring.decrypt(message)]) {
      const error = (await operation().catch((caught: unknown) => caught)) as Error;
      expect(error).toMatchObject({ code: "KEY_LOCKED", hint: expect.stringContaining("GPG_TTY=$(tty)") });
      expect(error.message).toContain(keyring.fingerprint);
      expect(error.message).toContain(words);
      expect(`${error.stack}`).not.toContain("hunter2");
    }
  });

  it("is used by one run of gpg an operation, and nothing of it is an argument", async () => {
    const home = await gnupg();
    await makeKey(home, "Sam");
    const { keyring, calls } = await keyringIn(home);
    const before = calls.length;
    await keyring.sign(Buffer.from("tell nobody"));
    const message = (await home.gpg(["--armor", "--trust-model", "always", "-r", "sam@example.org", "-e"], "x")).stdout;
    expect(Buffer.from(await keyring.decrypt(message)).toString()).toBe("x");
    const [sign, decrypt, more] = calls.slice(before);
    expect([sign?.args.at(-1), decrypt?.args.at(-1), more]).toEqual(["--detach-sign", "--decrypt", undefined]);
    expect(JSON.stringify(calls)).not.toMatch(/tell nobody|BEGIN PGP/);
  });

  it("does not mind what a gpg.conf says of texts, other signers and output", async () => {
    const home = await gnupg();
    const fingerprint = await makeKey(home, "Sam");
    await makeKey(home, "Kim", { algorithm: "ed25519", usage: "sign" });
    await fs.writeFile(home.at("gpg.conf"), `textmode\noutput ${home.at("out")}\nverbose\nshow-session-key\n`);
    const { keyring } = await keyringIn(home);
    expect(keyring.fingerprint).toBe(fingerprint);
    await exchange(await world(), keyring);
    await expect(fs.access(home.at("out"))).rejects.toThrow("ENOENT");
    await fs.appendFile(home.at("gpg.conf"), "local-user kim@example.org\n");
    await expect(keyring.sign(bytes)).rejects.toThrow("made 2 signatures");
  });

  it("does not open what is for others, or damaged, and shows no key of the message", async () => {
    const [home, other] = [await gnupg(), await gnupg()];
    await makeKey(home, "Sam");
    await makeKey(other, "Kim");
    await fs.writeFile(home.at("gpg.conf"), "show-session-key\n");
    const { keyring } = await keyringIn(home);
    const encrypt = async ({ gpg }: Gnupg, to: string, more: readonly string[]) =>
      (await gpg(["--armor", "--trust-model", "always", "-r", `${to}@example.org`, ...more, "-e"], "x".repeat(99)))
        .stdout;
    const foreign = await encrypt(other, "kim", []);
    const own = await encrypt(home, "sam", ["--compress-algo", "none"]);
    const damaged = own.replace(/.{4}(\n=....\n)/, "AAAA$1").replace(/\n=....\n/, "\n");
    expect(damaged).not.toBe(own);
    for (const message of [foreign, damaged, "no message"]) {
      const error = await keyring.decrypt(message).catch((caught: unknown) => caught as Error);
      expect(error).toMatchObject({ code: "NOT_A_RECIPIENT" });
      expect((error as Error).message).not.toMatch(/[0-9A-F]{64}/);
    }
  });

  it("comes after the places that hold an armored key, unless it is named", async () => {
    const home = await gnupg();
    const fingerprint = await makeKey(home, "Sam");
    const [own, kim] = [await world("Robin"), await world("Kim")];
    const { openKeyring } = await import("../src/index.ts");
    const { createExec } = await import("@facsimile/core");
    const exec = createExec(home.env);
    const userIdOf = async (more: object, configDir = own.configDir) =>
      (await openKeyring({ configDir, env: { ...home.env, ...more }, exec })).userId;
    expect(await userIdOf({})).toBe("Robin <robin@example.org>");
    expect(await userIdOf({ FACS_GPG_KEY: fingerprint })).toBe("Sam <sam@example.org>");
    expect(await userIdOf({ FACS_GPG_KEY: fingerprint, FACS_PGP_KEY: kim.key.privateKey })).toBe(
      "Kim <kim@example.org>",
    );
    expect(await userIdOf({}, path.join(own.root, "none"))).toBe("Sam <sam@example.org>");
  });
});
