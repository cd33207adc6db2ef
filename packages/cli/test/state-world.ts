import fs from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import {
  type Change,
  changeState,
  confirmSeal,
  openKeyring,
  openMemory,
  openState,
  parseValueName,
  planState,
  type State,
  sealState,
  trustedSigners,
  type Wants,
} from "@facsimile/state";
import { git } from "@facsimile/testing";
import { type World, world } from "./world.ts";

export const FILE = "state/dev.json";
const FACS = fileURLToPath(new URL("../bin/facs.mjs", import.meta.url));

/** The example with a state of the scope `dev`, and a `facs` that git finds. */
export async function stateWorld() {
  const bin = await fs.mkdtemp("/tmp/facs-bin-");
  await fs.writeFile(path.join(bin, "facs"), `#!/bin/sh\nexec '${process.execPath}' '${FACS}' "$@"\n`, { mode: 0o755 });
  const made = await world({ PATH: `${bin}:${process.env["PATH"]}` });
  return {
    ...made,
    ...handsOf(made),
    remove: async () => {
      await made.remove();
      await fs.rm(bin, { recursive: true, force: true });
    },
  };
}

export type StateWorld = Awaited<ReturnType<typeof stateWorld>>;

export const set = (name: string, value: string) => ({ type: "set", name: parseValueName(name), value }) as const;
export const setting = (name: string, value: string | undefined) => ({ type: "setting", name, value }) as const;

/** What the operator does with the library and with git. */
export function handsOf({ root, env }: Pick<World, "root" | "env">) {
  const now = () => new Date("2026-01-02T03:04:05Z");
  const configDir = env["FACS_CONFIG_DIR"] ?? "";
  const open = async (use: "read" | "write" = "write"): Promise<State> => {
    const memory = openMemory({ configDir });
    const [keyring, trust] = [await openKeyring({ configDir, env: {} }), await trustedSigners({ configDir, env: {}, root, memory })]; // biome-ignore format: one line
    return openState({ folder: path.join(root, "state"), scope: "dev", keyring, trust, memory, use });
  };
  const keyring = () => openKeyring({ configDir, env: {} });
  /** git as a user has it: what it says and how it ends. */
  const run = async (...args: string[]) => {
    const { execFile } = await import("node:child_process");
    return new Promise<{ code: number; text: string }>((resolve) => {
      execFile("git", args, { cwd: root, env: { ...env, GIT_EDITOR: "true" } }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), text: stdout + stderr }),
      );
    });
  };
  const commit = async (message: string) => {
    await git(root, "add", "--all");
    await git(root, "commit", "--quiet", "--allow-empty", "-m", message);
  };
  return {
    open,
    git: run,
    commit,
    file: path.join(root, FILE),
    text: () => fs.readFile(path.join(root, FILE), "utf8"),
    confirm: async () => confirmSeal(await open()),
    /** Makes changes and commits them. */
    change: async (...changes: Change[]) => {
      const state = await changeState(await open(), changes, { keyring: await keyring(), now });
      await commit(changes.map((change) => change.type).join(" "));
      return state;
    },
    make: async (wants: Wants) => {
      const state = await open();
      await sealState(state, planState(state, wants), { keyring: await keyring(), now });
      await commit("make");
    },
  };
}
