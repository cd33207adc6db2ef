import fs from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import * as state from "../src/index.ts";
import { create, now, type World, world } from "./world.ts";

const at = ({ root }: World) => ({ root, folder: path.join(root, "state"), date: now() });

describe("whom a user without roots would have to pin", () => {
  it("is the one who sealed the state", async () => {
    const w = await world();
    await create(w, { passwords: ["one"] });
    expect(await state.findRoot("dev", at(w))).toEqual({
      fingerprint: w.key.fingerprint,
      userId: "Robin <robin@example.org>",
      keyFile: `keys/${w.key.fingerprint}.asc`,
      signed: "state/dev.json",
    });
    expect(await state.findRoot("production", at(w))).toBeUndefined();
  });

  it("is the one who signed the list of signers, where there is one that names who sealed the state", async () => {
    const [w, kim] = [await world(), await world("Kim")];
    await state.publishKey(kim.key, w);
    const options = { ...w, env: {}, now };
    const { fingerprint } = kim.key;
    await state.writeSigners(await state.prepareSigners({ type: "add", fingerprint, scopes: ["dev"] }, options));
    const trust = await state.trustedSigners(options);
    for (const scope of ["dev", "production"]) {
      // Kim's own list of roots has Kim: only the others refuse what Kim may not sign.
      const trusting = scope === "dev" ? trust : { ...trust, signers: new Map([[fingerprint, "all"] as const]) };
      const opened = await w.open({ scope, keyring: kim.keyring, trust: trusting });
      await state.sealState(opened, state.planState(opened, { passwords: ["one"] }), { keyring: kim.keyring, now });
    }
    expect(await state.findRoot("dev", at(w))).toMatchObject({
      fingerprint: w.key.fingerprint,
      signed: "keys/signers.json",
    });
    await expect(state.findRoot("production", at(w))).rejects.toMatchObject({ code: "STATE_UNTRUSTED_SIGNER" });
  });

  it("is nobody whose key is not in keys/, nor one whose signature is wrong", async () => {
    const w = await world();
    await create(w, { passwords: ["one"] });
    const text = await fs.readFile(w.file, "utf8");
    await fs.writeFile(w.file, text.replace('"serial": 1', '"serial": 7'));
    await expect(state.findRoot("dev", at(w))).rejects.toMatchObject({ code: "BAD_SIGNATURE" });
    await fs.writeFile(w.file, text);
    await fs.rm(path.join(w.root, "keys", `${w.key.fingerprint}.asc`));
    await expect(state.findRoot("dev", at(w))).rejects.toMatchObject({ code: "STATE_UNTRUSTED_SIGNER" });
  });
});

describe("who sealed which state last", () => {
  it("is told of every scope, or why not, without a private key", async () => {
    const w = await world();
    await create(w, { passwords: ["one"] });
    await fs.writeFile(path.join(w.root, "state/broken.json"), "{}");
    const { trust } = w;
    expect(await state.authorsOf({ folder: path.join(w.root, "state"), trust })).toEqual([
      {
        ...{ scope: "broken", file: "state/broken.json", signer: undefined },
        problem: expect.objectContaining({ code: "STATE_INVALID" }),
      },
      { scope: "dev", file: "state/dev.json", signer: w.key.fingerprint, problem: undefined },
    ]);
    expect(await state.authorsOf({ folder: path.join(w.root, "none"), trust })).toEqual([]);
  });
});
