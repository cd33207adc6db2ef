import fs from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { generateKey, installKey, openKeyring } from "../src/index.ts";
import { folder, now, world } from "./world.ts";

describe("the keyring", () => {
  it("prefers FACS_PGP_KEY, then FACS_PGP_KEY_FILE, then key.asc", async () => {
    const [own, file, inline] = [await world("Own"), await world("File"), await world("Inline")];
    const FACS_PGP_KEY_FILE = path.join(file.configDir, "key.asc");
    const { configDir } = own;
    const userIds = [{}, { FACS_PGP_KEY_FILE }, { FACS_PGP_KEY_FILE, FACS_PGP_KEY: inline.key.privateKey }].map(
      async (env) => (await openKeyring({ configDir, env })).userId,
    );
    expect(await Promise.all(userIds)).toEqual([
      "Own <own@example.org>",
      "File <file@example.org>",
      "Inline <inline@example.org>",
    ]);
  });

  it("names every place that it tried, and what to do", async () => {
    const configDir = await folder();
    await expect(openKeyring({ configDir, env: {} })).rejects.toMatchObject({
      code: "NO_KEY",
      message: `there is no private key to use: FACS_PGP_KEY, FACS_PGP_KEY_FILE and FACS_GPG_KEY are not set; ${configDir}/key.asc does not exist; GnuPG was not asked`,
      hint: expect.stringContaining("facs init"),
    });
    await expect(openKeyring({ configDir, env: { FACS_PGP_KEY_FILE: "/no/key" } })).rejects.toThrow(
      "FACS_PGP_KEY_FILE names /no/key",
    );
  });

  it("refuses a key file that others may read", async () => {
    const { configDir } = await world();
    await fs.chmod(path.join(configDir, "key.asc"), 0o640);
    await expect(openKeyring({ configDir, env: {} })).rejects.toMatchObject({ code: "KEY_EXPOSED" });
  });

  it("refuses what is no private key of its kind, without showing it", async () => {
    const { configDir, key } = await world();
    const openpgp = await import("openpgp");
    const v6 = await openpgp.generateKey({ userIDs: [{ name: "Six" }], config: { v6Keys: true } });
    for (const FACS_PGP_KEY of ["hunter2", key.publicKey, v6.privateKey, key.privateKey.slice(0, 300)]) {
      const error = await openKeyring({ configDir, env: { FACS_PGP_KEY } }).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: "KEY_INVALID" });
      expect(`${(error as Error).stack}${(error as Error).cause}`).not.toContain(FACS_PGP_KEY.slice(0, 100));
    }
  });

  it("says when a passphrase is missing or wrong, and never shows it", async () => {
    const { configDir, key } = await world();
    const openpgp = await import("openpgp");
    const privateKey = await openpgp.readPrivateKey({ armoredKey: key.privateKey });
    const FACS_PGP_KEY = (await openpgp.encryptKey({ privateKey, passphrase: "correct horse" })).armor();
    await expect(openKeyring({ configDir, env: { FACS_PGP_KEY } })).rejects.toMatchObject({ code: "KEY_LOCKED" });
    const wrong = openKeyring({ configDir, env: { FACS_PGP_KEY, FACS_PGP_PASSPHRASE: "hunter2" } });
    const error = await wrong.catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({ code: "KEY_LOCKED" });
    expect(`${(error as Error).stack}${(error as Error).cause}`).not.toContain("hunter2");
    const env = { FACS_PGP_KEY, FACS_PGP_PASSPHRASE: "correct horse" };
    expect((await openKeyring({ configDir, env })).fingerprint).toBe(key.fingerprint);
  });

  it("keeps a new key private, and never replaces one", async () => {
    const configDir = path.join(await folder(), "new", "facsimile");
    const key = await generateKey({ name: "Robin", date: now() });
    await installKey(key, { configDir });
    expect((await fs.stat(path.join(configDir, "key.asc"))).mode & 0o777).toBe(0o600);
    expect((await fs.stat(configDir)).mode & 0o777).toBe(0o700);
    await expect(installKey(key, { configDir })).rejects.toMatchObject({ code: "KEY_EXISTS" });
    expect(await fs.readdir(configDir)).toEqual(["key.asc"]);
  });
});
