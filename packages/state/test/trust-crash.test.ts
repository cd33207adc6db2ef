import nodeFs from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import * as state from "../src/index.ts";
import type { FileSystem } from "../src/store/files.ts";
import { now, type World, world } from "./world.ts";

const optionsOf = ({ root, configDir, memory, keyring }: World) => {
  return { root, configDir, memory, keyring, env: {}, now };
};

/** From the n-th write call on, nothing more reaches the disk, as when the machine goes down. */
function deadFrom(n: number): { fs: FileSystem; reached: () => boolean } {
  let calls = 0;
  const dies = (name: string) => {
    calls += ["open", "rename", "rm"].includes(name) ? 1 : 0;
    if (calls >= n) throw Object.assign(new Error("EIO: made to fail"), { code: "EIO" });
  };
  const fs = new Proxy(nodeFs, {
    get(target, name) {
      const method = Reflect.get(target, name, target);
      if (typeof method !== "function") return method;
      return async (...args: unknown[]) => {
        dies(String(name));
        return method.apply(target, args);
      };
    },
  });
  return { fs, reached: () => calls >= n };
}

it.each([
  { what: "first", before: 0 },
  { what: "next", before: 1 },
])("leaves the old list or the new one, with its signature, wherever the $what writing of it stops", async (each) => {
  const w = await world();
  const [kim, sam] = [await state.generateKey({ name: "Kim", date: now() }), await world("Sam")];
  for (const key of [kim, sam.key]) await state.publishKey(key, w);
  const add = (fingerprint: string): state.SignersChange => ({ type: "add", fingerprint, scopes: "all" });
  if (each.before > 0) await state.writeSigners(await state.prepareSigners(add(kim.fingerprint), optionsOf(w)));
  const files = ["signers.json", "signers.json.asc"].map((name) => path.join(w.root, "keys", name));
  const old = await Promise.all(files.map((file) => nodeFs.readFile(file).catch(() => undefined)));
  const change = add(sam.key.fingerprint);
  const outcomes = new Set<string>();
  for (let n = 1, reached = true; reached; n++) {
    for (const [index, file] of files.entries()) {
      await nodeFs.rm(file, { force: true });
      const content = old[index];
      if (content !== undefined) await nodeFs.writeFile(file, content);
    }
    const prepared = await state.prepareSigners(change, optionsOf(w));
    const dead = deadFrom(n);
    const isWritten = await state.writeSigners(prepared, dead).then(
      () => true,
      () => false,
    );
    reached = dead.reached();
    const { signers } = await state.trustedSigners(optionsOf(w));
    const isNew = signers.has(sam.key.fingerprint);
    expect(signers.has(kim.fingerprint)).toBe(each.before > 0);
    const signatures = (await nodeFs.readFile(files[1] ?? "", "utf8").catch(() => "")).match(/BEGIN/g)?.length ?? 0;
    outcomes.add(`${isNew ? "new" : "old"}, ${signatures} signatures, ${isWritten ? "written" : "stopped"}`);
    // Whatever was left, the same command leads to the same end.
    await state.writeSigners(await state.prepareSigners(change, optionsOf(w)));
    expect((await state.trustedSigners(optionsOf(w))).signers.has(sam.key.fingerprint)).toBe(true);
    expect(await nodeFs.readdir(path.join(w.root, "keys"))).not.toContain("signers.json.lock");
  }
  expect([...outcomes].sort()).toEqual(OUTCOMES[each.what as "first" | "next"]);
});

const OUTCOMES = {
  first: [
    "new, 1 signatures, stopped",
    "new, 1 signatures, written",
    "old, 0 signatures, stopped",
    "old, 1 signatures, stopped",
  ],
  next: [
    "new, 1 signatures, written",
    "new, 2 signatures, stopped",
    "new, 2 signatures, written",
    "old, 1 signatures, stopped",
    "old, 2 signatures, stopped",
  ],
};

it("does not take a list for which neither signature was made", async () => {
  const w = await world();
  const { fingerprint } = w.key;
  for (const scopes of [["a"], ["b"]])
    await state.writeSigners(await state.prepareSigners({ type: "add", fingerprint, scopes }, optionsOf(w)));
  const file = path.join(w.root, "keys/signers.json");
  const signature = await nodeFs.readFile(`${file}.asc`, "utf8");
  const other = await w.keyring.sign(Buffer.from("another list"));
  await nodeFs.writeFile(`${file}.asc`, `${other}${signature}`);
  expect((await state.trustedSigners(optionsOf(w))).list?.serial).toBe(2);
  await nodeFs.writeFile(`${file}.asc`, `${other}${other}${signature}`);
  await expect(state.trustedSigners(optionsOf(w))).rejects.toMatchObject({ code: "BAD_SIGNATURE" });
});
