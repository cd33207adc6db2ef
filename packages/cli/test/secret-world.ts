import { spawn } from "node:child_process";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createExec, parseInstance } from "@facsimile/core";
import { openKeyring, openMemory, openState, type State, trustedSigners } from "@facsimile/state";
import { GIT_ENV, git, gitCommit, gitRepository, type TreeItem, tree } from "@facsimile/testing";
import type { Ran } from "./world.ts";

const FACS = fileURLToPath(new URL("../bin/facs.mjs", import.meta.url));

export interface SecretWorld {
  /** Holds everything: the conglomerate, the operator's home, the sources. */
  readonly dir: string;
  readonly root: string;
  readonly home: string;
  /** For temporary files. */
  readonly temp: string;
  readonly env: NodeJS.ProcessEnv;
  /** Runs the real CLI in the conglomerate; nothing to read on stdin. */
  facs(...args: string[]): Promise<Ran>;
  /** The same with this on stdin, or with other variables. */
  facsWith(given: Given, ...args: string[]): Promise<Ran>;
  /** The same without waiting: `text` grows. */
  start(
    given: Given,
    ...args: string[]
  ): { readonly pid: number; readonly done: Promise<Ran>; readonly text: Omit<Ran, "code"> };
  put(file: string, text: string): Promise<void>;
  read(file: string): Promise<string>;
  /** The state of a scope, opened with the operator's key. */
  state(scope: string): Promise<State>;
  /** The value that an instance sees, in clear. */
  value(instance: string, name: string): Promise<string | undefined>;
  remove(): Promise<void>;
}

export interface Given {
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** What a conglomerate of one project and local instances holds unless a test says otherwise. */
const FILES: Readonly<Record<string, string>> = {
  "define/facsimile.json5": `{ projects: { shop: { repo: "../source" } }, versions: { shop: "1" } }`,
  "define/modules.json5": `[{ name: "storefront" }]`,
  "define/dev.json5": `{ home: "shop-dev" }`,
  "define/dev.dev0.json5": `{ home: "shop-dev0" }`,
  "tmpl/shop/_ALL_/_DEPLOY_/etc/app.ini": "password = {{ module.storefront.password }}\n",
};

/** A conglomerate in git, sources with the tag 1, and an operator who has a key. */
export async function secretWorld(files: Readonly<Record<string, TreeItem>> = {}): Promise<SecretWorld> {
  const dir = await fs.realpath(await fs.mkdtemp(path.join(os.tmpdir(), "facs secrets-")));
  const [root, home, temp] = ["shop", "home", "temp"].map((name) => path.join(dir, name)) as [string, string, string];
  for (const folder of [home, temp]) await fs.mkdir(folder);
  const configDir = path.join(home, ".config/facsimile");
  // A login shell has MAIL, which is the name of a secret here, too.
  const own = { HOME: home, TMPDIR: temp, XDG_CONFIG_HOME: undefined, XDG_RUNTIME_DIR: undefined, MAIL: undefined };
  const env = { ...process.env, ...GIT_ENV, ...own, FACS_CONFIG_DIR: configDir, FACS_ROOT: undefined, NO_COLOR: "1" };
  await gitRepository({ "bin/run": "#!/bin/sh\n" }, { root: path.join(dir, "source"), tags: ["1"] });
  await tree({ ...FILES, ...files }, { root });

  const start = ({ input, env: more }: Given, ...args: string[]) => {
    const options = { cwd: root, env: { ...env, ...more }, stdio: ["pipe", "pipe", "pipe"] as const };
    const child = spawn(process.execPath, [FACS, ...args], { ...options, stdio: [...options.stdio] });
    const text = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk) => (text.stdout += chunk));
    child.stderr.on("data", (chunk) => (text.stderr += chunk));
    child.stdin.on("error", () => undefined).end(input ?? "");
    const done = new Promise<Ran>((resolve) => child.on("close", (code) => resolve({ code: code ?? 128, ...text })));
    return { pid: child.pid ?? 0, done, text };
  };
  const facs = (...args: string[]) => start({}, ...args).done;

  await git(root, "init", "--quiet", "--initial-branch=main");
  const ready = await start({}, "init").done;
  if (ready.code !== 0) throw new Error(ready.stderr);
  await gitCommit(root);

  const state = async (scope: string) => {
    const memory = openMemory({ configDir });
    const keyring = await openKeyring({ configDir, env: {}, exec: createExec(env) });
    const trust = await trustedSigners({ configDir, env: {}, root, memory });
    return openState({ folder: path.join(root, "state"), scope, keyring, trust, memory });
  };
  return {
    ...{ dir, root, home, temp, env, start, facs, state },
    facsWith: (given, ...args) => start(given, ...args).done,
    put: async (file, text) => void (await tree({ [file]: text }, { root })),
    read: (file) => fs.readFile(path.join(root, file), "utf8"),
    value: async (instance, name) => {
      const seen = parseInstance(instance);
      const opened = await state(seen.parts[0]);
      const user = /^passwd\/(.*)$/.exec(name)?.[1];
      return (user === undefined ? opened.secret(name, seen) : opened.password(user, seen))?.reveal();
    },
    remove: () => fs.rm(dir, { recursive: true, force: true }),
  };
}
