import fs from "node:fs/promises";
import path from "node:path";
import { parseInstance } from "@facsimile/core";
import {
  changeRecipients,
  changeState,
  exportState,
  generateKey,
  installKey,
  mergeFiles,
  openKeyring,
  openMemory,
  openState,
  pinRoot,
  planRecipients,
  prepareSigners,
  publishKey,
  trustedSigners,
  writeSigners,
} from "@facsimile/state";
import { afterEach, beforeEach, expect, it } from "vitest";
import { FILE, type StateWorld, set, stateWorld } from "./state-world.ts";

// What somebody who may write to the repository, and was once let in, tries to bring back.

const now = () => new Date("2026-01-02T03:04:05Z");
const dev = parseInstance("dev");

let shop: StateWorld;
let mallory: string;
const configDir = () => shop.env["FACS_CONFIG_DIR"] ?? "";
const keyring = () => openKeyring({ configDir: configDir(), env: {} });
const read = () => fs.readFile(shop.file);
const rootOf = async () => (await shop.open()).secret("db/root", dev)?.reveal();
const recipients = async () => (await shop.open()).recipients;

beforeEach(async () => {
  shop = await stateWorld();
  const made = await generateKey({ name: "Mallory", date: now() });
  mallory = made.fingerprint;
  await publishKey(made, { root: shop.root });
  await installKey(made, { configDir: path.join(shop.dir, "mallory") });
  await shop.make({ passwords: ["a"] });
  await shop.change(set("db/root", "OLD"));
});
afterEach(() => shop.remove());

async function change(wish: { add?: readonly string[]; remove?: readonly string[] }): Promise<void> {
  const state = await shop.open();
  await changeRecipients([{ state, plan: planRecipients(state, wish) }], { keyring: await keyring(), now });
  await shop.commit("recipients");
}

it("a merge that nobody sealed lets nobody in again, unless whoever signs says so", async () => {
  const before = await read();
  await change({ add: [mallory] });
  const his = await read();
  await change({ remove: [mallory] });
  await shop.change(set("db/root", "NEW"));
  await fs.writeFile(shop.file, mergeFiles({ base: before, ours: await read(), theirs: his }, FILE).bytes);
  await shop.commit("a merge that never was");
  const refused = await shop.facs("state", "seal", "dev");
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("CONFIRMATION_NEEDED")]);
  const groups = mallory.match(/.{4}/g)?.join(" ") ?? "";
  expect(refused.stderr.replaceAll(/ +/g, " ")).toContain(`! ${groups} Mallory would read every value\n`);
  expect(JSON.parse((await read()).toString()).seal.signature).toEqual([]);
  expect((await shop.facs("state", "seal", "dev", "--yes")).code).toBe(0);
  expect(await recipients()).toContain(mallory);
});

it("nor does it bring an old value back", async () => {
  const old = await read();
  await shop.change(set("db/root", "NEW"));
  const base = await read();
  await shop.change(set("other", "x"));
  await fs.writeFile(shop.file, mergeFiles({ base, ours: await read(), theirs: old }, FILE).bytes);
  const refused = await shop.facs("state", "seal", "dev", "--json");
  expect([refused.code, refused.stdout]).toEqual([1, expect.stringContaining("CONFIRMATION_NEEDED")]);
  await shop.git("checkout", "--quiet", "--", FILE);
  expect(await rootOf()).toBe("NEW");
});

it("a colleague who let somebody in is joined with a question too, and no other merge asks", async () => {
  await shop.git("checkout", "--quiet", "-b", "side");
  await change({ add: [mallory] });
  await shop.git("checkout", "--quiet", "main");
  await shop.change(set("ours", "1"));
  await shop.git("merge", "--no-edit", "side");
  const { stderr } = await shop.facs("state", "seal", "dev", "--ours", "--accept-rollback");
  expect(stderr).toMatch(/CONFIRMATION_NEEDED.*\n.*: facs state seal --ours --accept-rollback --scope dev --yes\./);
  expect((await shop.facs("state", "seal", "dev", "--yes")).code).toBe(0);
  expect(await recipients()).toContain(mallory);
});

it("an export restores nobody who was taken out, unless whoever restores says so", async () => {
  await change({ add: [mallory] });
  const copy = path.join(shop.dir, "old.asc");
  await shop.facs("state", "export", "dev", "--to", copy);
  await change({ remove: [mallory] });
  await fs.rm(shop.file);
  const refused = await shop.facs("state", "import", "dev", "--from", copy);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/Mallory[\s\S]*CONFIRMATION_NEEDED/)]);
  await expect(read()).rejects.toThrow("ENOENT");
  const own = (await keyring()).fingerprint;
  const both = ["--recipient", own, "--recipient", mallory, "--accept-rollback"];
  expect((await shop.facs("state", "import", "dev", "--from", copy, ...both)).stderr).toContain(
    `facs state import dev --from '${copy}' ${both.join(" ")} --yes.`,
  );
  expect((await shop.facs("state", "import", "dev", "--from", copy, "--recipient", own)).code).toBe(0);
  expect(await recipients()).toEqual([own]);
});

it("an old list of signers is refused also where the state is gone", async () => {
  const robin = await keyring();
  const his = path.join(shop.dir, "mallory");
  await pinRoot({ fingerprint: robin.fingerprint, name: "Robin" }, { configDir: his, now });
  const options = { root: shop.root, configDir: configDir(), env: {}, now, memory: openMemory({ configDir: configDir() }), keyring: robin }; // biome-ignore format: one line
  await writeSigners(await prepareSigners({ type: "add", fingerprint: mallory, scopes: ["dev"] }, options));
  await change({ add: [mallory] });
  const lists = ["keys/signers.json", "keys/signers.json.asc"].map((file) => path.join(shop.root, file));
  const kept = await Promise.all(lists.map((file) => fs.readFile(file)));
  const copy = path.join(shop.dir, "evil.asc");
  await fs.writeFile(copy, await exportOf(his));
  expect((await shop.facs("trust", "remove", mallory, "--yes")).code).toBe(0);
  await change({ remove: [mallory] });
  await shop.confirm();
  await Promise.all(lists.map((file, index) => fs.writeFile(file, kept[index] ?? "")));
  await fs.rm(shop.file);
  const refused = await shop.facs("state", "import", "dev", "--from", copy, "--yes");
  expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining("STATE_ROLLED_BACK")]);
  await expect(read()).rejects.toThrow("ENOENT");
});

/** A state with a value of his own, of a high serial, as only he signed it. */
async function exportOf(his: string): Promise<string> {
  const own = await openKeyring({ configDir: his, env: {} });
  const trust = await trustedSigners({ configDir: his, env: {}, root: shop.root });
  const memory = openMemory({ configDir: his });
  const before = await read();
  let state = await openState({ folder: path.join(shop.root, "state"), scope: "dev", keyring: own, trust, memory });
  for (let n = 0; n < 6; n++) state = await changeState(state, [set("db/root", `CHOSEN-${n}`)], { keyring: own, now });
  await fs.writeFile(shop.file, before);
  return exportState(state, { keyring: own, now });
}
