import fs from "node:fs/promises";
import { isSecret } from "@facsimile/core";
import { describe, expect, it } from "vitest";
import { planState, sealState } from "../src/index.ts";
import { create, dev, dev0, now, world } from "./world.ts";

describe("state of a scope", () => {
  it("opens empty where there is no file, and writes nothing", async () => {
    const { root, open } = await world();
    const state = await open();
    expect(state).toMatchObject({ scope: "dev", serial: 0, id: undefined, digest: undefined, recipients: [] });
    expect(state.password("storefront", dev)).toBeUndefined();
    expect(await fs.readdir(root)).toEqual(["keys"]);
  });

  it("creates each password and uiid once, and keeps them", async () => {
    const w = await world();
    const first = await create(w, { passwords: ["one", "two", "one"], uiids: ["workerd.0", "workerd.1"] });
    const one = first.password("one", dev);
    expect(isSecret(one) && one.reveal()).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    const second = await create(w, { passwords: ["one", "three"], uiids: ["reportd.0"] });
    const read = await w.open();
    expect(read).toMatchObject({ serial: 2, digest: second.digest, recipients: [w.key.fingerprint] });
    expect(read.password("one", dev0)?.reveal()).toBe(one?.reveal());
    expect(read.password("two", dev)?.name).toBe("passwd/two");
    expect(["workerd.0", "workerd.1", "reportd.0"].map(read.uiid)).toEqual([1, 2, 3]);
    expect(read.secrets().map(({ name }) => name)).toEqual(["passwd/one", "passwd/three", "passwd/two"]);
  });

  it("writes nothing when nothing is missing", async () => {
    const w = await world();
    await create(w, { passwords: ["one"] });
    const before = await fs.stat(w.file);
    const state = await w.open();
    const plan = planState(state, { passwords: ["one"] });
    expect(plan).toEqual({ empty: true, passwords: [], uiids: {} });
    expect(await sealState(state, plan, { keyring: w.keyring, now })).toBe(state);
    expect((await fs.stat(w.file)).mtimeMs).toBe(before.mtimeMs);
  });
});
