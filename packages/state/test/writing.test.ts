import nodeFs from "node:fs/promises";
import path from "node:path";
import { isFacsimileError } from "@facsimile/core";
import { describe, expect, it } from "vitest";
import { planState, sealState } from "../src/index.ts";
import { openStateIn } from "../src/open.ts";
import type { FileSystem } from "../src/store/files.ts";
import { folderStore, type Store } from "../src/store/store.ts";
import { watched } from "./watched.ts";
import { create, now, type World, world } from "./world.ts";

/** A file system whose n-th call fails; `reached` tells whether there was one. */
function failingAt(n: number, code: string): { fs: FileSystem; reached: () => boolean } {
  let calls = 0;
  const fs = watched(() => {
    calls += 1;
    if (calls === n) throw Object.assign(new Error(`${code}: made to fail`), { code });
  });
  return { fs, reached: () => calls >= n };
}

async function add({ keyring, ...w }: World, store: Store): Promise<void> {
  const state = await openStateIn(store, { ...w, keyring, scope: "dev" });
  await sealState(state, planState(state, { passwords: ["two"] }), { keyring, now });
}

/** What a message says about the file. */
function claimOf(error: unknown): string {
  if (isFacsimileError(error, "STATE_UNREADABLE")) return "unread";
  const { message } = error as Error;
  return message.includes("the new content is in place")
    ? "in place"
    : /it is as it was before/.exec(message)
      ? "as it was"
      : message;
}

describe("writing", () => {
  it.each(["ENOSPC", "EIO", "EACCES"])(
    "leaves the old file or the new one, whichever call fails with %s",
    async (code) => {
      const w = await world();
      await create(w, { passwords: ["one"] });
      const old = await nodeFs.readFile(w.file);
      const outcomes = new Set<string>();
      for (let n = 1, reached = true; reached; n++) {
        await nodeFs.writeFile(w.file, old);
        const failing = failingAt(n, code);
        const error = await add(w, folderStore(path.dirname(w.file), failing.fs)).catch((caught: unknown) => caught);
        reached = failing.reached();
        if (error !== undefined) expect(isFacsimileError(error) && error.message, `call ${n}`).toContain(w.file);
        // Opening it proves that what is there is whole.
        const content = (await w.open()).serial === 1 ? "old" : "new";
        outcomes.add(`${content}, ${error === undefined ? "no error" : claimOf(error)}`);
        expect(await nodeFs.readdir(path.dirname(w.file))).toEqual(["dev.json"]);
      }
      expect([...outcomes].sort()).toEqual(["new, in place", "new, no error", "old, as it was", "old, unread"]);
    },
  );

  it("flushes the file before the rename, and the folder after it", async () => {
    const w = await world();
    await create(w, { passwords: ["one"] });
    const calls: string[] = [];
    await add(
      w,
      folderStore(
        path.dirname(w.file),
        watched((call) => calls.push(call)),
      ),
    );
    const written = calls.slice(calls.lastIndexOf("mkdir"));
    const [toFile, toFolder] = [["open", "writeFile", "sync", "close"], ["open", "sync", "close"]]; // biome-ignore format: one line
    expect(written).toEqual(["mkdir", ...toFile, "readdir", "readFile", "rename", ...toFolder]);
  });

  it("refuses to overwrite what somebody else wrote since", async () => {
    const w = await world();
    const state = await w.open();
    await create(w, { passwords: ["theirs"] });
    const plan = planState(state, { passwords: ["mine"] });
    await expect(sealState(state, plan, { keyring: w.keyring, now })).rejects.toMatchObject({ code: "STATE_CHANGED" });
    expect((await w.open()).secrets().map(({ name }) => name)).toEqual(["passwd/theirs"]);
  });

  it("keeps the file private, and clears away what a killed writer left", async () => {
    const w = await world();
    await create(w, { passwords: ["one"] });
    await nodeFs.writeFile(path.join(w.root, "state", ".dev.json.0123456789ab.tmp"), "half");
    await create(w, { passwords: ["two"] });
    expect(await nodeFs.readdir(path.join(w.root, "state"))).toEqual(["dev.json"]);
    expect((await nodeFs.stat(w.file)).mode & 0o777).toBe(0o600);
  });

  it("lets a link be a link", async () => {
    const w = await world();
    await create(w, { passwords: ["one"] });
    await nodeFs.rename(w.file, path.join(w.root, "kept.json"));
    await nodeFs.symlink("../kept.json", w.file);
    await create(w, { passwords: ["two"] });
    expect((await nodeFs.lstat(w.file)).isSymbolicLink()).toBe(true);
    expect((await w.open()).serial).toBe(2);
  });

  it("does not write what others would refuse", async () => {
    const [w, other] = [await world(), await world("Kim")];
    const state = await w.open();
    const plan = planState(state, { passwords: ["one"] });
    const byStranger = sealState(state, plan, { keyring: other.keyring, now, recipients: [w.key.fingerprint] });
    await expect(byStranger).rejects.toMatchObject({ code: "NOT_A_SIGNER" });
    const forStranger = sealState(state, plan, { keyring: w.keyring, now, recipients: [other.key.fingerprint] });
    await expect(forStranger).rejects.toMatchObject({ code: "NO_PUBLIC_KEY" });
    await expect(nodeFs.stat(w.file)).rejects.toThrow("ENOENT");
  });
});
