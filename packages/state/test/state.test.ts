import fs from "node:fs/promises";
import { inspect } from "node:util";
import { isSecret } from "@facsimile/core";
import { describe, expect, it } from "vitest";
import { planState, publishKey, sealState } from "../src/index.ts";
import { innerOf } from "../src/state.ts";
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
    expect(plan).toMatchObject({ empty: true, passwords: [], secrets: [], uiids: {} });
    expect(await sealState(state, plan, { keyring: w.keyring, now })).toBe(state);
    expect((await fs.stat(w.file)).mtimeMs).toBe(before.mtimeMs);
  });

  it("gives the lowest free uiids, unique over all sharers, in the order asked for", async () => {
    const w = await world();
    await create(w, { uiids: ["b.0", "b.1"] });
    const state = await w.open();
    expect(planState(state, { uiids: ["a.10", "a.9", "b.1", "a.10"] }).uiids).toEqual({ "a.10": 3, "a.9": 4 });
  });

  it("says when the uiids are all taken", async () => {
    const w = await world();
    const daemons = Array.from({ length: 255 }, (_, index) => `workerd.${index}`);
    const state = await create(w, { uiids: daemons });
    expect(state.uiid("workerd.254")).toBe(255);
    expect(() => planState(state, { uiids: ["more.0", "more.1"] })).toThrow(
      "state/dev.json has 0 of 255 uiids left, but 2 daemons need one",
    );
    expect(planState(state, { uiids: daemons }).empty).toBe(true);
  });

  it("keeps the bytes of leaves that did not change", async () => {
    const w = await world();
    await create(w, { passwords: ["one"] });
    const leafOf = async () => /"one": "(e1:[^"]+)"/.exec(await fs.readFile(w.file, "utf8"))?.[1];
    const before = await leafOf();
    await create(w, { passwords: ["two"] });
    expect(await leafOf()).toBe(before);
  });

  it("dates a password by the clock that was handed in", async () => {
    const w = await world();
    await create(w, { passwords: ["one"] });
    const leaves = innerOf(await w.open()).opened?.leaves.values() ?? [];
    expect([...leaves].map(({ created, policy }) => [created, policy])).toEqual([["2026-01-02T03:04:05.000Z", "uuid"]]);
  });

  it("refuses a plan that was made for another state: it would replace a password", async () => {
    const w = await world();
    const plan = planState(await w.open(), { passwords: ["one"] });
    await create(w, { passwords: ["one"] });
    await expect(sealState(await w.open(), plan, { keyring: w.keyring, now })).rejects.toThrow(
      "was not made for this state",
    );
  });

  it("seals for every recipient, and the list that was sealed stays", async () => {
    const [w, kim] = [await world(), await world("Kim")];
    await publishKey(kim.key, w);
    const both = [w.key.fingerprint, kim.key.fingerprint].sort();
    const empty = await w.open();
    await sealState(empty, planState(empty, { passwords: ["one"] }), { keyring: w.keyring, now, recipients: both });
    const state = await w.open({ keyring: kim.keyring });
    const next = await sealState(state, planState(state, { passwords: ["two"] }), {
      keyring: w.keyring,
      now,
      recipients: [],
    });
    expect(next.recipients).toEqual(both);
  });

  it("shows neither values nor keys when it is printed", async () => {
    const w = await world();
    const state = await create(w, { passwords: ["one"] });
    const printed =
      inspect(state, { depth: 9, showHidden: true }) + JSON.stringify(state) + inspect(w.keyring, { depth: 9 });
    expect(printed).not.toContain(state.password("one", dev)?.reveal());
    expect(printed).not.toContain("PRIVATE");
  });

  it("needs no clock that is right: a key from the future still signs and reads", async () => {
    const w = await world();
    const past = () => new Date("2001-01-01T00:00:00Z");
    const empty = await w.open();
    await sealState(empty, planState(empty, { passwords: ["one"] }), { keyring: w.keyring, now: past });
    expect((await w.open()).serial).toBe(1);
  });
});
