import fs from "node:fs/promises";
import { createExec } from "@facsimile/core";
import { describe, expect, it } from "vitest";
import { openKeyring } from "../src/index.ts";
import { type Gnupg, gnupg, keyringIn, makeKey } from "./gnupg.ts";
import { folder } from "./world.ts";

const UNTIL_2020 = { options: ["--faked-system-time", "20200101T000000!"], expires: "2020-02-03" };

async function revoke({ gpg, at }: Gnupg, fingerprint: string): Promise<void> {
  const certificate = await fs.readFile(at(`openpgp-revocs.d/${fingerprint}.rev`), "utf8");
  await gpg(["--import"], certificate.replace(":-----BEGIN", "-----BEGIN"));
}

/** The private part of the last subkey goes into a drawer. */
async function takeAway({ gpg, at }: Gnupg, fingerprint: string): Promise<void> {
  const { stdout } = await gpg(["--with-colons", "--list-secret-keys", fingerprint]);
  const grip = [...stdout.matchAll(/^grp:+([0-9A-F]{40}):/gm)].at(-1)?.[1];
  await fs.rm(at(`private-keys-v1.d/${grip}.key`));
}

describe("the key of GnuPG that is used", () => {
  it("is the only one that can sign and decrypt", async () => {
    const home = await gnupg();
    const wanted = await makeKey(home, "Sam");
    await makeKey(home, "Old", UNTIL_2020);
    await revoke(home, await makeKey(home, "Gone"));
    await makeKey(home, "Signs", { algorithm: "ed25519", usage: "sign" });
    expect((await keyringIn(home)).keyring.fingerprint).toBe(wanted);
  });

  it("is the one that FACS_GPG_KEY names by its full fingerprint, in whatever spelling", async () => {
    const home = await gnupg();
    const [sam, kim] = [await makeKey(home, "Sam"), await makeKey(home, "Kim")];
    const { stdout } = await home.gpg(["--fingerprint", kim]);
    const grouped = /^ +([0-9A-F]{4} [0-9A-F ]+)$/m.exec(stdout)?.[1] ?? "";
    for (const FACS_GPG_KEY of [kim, `0x${kim.toLowerCase()}`, grouped])
      expect((await keyringIn(home, { FACS_GPG_KEY })).keyring.fingerprint, FACS_GPG_KEY).toBe(kim);
    for (const FACS_GPG_KEY of [sam.slice(-16), "sam@example.org", "0".repeat(41)])
      await expect(keyringIn(home, { FACS_GPG_KEY })).rejects.toMatchObject({ code: "KEY_INVALID" });
    await expect(keyringIn(home, { FACS_GPG_KEY: "A".repeat(64) })).rejects.toThrow("OpenPGP version 5 or 6");
  });

  it("is never guessed: several are listed", async () => {
    const home = await gnupg();
    const [sam, kim] = [await makeKey(home, "Sam"), await makeKey(home, "Kim")];
    const old = await makeKey(home, "Old", UNTIL_2020);
    const error = (await keyringIn(home).catch((caught: unknown) => caught)) as Error;
    expect(error).toMatchObject({ code: "KEY_AMBIGUOUS", hint: expect.stringContaining("FACS_GPG_KEY") });
    expect(error.message).toContain(`${sam} (Sam <sam@example.org>)`);
    expect(error.message).toContain(`${kim} (Kim <kim@example.org>)`);
    expect(error.message).not.toContain(old);
  });

  it("is default-key of gpg.conf where there are several, and that names one of them", async () => {
    const home = await gnupg();
    const [, kim] = [await makeKey(home, "Sam"), await makeKey(home, "Kim")];
    const signs = await makeKey(home, "Signs", { algorithm: "ed25519", usage: "sign" });
    const configure = (name: string) => fs.writeFile(home.at("gpg.conf"), `default-key ${name}\n`);
    for (const name of [kim, kim.slice(-16), "Kim <kim@example.org>"]) {
      await configure(name);
      expect((await keyringIn(home)).keyring.fingerprint, name).toBe(kim);
    }
    for (const name of [signs, "example.org", "nobody@example.org"]) {
      await configure(name);
      await expect(keyringIn(home), name).rejects.toMatchObject({ code: "KEY_AMBIGUOUS" });
    }
  });

  it("is none where none will do; each is named, with its reason", async () => {
    const home = await gnupg();
    const old = await makeKey(home, "Old", UNTIL_2020);
    const gone = await makeKey(home, "Gone");
    await revoke(home, gone);
    const signs = await makeKey(home, "Signs", { algorithm: "ed25519", usage: "sign" });
    const away = await makeKey(home, "Away");
    await takeAway(home, away);
    const error = (await keyringIn(home).catch((caught: unknown) => caught)) as Error;
    expect(error).toMatchObject({ code: "NO_KEY", hint: expect.stringContaining("facs init") });
    expect(error).toMatchObject({ hint: expect.stringContaining(`gpg --quick-set-expire ${old} 2y`) });
    for (const place of [
      "FACS_PGP_KEY, FACS_PGP_KEY_FILE and FACS_GPG_KEY are not set",
      "/nonexistent/key.asc does not exist",
      `${old} (Old <old@example.org>) expired on 2020-02-03`,
      `${gone} (Gone <gone@example.org>) is revoked`,
      `${signs} (Signs <signs@example.org>) cannot decrypt`,
      `${away} (Away <away@example.org>) cannot decrypt: the part that could is not on this machine`,
    ])
      expect(error.message).toContain(place);
  });

  it("opens old messages after it expired or was revoked, if it is named, but signs no more", async () => {
    const home = await gnupg();
    const old = await makeKey(home, "Old", UNTIL_2020);
    const past = ["--faked-system-time", "20200102T000000!", "--trust-model", "always"];
    const { stdout } = await home.gpg([...past, "--armor", "-r", old, "-e"], "x");
    const { keyring } = await keyringIn(home, { FACS_GPG_KEY: old });
    expect(Buffer.from(await keyring.decrypt(stdout)).toString()).toBe("x");
    await expect(keyring.sign(Buffer.from("x"))).rejects.toMatchObject({
      code: "KEY_UNUSABLE",
      message: `GnuPG's key ${old} cannot sign: it expired on 2020-02-03`,
    });
    await revoke(home, old);
    const revoked = await keyringIn(home, { FACS_GPG_KEY: old });
    expect(Buffer.from(await revoked.keyring.decrypt(stdout)).toString()).toBe("x");
    await expect(revoked.keyring.sign(Buffer.from("x"))).rejects.toThrow("it is revoked");
  });

  it("is not there: the error says what is", async () => {
    const home = await gnupg();
    const absent = "0123456789".repeat(4);
    await expect(keyringIn(home)).rejects.toThrow("GnuPG has no secret key");
    const sam = await makeKey(home, "Sam");
    await expect(keyringIn(home, { FACS_GPG_KEY: absent })).rejects.toMatchObject({
      code: "NO_KEY",
      message: `there is no private key to use: FACS_GPG_KEY names ${absent}; GnuPG has no such secret key, but ${sam} (Sam <sam@example.org>)`,
    });
  });
});

describe("without GnuPG", () => {
  it("gpg is one of the places that were tried: no program, no folder", async () => {
    const home = await gnupg();
    await expect(keyringIn(home, { PATH: await folder() })).rejects.toMatchObject({
      code: "NO_KEY",
      message: expect.stringContaining("/nonexistent/key.asc does not exist; gpg: command not found"),
    });
    const HOME = await folder();
    await expect(keyringIn(home, { GNUPGHOME: undefined, HOME })).rejects.toMatchObject({
      code: "NO_KEY",
      message: expect.stringContaining(`GnuPG's folder ${HOME}/.gnupg does not exist`),
    });
    expect(await fs.readdir(HOME)).toEqual([]);
  });

  it("a key in a file needs neither", async () => {
    const home = await folder();
    const { generateKey, installKey } = await import("../src/index.ts");
    const key = await generateKey({ name: "Robin", date: new Date("2026-01-02") });
    await installKey(key, { configDir: home });
    const env = { PATH: "/nonexistent" };
    expect((await openKeyring({ configDir: home, env, exec: createExec(env) })).fingerprint).toBe(key.fingerprint);
  });
});
