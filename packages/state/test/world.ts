import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parseInstance } from "@facsimile/core";
import { onTestFinished } from "vitest";
import * as state from "../src/index.ts";

export const now = () => new Date("2026-01-02T03:04:05Z");
export const dev0 = parseInstance("dev.dev0");
export const dev = parseInstance("dev");

/** A temporary folder with a short path (sockets of gpg-agent), removed when the test ends. */
export async function folder(): Promise<string> {
  const dir = await fs.mkdtemp(path.join(os.tmpdir(), "fs-"));
  onTestFinished(() => fs.rm(dir, { recursive: true, force: true }));
  return dir;
}

/** A conglomerate and an operator who is its root. */
export async function world(name = "Robin") {
  const [root, configDir] = [await folder(), path.join(await folder(), "config")];
  const key = await state.generateKey({ name, email: `${name.toLowerCase()}@example.org`, date: now() });
  await state.installKey(key, { configDir });
  await state.publishKey(key, { root });
  await state.pinRoot({ fingerprint: key.fingerprint, name }, { configDir, now });
  return { root, configDir, key, ...(await tools({ root, configDir })), file: path.join(root, "state", "dev.json") };
}

export type World = Awaited<ReturnType<typeof world>>;

/** What opening needs, read anew. */
export async function tools({ root, configDir }: { root: string; configDir: string }) {
  const memory = state.openMemory({ configDir });
  const keyring = await state.openKeyring({ configDir, env: {} });
  const trust = await state.trustedSigners({ configDir, env: {}, root, memory });
  const open = (options: Partial<state.OpenOptions> = {}) =>
    state.openState({ folder: path.join(root, "state"), scope: "dev", keyring, trust, memory, ...options });
  return { memory, keyring, trust, open };
}

/** Opens, creates and seals. */
export async function create({ open, keyring }: World, wants: state.Wants) {
  const before = await open();
  return state.sealState(before, state.planState(before, wants), { keyring, now });
}
