import fs from "node:fs/promises";
import path from "node:path";
import { isFacsimileError } from "@facsimile/core";
import { expect, it } from "vitest";
import { changeState, parseValueName } from "../src/index.ts";
import { openStateIn } from "../src/open.ts";
import { folderStore } from "../src/store/store.ts";
import { watched } from "./watched.ts";
import { create, now, type World, world } from "./world.ts";

/** A file system that fails from the n-th call on, or in every call of one name from its n-th on; for good. */
function dyingAt(n: number, { code, name: only }: { code: string; name?: string }) {
  let calls = 0;
  const fails = (name: string) => (only === undefined || only === name) && ++calls >= n;
  const fs = watched((name) => {
    if (fails(name)) throw Object.assign(new Error(`${code}: made to fail`), { code, syscall: name });
  });
  return { fs, reached: () => calls >= n };
}

async function change({ keyring, ...w }: World, folder: ReturnType<typeof folderStore>): Promise<void> {
  const state = await openStateIn(folder, { ...w, keyring, scope: "dev" });
  const name = parseValueName("db/root");
  await changeState(state, [{ type: "set", name, value: "new" }], { keyring, now });
}

const names = ["readFile", "realpath", "mkdir", "open", "writeFile", "sync", "readdir", "rename"];
const cases = [
  ...["EIO", "ENOSPC", "EROFS"].map((code) => ({ what: "everything", code })),
  ...names.map((name) => ({ what: name, code: "EIO", name })),
];

it.each(cases)("keeps the old file or has the new one when $what fails with $code from some call on", async (way) => {
  const w = await world();
  await create(w, { passwords: ["one"] });
  const old = await fs.readFile(w.file);
  const dir = path.dirname(w.file);
  let failed = 0;
  for (let n = 1, reached = true; reached; n++) {
    await fs.writeFile(w.file, old);
    const dying = dyingAt(n, way);
    const error = await change(w, folderStore(dir, dying.fs)).catch((caught: unknown) => caught);
    reached = dying.reached();
    if (error !== undefined) {
      failed += 1;
      expect(isFacsimileError(error) && error.message, `call ${n}`).toContain(w.file);
      expect((error as Error).message, `call ${n}`).toContain(way.code);
    }
    const isNew = (await w.open()).serial === 2;
    const saysNew = error === undefined || (error as Error).message.includes("the new content is in place");
    expect(isNew, `call ${n}: ${error}`).toBe(saysNew);
  }
  expect(failed).toBeGreaterThan(0);
  // What could not even be cleared away is gone after the next write, by a system that works again.
  await create(w, { passwords: ["two"] });
  expect(await fs.readdir(dir)).toEqual(["dev.json"]);
});
