import { writeSync } from "node:fs";
import path from "node:path";
import { isFacsimileError, parseInstance } from "@facsimile/core";
import {
  type Change,
  changeState,
  confirmSeal,
  openKeyring,
  openMemory,
  parseValueName,
  type State,
  trustedSigners,
} from "../../src/index.ts";
import { openStateIn } from "../../src/open.ts";
import type { FileSystem } from "../../src/store/files.ts";
import { folderStore } from "../../src/store/store.ts";

/** As the command would: opens, changes, seals, confirms, in the conglomerate and with the user's folder of the arguments. */
export async function session(root: string, configDir: string, fs?: FileSystem) {
  const memory = openMemory({ configDir });
  const keyring = await openKeyring({ configDir, env: {} });
  const trust = await trustedSigners({ configDir, env: {}, root });
  const store = folderStore(path.join(root, "state"), fs);
  const open = () => openStateIn(store, { scope: "dev", keyring, trust, memory });
  const write = async (state: State, changes: readonly Change[]) => {
    const sealed = await changeState(state, changes, { keyring, now: () => new Date() });
    await confirmSeal(sealed);
  };
  return { open, write };
}

export function set(name: string, value: string): Change {
  return { type: "set", name: parseValueName(name), value };
}

export function secretIn(state: State, name: string): string | undefined {
  return state.secret(name, parseInstance("dev"))?.reveal();
}

/** Somebody else was faster: what he wrote is read, and the change is made anew. */
export function isConflict(error: unknown): boolean {
  return isFacsimileError(error, "STATE_CHANGED") || isFacsimileError(error, "STATE_LOCKED");
}

/** In one system call, so that it is said before the next thing happens, even if that is the end. */
export function say(line: string): void {
  writeSync(1, `${line}\n`);
}
