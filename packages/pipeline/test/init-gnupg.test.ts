import fs from "node:fs/promises";
import path from "node:path";
import { createExec } from "@facsimile/core";
import { gnupgHome } from "@facsimile/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { init } from "../src/people/init.ts";
import { contextOf, folder } from "./world.ts";

/** A user whose GnuPG has a key for Robin. */
async function robin(more: Readonly<Record<string, string>> = {}) {
  const { dir, gpg } = await gnupgHome({ onFinished: (stop) => onTestFinished(stop) });
  await gpg(
    "--passphrase",
    "",
    "--quick-generate-key",
    "Robin <robin@example.org>",
    "future-default",
    "default",
    "never",
  );
  const listing = await gpg("--with-colons", "--list-keys");
  const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(listing)?.[1] ?? "";
  const context = contextOf(await folder());
  const env = { ...context.env, GNUPGHOME: dir, ...more };
  return { fingerprint, context: { ...context, env, exec: createExec(env) } };
}

describe("facs init", () => {
  it("takes the key that the user has in GnuPG, and makes none", async () => {
    const { fingerprint, context } = await robin();
    expect(await init(context)).toMatchObject({ fingerprint, userId: "Robin <robin@example.org>", keyMade: false });
    expect(await fs.readdir(path.join(context.root, "keys"))).toEqual([`${fingerprint}.asc`]);
    expect(await fs.readdir(context.configDir)).toEqual(["trust.json"]);
  });

  it("makes no key in the place of one that was named", async () => {
    const { context } = await robin({ FACS_GPG_KEY: "A".repeat(40) });
    await expect(init(context)).rejects.toMatchObject({ code: "NO_KEY" });
    await expect(fs.access(context.configDir)).rejects.toThrow("ENOENT");
  });
});
