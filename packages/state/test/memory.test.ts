import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { confirmSeal, type Memory, openMemory, planState, sealState } from "../src/index.ts";
import { openStateIn } from "../src/open.ts";
import { folderStore } from "../src/store/store.ts";
import { create, folder, now, tools, world } from "./world.ts";

/** Sealed and confirmed twice; `first` is what the file was in between. */
async function twice() {
  const w = await world();
  await confirmSeal(await create(w, { passwords: ["one"] }));
  const first = await fs.readFile(w.file);
  await confirmSeal(await create(w, { passwords: ["two"] }));
  return { ...w, first, second: await fs.readFile(w.file) };
}

describe("memory", () => {
  it("refuses an older file that was put back, for writing; reading warns and cannot seal", async () => {
    const w = await twice();
    await fs.writeFile(w.file, w.first);
    await expect(w.open()).rejects.toMatchObject({
      code: "STATE_ROLLED_BACK",
      message: expect.stringContaining("serial 1"),
      hint: expect.stringContaining("--accept-rollback"),
    });
    const read = await w.open({ use: "read" });
    expect(read.warnings).toEqual([expect.objectContaining({ code: "STATE_ROLLED_BACK" })]);
    const plan = planState(read, { passwords: ["x"] });
    await expect(sealState(read, plan, { keyring: w.keyring, now })).rejects.toMatchObject({
      code: "STATE_ROLLED_BACK",
    });
    await expect(confirmSeal(read)).rejects.toMatchObject({ code: "STATE_ROLLED_BACK" });
  });

  it("refuses another file of the serial that it knows, and one that does not follow it", async () => {
    const w = await twice();
    await fs.writeFile(w.file, w.first);
    const elsewhere = { ...w, ...(await tools(w)), memory: openMemory({ configDir: await folder() }) };
    const open = () => w.open({ memory: elsewhere.memory });
    await create({ ...w, open }, { passwords: ["other"] });
    await expect(w.open()).rejects.toMatchObject({ code: "STATE_ROLLED_BACK" });
    await create({ ...w, open }, { passwords: ["more"] });
    await expect(w.open()).rejects.toMatchObject({ message: expect.stringContaining("does not follow") });
  });

  it("takes an older file when told to, and numbers on from the highest that was seen", async () => {
    const w = await twice();
    await fs.writeFile(w.file, w.first);
    const accepted = await w.open({ acceptRollback: true });
    expect(accepted.serial).toBe(1);
    const sealed = await sealState(accepted, planState(accepted, { passwords: ["x"] }), { keyring: w.keyring, now });
    expect(sealed.serial).toBe(3);
    await confirmSeal(sealed);
    expect((await w.open()).serial).toBe(3);
  });

  it("stays with the rolled back file once that is confirmed", async () => {
    const w = await twice();
    await fs.writeFile(w.file, w.first);
    await confirmSeal(await w.open({ acceptRollback: true }));
    expect((await w.open()).serial).toBe(1);
  });

  it("lets a seal be replaced until it is confirmed", async () => {
    const w = await world();
    await confirmSeal(await create(w, { passwords: ["one"] }));
    const first = await fs.readFile(w.file);
    await create(w, { passwords: ["two"] });
    await fs.writeFile(w.file, first);
    expect((await create(w, { passwords: ["three"] })).serial).toBe(2);
  });

  it("refuses a file of another id in a known place, and a known file that is gone", async () => {
    const w = await twice();
    await fs.rm(w.file);
    await expect(w.open()).rejects.toMatchObject({ code: "STATE_MISSING" });
    const afresh = await w.open({ acceptRollback: true });
    await sealState(afresh, planState(afresh, { passwords: ["one"] }), { keyring: w.keyring, now });
    await expect(w.open()).rejects.toMatchObject({ code: "STATE_REPLACED" });
    await confirmSeal(await w.open({ acceptRollback: true }));
    expect((await w.open()).serial).toBe(1);
  });

  it("knows a file in every clone, and keeps two conglomerates with one scope apart", async () => {
    const [w, other] = [await twice(), await world()];
    const clone = await folder();
    await fs.cp(w.root, clone, { recursive: true });
    await fs.writeFile(path.join(clone, "state", "dev.json"), w.first);
    const inClone = await tools({ root: clone, configDir: w.configDir });
    await expect(inClone.open()).rejects.toMatchObject({ code: "STATE_ROLLED_BACK" });
    await create({ ...other, ...(await tools(other)) }, { passwords: ["one"] });
    expect((await other.open({ memory: w.memory })).serial).toBe(1);
  });

  it("never goes back when two processes confirm in the wrong order", async () => {
    const w = await world();
    const first = await create(w, { passwords: ["one"] });
    const second = await create(w, { passwords: ["two"] });
    await confirmSeal(second);
    await confirmSeal(first);
    expect([...(await w.memory.read()).files.values()]).toEqual([
      { name: "state/dev.json", serial: 2, digest: second.digest },
    ]);
  });

  it("takes no file for old that is read while somebody else confirms the next one", async () => {
    const w = await twice();
    const store = folderStore(path.dirname(w.file));
    const read = async (scope: string) => {
      await confirmSeal(await create(w, { passwords: [`before ${scope}`] }));
      const file = await store.read(scope);
      await confirmSeal(await create(w, { passwords: [`after ${scope}`] }));
      return file;
    };
    // Slow enough that, were it asked together with the file, it would know the one that came after.
    const slow: Memory = { ...w.memory, read: async () => sleep(200).then(w.memory.read) };
    const state = await openStateIn({ ...store, read }, { ...w, memory: slow, scope: "dev" });
    expect(state.serial).toBe(3);
  });

  it("is a private file, refused when it is damaged or newer", async () => {
    const { configDir, memory } = await twice();
    const file = path.join(configDir, "memory.json");
    expect((await fs.stat(file)).mode & 0o777).toBe(0o600);
    await fs.writeFile(file, '{"facsimile":"memory/2"}');
    await expect(memory.read()).rejects.toMatchObject({ code: "MEMORY_NEWER" });
    await fs.writeFile(file, '{"facsimile":"memory/1","files":{"x":{"name":"n","serial":-1,"digest":""}},"places":{}}');
    await expect(memory.read()).rejects.toMatchObject({ code: "MEMORY_INVALID" });
  });
});
