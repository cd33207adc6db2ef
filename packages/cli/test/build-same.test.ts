import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { readTree } from "@facsimile/testing";
import { expect, it, onTestFinished } from "vitest";
import { type World, world } from "./world.ts";

const run = promisify(execFile);
const FACS = fileURLToPath(new URL("../bin/facs.mjs", import.meta.url));
const NOBODY = 65_534;

/** Copies a folder, files made in the reverse order; what Facsimile fills stays behind. */
async function copyReversed(from: string, to: string): Promise<void> {
  await fs.mkdir(to, { recursive: true, mode: 0o700 });
  const entries = (await fs.readdir(from, { withFileTypes: true })).toReversed();
  for (const entry of entries.filter(({ name }) => !["SRC", "BUILD", "RELEASE"].includes(name))) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) await copyReversed(source, target);
    else if (entry.isSymbolicLink()) await fs.symlink(await fs.readlink(source), target);
    else await fs.copyFile(source, target);
  }
}

/** The same conglomerate and key elsewhere, for somebody else where we may become somebody else. */
async function elsewhere(shop: World) {
  const dir = await fs.mkdtemp("/tmp/facs-other-");
  onTestFinished(() => fs.rm(dir, { recursive: true, force: true }));
  await copyReversed(shop.root, path.join(dir, "another/shop"));
  await copyReversed(shop.home, path.join(dir, "h"));
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await run("chown", ["-R", `${NOBODY}:${NOBODY}`, "--", dir]);
  const env = {
    ...shop.env,
    HOME: path.join(dir, "h"),
    FACS_CONFIG_DIR: path.join(dir, "h/.config/facsimile"),
    TMPDIR: "/tmp",
    USER: "nobody",
    LOGNAME: "nobody",
    TZ: "Pacific/Kiritimati",
    LC_ALL: "tr_TR.UTF-8",
    LANG: "de_DE",
  };
  const as = isRoot ? ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"] : [];
  const [program = "sh", ...words] = [...as, "sh", "-c", 'umask 077; exec "$@"', "sh", process.execPath, FACS];
  const root = path.join(dir, "another/shop");
  return {
    root,
    facs: async (...args: string[]) => (await run(program, [...words, ...args], { cwd: root, env })).stdout,
  };
}

/** Every byte and mode of what was sealed, but for when. The key is the same, and a signature holds its date. */
async function sealedIn(json: string, root: string): Promise<unknown[]> {
  const { releases } = JSON.parse(json) as { releases: { folder: string }[] };
  return Promise.all(
    releases.map(async ({ folder }) => {
      const {
        "release.json": document = "",
        "release.json.asc": _signature,
        ...rest
      } = await readTree(path.join(root, folder));
      return { ...rest, document: document.replace(/"built": "[^"]+"/, "") };
    }),
  );
}

it("the same definition, state and sources are the same release, wherever and by whomever it is built", {
  timeout: 120_000,
}, async () => {
  const shop = await world();
  onTestFinished(() => shop.remove());
  expect(await shop.facs("secrets", "generate", "staging")).toMatchObject({ code: 0 });
  await run("git", ["-C", shop.root, "add", "--all"], { env: shop.env });
  await run("git", ["-C", shop.root, "commit", "--quiet", "-m", "state"], { env: shop.env });
  const other = await elsewhere(shop);
  const here = (await shop.facs("build", "staging", "--json")).stdout;
  const there = await other.facs("build", "staging", "--json");
  const ids = (json: string) => JSON.parse(json).releases.map(({ release, trees }: never) => ({ release, trees }));
  expect(ids(there)).toEqual(ids(here));
  expect(await sealedIn(there, other.root)).toEqual(await sealedIn(here, shop.root));
});
