import { problemsOf } from "@facsimile/core";
import { describe, expect, it } from "vitest";
import { planState, publishKey, sealState } from "../src/index.ts";
import { create, now, type World, world } from "./world.ts";

type Made = { publicKey: string; fingerprint: string };

/** A key made as somebody else's program may make it. */
async function strangeKey(name: string, { v6 = false, lives = 0, revoked = false } = {}): Promise<Made> {
  const openpgp = await import("openpgp");
  const { privateKey, publicKey } = await openpgp.generateKey({
    ...(v6 ? { type: "curve25519" } : { type: "ecc", curve: "curve25519Legacy" }),
    userIDs: [{ name }],
    date: new Date("2020-01-01"),
    keyExpirationTime: lives,
    format: "object",
    config: { v6Keys: v6 },
  });
  const fingerprint = publicKey.getFingerprint().toUpperCase();
  if (!revoked) return { publicKey: publicKey.armor(), fingerprint };
  const { publicKey: dead } = await openpgp.revokeKey({ key: privateKey, date: new Date("2020-02-02") });
  return { publicKey: dead, fingerprint };
}

async function sealFor(w: World, recipients: readonly string[]) {
  const empty = await w.open();
  return sealState(empty, planState(empty, { passwords: ["one"] }), { keyring: w.keyring, now, recipients });
}

describe("recipients", () => {
  it("are refused all at once, each with its reason", async () => {
    const w = await world();
    const expired = await strangeKey("Old", { lives: 33 * 24 * 3600 });
    const revoked = await strangeKey("Gone", { revoked: true });
    await publishKey(expired, w);
    await publishKey(revoked, w);
    const missing = "A".repeat(40);
    const recipients = [w.key.fingerprint, expired.fingerprint, revoked.fingerprint, missing];
    const error = await sealFor(w, recipients).catch((caught: unknown) => caught);
    const told = problemsOf(error as Parameters<typeof problemsOf>[0]).map(({ code, message }) => `${code} ${message}`);
    expect(told.sort()).toEqual(
      [
        `KEY_UNUSABLE keys/${expired.fingerprint}.asc cannot be encrypted to: it expired on 2020-02-03`,
        `KEY_UNUSABLE keys/${revoked.fingerprint}.asc cannot be encrypted to: it is revoked`,
        `NO_PUBLIC_KEY keys/${missing}.asc does not exist`,
      ].sort(),
    );
    expect((await w.open()).serial).toBe(0);
  });

  it("have keys of version 4: others are refused, by their name or by what the file holds", async () => {
    const w = await world();
    const six = await strangeKey("Six", { v6: true });
    expect(six.fingerprint).toHaveLength(64);
    await expect(sealFor(w, [w.key.fingerprint, six.fingerprint])).rejects.toMatchObject({
      code: "KEY_INVALID",
      message: expect.stringContaining(`${six.fingerprint} is a key of OpenPGP version 5 or 6`),
    });
    const fingerprint = six.fingerprint.slice(0, 40);
    await publishKey({ ...six, fingerprint }, w);
    await expect(sealFor(w, [w.key.fingerprint, fingerprint])).rejects.toMatchObject({
      code: "KEY_INVALID",
      message: expect.stringContaining(`keys/${fingerprint}.asc is a key of OpenPGP version 6`),
    });
  });

  it("are named to who is none of them, with their user ids", async () => {
    const [w, kim, gone] = [await world(), await world("Kim"), await world("Gone")];
    await create(w, { passwords: ["one"] });
    await expect(w.open({ keyring: kim.keyring })).rejects.toMatchObject({
      code: "NOT_A_RECIPIENT",
      message: expect.stringContaining(`${kim.key.fingerprint} (Kim <kim@example.org>) is not among the recipients`),
      hint: [
        `These can open it: ${w.key.fingerprint} ("Robin <robin@example.org>")`,
        `Let one of them run: facs recipients add ${kim.key.fingerprint} --scope dev`,
        "It takes your public key from keys/, where facs init puts it: commit and push it first.",
      ].join("\n"),
    });
    const other = await world();
    await publishKey(gone.key, other);
    await sealFor(other, [other.key.fingerprint, gone.key.fingerprint]);
    const { keyOf } = other.trust;
    const trust = {
      ...other.trust,
      keyOf: (name: string) => keyOf(name === gone.key.fingerprint ? "B".repeat(40) : name),
    };
    await expect(other.open({ keyring: kim.keyring, trust })).rejects.toMatchObject({
      hint: expect.stringContaining(`${gone.key.fingerprint} (no usable key in keys/)`),
    });
  });
});
