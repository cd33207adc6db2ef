import fs from "node:fs/promises";
import path from "node:path";
import { isFacsimileError } from "@facsimile/core";
import { expect, it } from "vitest";
import { changeRecipients, planRecipients, planState, sealState } from "../src/index.ts";
import { openStateIn } from "../src/open.ts";
import { folderStore } from "../src/store/store.ts";
import { watched } from "./watched.ts";
import { now, type World, world } from "./world.ts";

const SCOPES = ["beta", "dev", "live"];

/** Two recipients of three files. */
async function three() {
  const [w, kim] = [await world(), await world("Kim")];
  await fs.copyFile(path.join(kim.root, "keys", `${kim.key.fingerprint}.asc`), path.join(w.root, "keys", `${kim.key.fingerprint}.asc`)); // biome-ignore format: one line
  const options = { keyring: w.keyring, now, recipients: [w.key.fingerprint, kim.key.fingerprint] };
  for (const scope of SCOPES) {
    const state = await w.open({ scope });
    await sealState(state, planState(state, { passwords: [scope] }), options);
  }
  return { w, leaver: kim.key.fingerprint };
}

interface Failing {
  readonly leaver: string;
  /** Of the calls of the file system, counted from when all files are open. */
  readonly n: number;
  /** The disk stays full: every later call fails too. */
  readonly forEver?: boolean;
}

/** Takes somebody out of all files, and the n-th call fails. */
async function remove({ root, keyring, trust, memory }: World, { leaver, n, forEver = false }: Failing) {
  let calls = Number.NEGATIVE_INFINITY;
  const failing = watched(() => {
    calls += 1;
    if (calls === n || (forEver && calls > n)) throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
  });
  const store = folderStore(path.join(root, "state"), failing);
  const states = await Promise.all(SCOPES.map((scope) => openStateIn(store, { scope, keyring, trust, memory })));
  const steps = states.map((state) => ({ state, plan: planRecipients(state, { remove: [leaver] }) }));
  calls = 0;
  const error = await changeRecipients(steps, { keyring, now }).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  return { error, ended: calls < n };
}

it.each([
  ["one call fails, and all files are as they were", false],
  ["the disk stays full, and it says which files are new", true],
])("%s; the same again finishes", async (_, forEver) => {
  const seen = new Set<string>();
  const { w, leaver } = await three();
  const folder = path.join(w.root, "state");
  const before = new Map(await Promise.all(SCOPES.map(async (scope) => [scope, await fs.readFile(path.join(folder, `${scope}.json`))] as const))); // biome-ignore format: one line
  for (let n = 1, ended = false; !ended; n++) {
    for (const [scope, bytes] of before) await fs.writeFile(path.join(folder, `${scope}.json`), bytes);
    const run = await remove(w, { leaver, n, forEver });
    ended = run.ended;
    const serials = await Promise.all(SCOPES.map(async (scope) => (await w.open({ scope })).serial));
    const at = `call ${n}: ${serials.join()} ${String(run.error)}`;
    if (run.error === undefined) expect(serials, at).toEqual([2, 2, 2]);
    else expect(serials, at).toEqual(told(run.error));
    seen.add(isFacsimileError(run.error) ? run.error.code : "done");
    expect((await remove(w, { leaver, n: Number.POSITIVE_INFINITY })).error, at).toBeUndefined();
    for (const scope of SCOPES) expect((await w.open({ scope })).recipients, at).toEqual([w.key.fingerprint]);
    expect((await fs.readdir(folder)).sort(), at).toEqual(SCOPES.map((scope) => `${scope}.json`));
  }
  expect(seen.has("STATE_PARTLY_WRITTEN")).toBe(forEver);
  expect(seen).toContain("done");
});

/** The serials that an error leads one to expect; after a failure that was mended the files are as they were. */
function told(error: unknown): readonly unknown[] {
  if (!isFacsimileError(error)) throw error;
  if (error.code !== "STATE_PARTLY_WRITTEN") return [1, 1, 1];
  const named = (words: string) => new RegExp(`^${words}: (.*)$`, "m").exec(error.message)?.[1]?.split(", ") ?? [];
  return SCOPES.map((scope) => {
    const file = `state/${scope}.json`;
    return named("not to be read now").includes(file) ? expect.any(Number) : named("new").includes(file) ? 2 : 1;
  });
}
