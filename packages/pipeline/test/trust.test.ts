import fs from "node:fs/promises";
import path from "node:path";
import * as state from "@facsimile/state";
import { describe, expect, it } from "vitest";
import { init } from "../src/people/init.ts";
import { trustOf } from "../src/people/trust.ts";
import { addTrust, planTrustAdd } from "../src/people/trust-add.ts";
import { planTrustRemove, removeTrust } from "../src/people/trust-remove.ts";
import { contextOf, folder } from "./world.ts";

/** Robin's conglomerate, who lists Kim for every scope; Kim sealed the states last. */
async function world(scopes: readonly string[]) {
  const [robin, kim] = [contextOf(await folder()), { ...contextOf(await folder()) }];
  await init(robin);
  const shared = { ...kim, root: robin.root, own: robin.own, work: robin.work };
  await init(shared);
  const [robinKey, kimKey] = await Promise.all([state.openKeyring(robin), state.openKeyring(shared)]);
  await state.pinRoot({ fingerprint: robinKey.fingerprint, name: "Robin" }, shared);
  await list(kimKey.fingerprint, robin);
  const recipients = [robinKey.fingerprint, kimKey.fingerprint];
  for (const scope of scopes) await seal(scope, { context: shared, keyring: kimKey, recipients });
  return { robin, robinKey, kim: shared, kimKey, recipients };
}

async function list(fingerprint: string, context: ReturnType<typeof contextOf>) {
  await addTrust(await planTrustAdd({ fingerprint, as: { scopes: "all" } }, context), context);
}

async function open(scope: string, context: ReturnType<typeof contextOf>) {
  const keyring = await state.openKeyring(context);
  const trust = await trustOf({ scope }, context);
  const at = path.join(context.own, "state");
  return state.openState({ folder: at, scope, keyring, trust, memory: state.openMemory(context) });
}

interface Sealing {
  readonly context: ReturnType<typeof contextOf>;
  readonly keyring: state.Keyring;
  readonly recipients: readonly string[];
}

async function seal(scope: string, { context, keyring, recipients }: Sealing) {
  const opened = await open(scope, context);
  const plan = state.planState(opened, { passwords: [`made-at-${opened.serial}`] });
  await state.sealState(opened, plan, { keyring, recipients, now: context.now });
}

const signerOf = async (scope: string, { own }: { own: string }) =>
  JSON.parse(await fs.readFile(path.join(own, "state", `${scope}.json`), "utf8")).seal.signer;

describe("removing a signer", () => {
  it("that stops after the states and before the list leaves all of them readable, and is done by doing it again", async () => {
    const w = await world(["dev", "staging"]);
    const removal = await planTrustRemove({ fingerprint: w.kimKey.fingerprint }, w.robin);
    expect(removal.reseal.map(({ file }) => file)).toEqual(["state/dev.json", "state/staging.json"]);
    const sam = await state.generateKey({ name: "Sam", date: w.robin.now() });
    await state.publishKey(sam, { root: w.robin.own });
    await list(sam.fingerprint, w.robin);
    await expect(removeTrust(removal, w.robin)).rejects.toMatchObject({ code: "STATE_CHANGED" });
    for (const scope of ["dev", "staging"]) {
      expect(await signerOf(scope, w.robin)).toBe(w.robinKey.fingerprint);
      expect((await open(scope, w.robin)).serial).toBe(2);
      expect((await open(scope, w.kim)).serial).toBe(2);
    }
    const again = await planTrustRemove({ fingerprint: w.kimKey.fingerprint }, w.robin);
    expect(again.reseal).toEqual([]);
    await removeTrust(again, w.robin);
    expect([...(await trustOf({ scope: "dev" }, w.robin)).signers.keys()].sort()).toEqual(
      [w.robinKey.fingerprint, sam.fingerprint].sort(),
    );
  });

  it("does not touch the list when a state was sealed meanwhile", async () => {
    const w = await world(["dev"]);
    const removal = await planTrustRemove({ fingerprint: w.kimKey.fingerprint }, w.robin);
    await seal("dev", { context: w.kim, keyring: w.kimKey, recipients: w.recipients });
    await expect(removeTrust(removal, w.robin)).rejects.toMatchObject({ code: "STATE_CHANGED" });
    expect((await trustOf({ scope: "dev" }, w.robin)).signers.has(w.kimKey.fingerprint)).toBe(true);
    expect((await open("dev", w.robin)).serial).toBe(2);
  });

  it("tells of a state whose signer cannot be known, and leaves it", async () => {
    const w = await world(["dev"]);
    const file = path.join(w.robin.own, "state/broken.json");
    await fs.writeFile(file, "{}");
    const removal = await planTrustRemove({ fingerprint: w.kimKey.fingerprint }, w.robin);
    expect(removal.unclear).toMatchObject([{ file: "state/broken.json", problem: { code: "STATE_INVALID" } }]);
    await removeTrust(removal, w.robin);
    expect(await fs.readFile(file, "utf8")).toBe("{}");
  });
});

describe("trust", () => {
  it("is asked for once, and only when nobody is trusted", async () => {
    const w = await world(["dev"]);
    await fs.rm(path.join(w.kim.configDir, "trust.json"));
    const asked: state.RootCandidate[] = [];
    const asking = (answer: boolean | undefined) => ({
      ...w.kim,
      confirmRoot: async (candidate: state.RootCandidate) => {
        asked.push(candidate);
        return answer;
      },
    });
    for (const answer of [false, undefined])
      await expect(trustOf({ scope: "dev" }, asking(answer))).rejects.toMatchObject({ code: "STATE_UNTRUSTED_SIGNER" });
    await expect(trustOf({ scope: "dev" }, w.kim)).rejects.toMatchObject({ code: "STATE_UNTRUSTED_SIGNER" });
    expect((await trustOf({ scope: "none" }, { ...w.kim, own: w.kim.configDir })).signers.size).toBe(0);
    expect((await trustOf({ scope: "dev" }, asking(true))).signers.size).toBe(2);
    expect((await trustOf({ scope: "dev" }, asking(false))).signers.size).toBe(2);
    expect(asked.map(({ fingerprint }) => fingerprint)).toEqual(Array(3).fill(w.robinKey.fingerprint));
  });
});
