import { createExec, type Exec } from "@facsimile/core";
import { describe, expect, it } from "vitest";
import { openKeyring } from "../src/index.ts";
import { gnupg, makeKey, standIn } from "./gnupg.ts";

const STATUS = 'echo "[GNUPG:]';

/** A keyring of the real gpg whose operations then meet `script` in gpg's place. */
async function keyringThenStandIn(script: string, { timeout = 300 } = {}) {
  const { env } = await home();
  const later = createExec({ ...env, PATH: `${await standIn(script)}:${env.PATH}` });
  let exec = createExec(env);
  const switched: Exec = (program, args, options) => exec(program, args, { ...options, timeout });
  const keyring = await openKeyring({ configDir: "/nonexistent", env, exec: switched });
  exec = later;
  return keyring;
}

async function home() {
  const made = await gnupg();
  await makeKey(made, "Sam");
  return made;
}

describe("a gpg that does not do what it should", () => {
  it.each([
    ["prints nothing and exits with 0", "exit 0"],
    [
      "says that it worked, and prints nothing",
      `${STATUS} DECRYPTION_OKAY" >&2; ${STATUS} SIG_CREATED D 22 8 00 1 A" >&2`,
    ],
    ["prints something, and says nothing", "echo something"],
    ["prints something that it says to be good, and fails", `echo something; ${STATUS} DECRYPTION_OKAY" >&2; exit 2`],
    ["signs a text", `echo "-----BEGIN PGP SIGNATURE-----"; ${STATUS} SIG_CREATED D 22 8 01 1 A" >&2`],
    ["fails without a word", "exit 2"],
  ])("is not believed when it %s", async (_what, script) => {
    const keyring = await keyringThenStandIn(script);
    await expect(keyring.sign(Buffer.from("x"))).rejects.toMatchObject({ code: "GPG_FAILED" });
    await expect(keyring.decrypt("x")).rejects.toMatchObject({ code: "GPG_FAILED" });
  });

  it("is told when it was killed, or never ends", async () => {
    const killed = await keyringThenStandIn("kill -9 $$");
    for (const operation of [() => killed.sign(Buffer.from("x")), () => killed.decrypt("x")])
      await expect(operation()).rejects.toMatchObject({ code: "GPG_FAILED", message: "gpg was killed" });
    const sleeping = await keyringThenStandIn("exec sleep 60", { timeout: 1 });
    await expect(sleeping.sign(Buffer.from("x"))).rejects.toMatchObject({
      code: "GPG_FAILED",
      message: expect.stringContaining("did not end in time and was stopped"),
    });
  });

  it("is not repeated where it tells the key of a message, as show-session-key makes it", async () => {
    const key = "0123456789ABCDEF".repeat(4);
    const told = `echo "gpg: session key: '9:${key}'" >&2; echo "gpg: it was changed" >&2`;
    const keyring = await keyringThenStandIn(`${told}; ${STATUS} DECRYPTION_FAILED" >&2; exit 2`);
    const error = (await keyring.decrypt("x").catch((caught: unknown) => caught)) as Error;
    expect(error).toMatchObject({ code: "NOT_A_RECIPIENT", message: expect.stringContaining("it was changed") });
    expect(error.message).not.toContain(key);
  });

  it("ends when the work is stopped", async () => {
    const { env } = await home();
    const stop = new AbortController();
    const real = createExec(env);
    const slow = createExec({ ...env, PATH: `${await standIn("exec sleep 60")}:${env.PATH}` });
    const exec: Exec = (program, args, options) => (args.includes("--decrypt") ? slow : real)(program, args, options);
    const keyring = await openKeyring({ configDir: "/nonexistent", env, exec, signal: stop.signal });
    const decrypting = keyring.decrypt("x");
    stop.abort(new Error("stopped by the user"));
    await expect(decrypting).rejects.toThrow("stopped by the user");
  });

  it.each([
    ["cannot list its keys", "echo 'gpg: /home/sam/.gnupg/gpg.conf:1: invalid option' >&2; exit 2", "gpg.conf:1"],
    ["was killed", "kill -9 $$", "gpg was killed"],
  ])("is no reason to take another key when it %s", async (_what, script, words) => {
    const { env } = await home();
    const exec = createExec({ ...env, PATH: `${await standIn(script)}:${env.PATH}` });
    await expect(openKeyring({ configDir: "/nonexistent", env, exec })).rejects.toMatchObject({
      code: "GPG_FAILED",
      message: expect.stringContaining(words),
    });
  });

  it("may hand out neither nothing nor another key for the public key", async () => {
    const [made, other] = [await home(), await gnupg()];
    await makeKey(other, "Kim");
    const [real, foreign] = [createExec(made.env), createExec(other.env)];
    const silent = createExec({ ...made.env, PATH: await standIn("exit 0") });
    const open = (exporting: () => ReturnType<Exec>) => {
      const exec: Exec = (...call) => (call[1].includes("--export") ? exporting() : real(...call));
      return openKeyring({ configDir: "/nonexistent", env: made.env, exec });
    };
    for (const exporting of [() => silent("gpg", []), () => foreign("gpg", ["--armor", "--export"])])
      await expect(open(exporting)).rejects.toMatchObject({
        code: "GPG_FAILED",
        message: expect.stringContaining("gpg did not export the public key"),
      });
  });
});
