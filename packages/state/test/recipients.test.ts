import fs from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { openLeaf, pointerOf } from "../src/format/leaf.ts";
import { parseDocument } from "../src/format/parse-document.ts";
import {
  changeRecipients,
  changeState,
  generateKey,
  inspectRecipient,
  installKey,
  type Keyring,
  mergePublicKeys,
  openKeyring,
  parseValueName,
  pinRoot,
  planRecipients,
  planState,
  publishKey,
  readRecipients,
  sealState,
  valuesOf,
} from "../src/index.ts";
import { innerOf, leavesOf, type State } from "../src/state.ts";
import { gnupg } from "./gnupg.ts";
import { create, dev, dev0, folder, now, tools, type World, world } from "./world.ts";

const db = parseValueName("db/root");
const own = parseValueName("db/root", "dev.dev0");

/** Somebody with a key in `keys/` and a configuration of his own that trusts Robin. */
async function colleague(w: World, name = "Kim") {
  const configDir = path.join(await folder(), "config");
  const key = await generateKey({ name, email: `${name.toLowerCase()}@example.org`, date: now() });
  await installKey(key, { configDir });
  await publishKey(key, w);
  await pinRoot({ fingerprint: w.key.fingerprint, name: "Robin" }, { configDir, now });
  return { ...w, configDir, key, ...(await tools({ root: w.root, configDir })) };
}

type Change = { add?: readonly string[]; remove?: readonly string[] };

async function change(w: World, wanted: Change, options: { rotate?: boolean; keyring?: Keyring } = {}): Promise<State> {
  const state = await w.open();
  const steps = [{ state, plan: planRecipients(state, wanted) }];
  const [changed = state] = await changeRecipients(steps, { keyring: w.keyring, now, ...options });
  return changed;
}

/** Robin and Kim, and values of every kind: made, given, rotated, of one instance alone. */
async function both() {
  const w = await world();
  const kim = await colleague(w);
  await create(w, { passwords: ["storefront"], secrets: ["session"], uiids: ["workerd.0"] });
  const options = { keyring: w.keyring, now };
  const set = [
    { type: "set", name: db, value: "first" },
    { type: "rotate", name: db, by: { value: "second" } },
    { type: "set", name: own, value: "its own" },
  ] as const;
  await changeState(await w.open(), set, options);
  await change(w, { add: [kim.key.fingerprint] });
  return { w, kim };
}

const revealed = (state: State) => state.secrets().map((secret) => [secret.name, secret.reveal()]);

async function leafTexts(w: World) {
  const document = parseDocument(await fs.readFile(w.file), "state/dev.json");
  return leavesOf(document).map(({ text }) => text);
}

describe("a recipient who is added", () => {
  it("opens the file; the values keep their bytes, and no line moves but those of the keys and the seal", async () => {
    const w = await world();
    await create(w, { passwords: ["one", "two"], uiids: ["workerd.0"] });
    const kim = await colleague(w);
    await expect(kim.open()).rejects.toMatchObject({ code: "NOT_A_RECIPIENT" });
    const before = await fs.readFile(w.file, "utf8");
    const changed = await change(w, { add: [kim.key.fingerprint] });
    expect(changed.recipients).toEqual([w.key.fingerprint, kim.key.fingerprint].sort());
    expect(revealed(await kim.open())).toEqual(revealed(await w.open()));
    const after = await fs.readFile(w.file, "utf8");
    expect(after.split('"keys"')[0]).toBe(before.split('"keys"')[0]);
    expect((await w.open()).serial).toBe(2);
  });

  it("may have a key that gpg made", async () => {
    const w = await world();
    await create(w, { passwords: ["one"] });
    const { gpg, at } = await gnupg();
    const sam = "Sam <sam@example.org>";
    await gpg(["--passphrase", "", "--quick-generate-key", sam, "future-default", "default", "never"]);
    const FACS_PGP_KEY = (await gpg(["--armor", "--export-secret-keys"])).stdout;
    const keyring = await openKeyring({ configDir: at("none"), env: { FACS_PGP_KEY } });
    await publishKey({ fingerprint: keyring.fingerprint, publicKey: (await gpg(["--armor", "--export"])).stdout }, w);
    await change(w, { add: [keyring.fingerprint] });
    expect(revealed(await w.open({ keyring }))).toEqual(revealed(await w.open()));
    const { keys } = parseDocument(await fs.readFile(w.file), "state/dev.json");
    const { stdout } = await gpg(["--decrypt"], `${keys.message.join("\n")}\n`);
    expect(JSON.parse(stdout)).toMatchObject({ recipients: keys.recipients, scope: "dev" });
    await change(w, { remove: [keyring.fingerprint] });
    const later = parseDocument(await fs.readFile(w.file), "state/dev.json").keys.message;
    await expect(gpg(["--decrypt"], `${later.join("\n")}\n`)).rejects.toThrow(/No secret key/);
  });
});

describe("a recipient who is removed", () => {
  it("opens nothing of the new file, neither with his key nor with the old data key", async () => {
    const { w, kim } = await both();
    const left = await kim.open();
    const { dataKey, document: known } = innerOf(left).opened ?? expect.fail("it was opened");
    const before = await leafTexts(w);
    const changed = await change(w, { remove: [kim.key.fingerprint] });
    await expect(kim.open()).rejects.toMatchObject({ code: "NOT_A_RECIPIENT" });
    const document = parseDocument(await fs.readFile(w.file), "state/dev.json");
    const message = `${document.keys.message.join("\n")}\n`;
    await expect(kim.keyring.decrypt(message)).rejects.toMatchObject({ code: "NOT_A_RECIPIENT" });
    const opened = leavesOf(document).map(({ keys, text }) =>
      openLeaf(text, { id: document.id, pointer: pointerOf(keys), dataKey }),
    );
    expect(opened).toEqual([undefined, undefined, undefined, undefined]);
    // So that the line above can fail: the old key does open the old leaves.
    const old = leavesOf(known).map(({ keys, text }) =>
      openLeaf(text, { id: known.id, pointer: pointerOf(keys), dataKey }),
    );
    expect(old.every((content) => content !== undefined)).toBe(true);
    expect((await leafTexts(w)).filter((text) => before.includes(text))).toEqual([]);
    expect(revealed(changed)).toEqual(revealed(left));
    expect(changed.secrets().map(({ name }) => name)).toContain("secrets/db/root (previous)");
  });

  it("leaves values that are told by name, of all and of one instance", async () => {
    const { w, kim } = await both();
    const state = await w.open();
    const { known, removed, after } = planRecipients(state, { remove: [kim.key.fingerprint] });
    expect({ removed, after }).toEqual({ removed: [kim.key.fingerprint], after: [w.key.fingerprint] });
    expect(known).toEqual(valuesOf(state));
    expect(known.map(({ name, policy }) => [name.name, name.instance, policy])).toEqual([
      ["storefront", undefined, "uuid"],
      ["db/root", undefined, "given"],
      ["session", undefined, "uuid"],
      ["db/root", "dev.dev0", "given"],
    ]);
  });

  it("knows none of what is made anew; what he knew stays as the previous value, what was given stays", async () => {
    const { w, kim } = await both();
    const knew = await kim.open();
    const changed = await change(w, { remove: [kim.key.fingerprint] }, { rotate: true });
    const session = () => expect.fail("no value");
    const pair = (state: State) => [
      state.password("storefront", dev)?.reveal(),
      state.secret("session", dev)?.reveal(),
    ];
    expect(pair(changed).filter((value) => pair(knew).includes(value))).toEqual([]);
    const values = new Map(changed.secrets().map((secret) => [secret.name, secret.reveal()]));
    expect(values.get("passwd/storefront (previous)") ?? session()).toBe(pair(knew)[0]);
    expect(changed.secret("db/root", dev)?.reveal()).toBe("second");
    expect(changed.secret("db/root", dev0)?.reveal()).toBe("its own");
    expect((await w.open()).serial).toBe(knew.serial + 1);
  });

  it("is stopped by his key alone where another is broken: whoever stays must have a key that works", async () => {
    const { w, kim } = await both();
    const sam = await colleague(w, "Sam");
    await fs.rm(path.join(w.root, "keys", `${kim.key.fingerprint}.asc`));
    await expect(change(w, { add: [sam.key.fingerprint] })).rejects.toMatchObject({ code: "NO_PUBLIC_KEY" });
    const changed = await change(w, { remove: [kim.key.fingerprint], add: [sam.key.fingerprint] });
    expect(changed.recipients).toEqual([w.key.fingerprint, sam.key.fingerprint].sort());
    expect((await sam.open()).serial).toBe(changed.serial);
  });
});

describe("recipients are left as they are", () => {
  it("where nothing changes: no file is written", async () => {
    const { w, kim } = await both();
    const before = await fs.readFile(w.file);
    const same = await change(w, { add: [kim.key.fingerprint], remove: ["0".repeat(40)] });
    expect(planRecipients(same, { add: [kim.key.fingerprint] }).empty).toBe(true);
    expect(await fs.readFile(w.file)).toEqual(before);
  });

  it("where your own key would go", async () => {
    const { w, kim } = await both();
    await expect(change(w, { remove: [w.key.fingerprint] })).rejects.toMatchObject({ code: "OWN_KEY_NEEDED" });
    await expect(change(w, { remove: [w.key.fingerprint, kim.key.fingerprint] })).rejects.toMatchObject({
      code: "OWN_KEY_NEEDED",
    });
    expect((await w.open()).serial).toBe(3);
  });

  it("where there is no file yet, you are none of them, or you have seen a later file", async () => {
    const w = await world();
    const kim = await colleague(w);
    const added = { add: [kim.key.fingerprint] };
    await expect(change(w, added)).rejects.toMatchObject({ code: "NO_STATE" });
    await create(w, { passwords: ["one"] });
    await expect(change(kim as World, added)).rejects.toMatchObject({ code: "NOT_A_RECIPIENT" });
    const old = await fs.readFile(w.file);
    const { confirmSeal } = await import("../src/index.ts");
    await confirmSeal(await create(w, { passwords: ["two"] }));
    await fs.writeFile(w.file, old);
    await expect(change(w, added)).rejects.toMatchObject({ code: "STATE_ROLLED_BACK" });
  });

  it.each(["expired", "revoked", "unfit", "gone", "another's"])("where a key is %s, with the reason", async (kind) => {
    const w = await world();
    await create(w, { passwords: ["one"] });
    const openpgp = await import("openpgp");
    const [born, owner] = [new Date("2020-01-01"), { userIDs: [{ name: "Kim" }] }];
    const type = { type: "ecc", curve: "curve25519Legacy", date: born, ...owner } as const;
    const { privateKey } = await openpgp.generateKey({ ...type, format: "object" });
    const unfit = await openpgp.generateKey({ ...type, curve: "ed25519Legacy", subkeys: [], format: "object" });
    const keys = {
      expired: async () => (await openpgp.reformatKey({ privateKey, date: born, keyExpirationTime: 60, ...owner, format: "object" })).publicKey, // biome-ignore format: one line
      revoked: async () => (await openpgp.revokeKey({ key: privateKey, date: born, format: "object" })).publicKey,
      unfit: async () => unfit.publicKey,
    };
    const make = keys[kind as keyof typeof keys] as (typeof keys)["expired"] | undefined;
    const key = (await make?.()) ?? privateKey.toPublic();
    const fingerprint = key.getFingerprint().toUpperCase();
    if (kind === "another's") await publishKey({ fingerprint, publicKey: w.key.publicKey }, w);
    else if (kind !== "gone") await publishKey({ fingerprint, publicKey: key.armor() }, w);
    const codes = { gone: "NO_PUBLIC_KEY", "another's": "KEY_MISNAMED" } as Record<string, string>;
    const words = { expired: /expired/, revoked: /revoked/, unfit: /encrypt/ } as Record<string, RegExp>;
    const expected = {
      code: codes[kind] ?? "KEY_UNUSABLE",
      message: expect.stringMatching(words[kind] ?? new RegExp(fingerprint)),
    };
    expect((await inspectRecipient(fingerprint, { trust: w.trust, date: now() })).problem).toMatchObject(expected);
    await expect(change(w, { add: [fingerprint] })).rejects.toMatchObject(expected);
    expect((await w.open()).serial).toBe(1);
  });
});

describe("several files", () => {
  const scopes = ["beta", "dev", "live"];

  async function three() {
    const w = await world();
    const kim = await colleague(w);
    for (const scope of scopes) {
      const state = await w.open({ scope });
      const options = { keyring: w.keyring, now, recipients: [w.key.fingerprint, kim.key.fingerprint] };
      await sealState(state, planState(state, { passwords: [scope] }), options);
    }
    const text = (scope: string) => fs.readFile(path.join(w.root, "state", `${scope}.json`), "utf8");
    const remove = async (options: { beforeWrite?: () => Promise<void> } = {}) => {
      const states = await Promise.all(scopes.map((scope) => w.open({ scope })));
      const steps = states.map((state) => ({ state, plan: planRecipients(state, { remove: [kim.key.fingerprint] }) }));
      return { steps, run: () => changeRecipients(steps, { keyring: w.keyring, now, ...options }) };
    };
    const serials = async () =>
      (await Promise.all(scopes.map((scope) => w.open({ scope })))).map(({ serial }) => serial);
    return { w, kim, text, remove, serials };
  }

  it("change together", async () => {
    const { w, kim, remove, serials } = await three();
    const changed = await (await remove()).run();
    expect(changed.map(({ scope, recipients }) => [scope, ...recipients])).toEqual(
      scopes.map((scope) => [scope, w.key.fingerprint]),
    );
    expect(await serials()).toEqual([2, 2, 2]);
    for (const scope of scopes) await expect(kim.open({ scope })).rejects.toMatchObject({ code: "NOT_A_RECIPIENT" });
  });

  it("stay as they are, all of them, when one cannot be prepared; every problem is told", async () => {
    const { w, remove, serials } = await three();
    const { steps } = await remove();
    const wrong = steps.map((step, index) =>
      index === 0 ? step : { ...step, plan: planRecipients(step.state, { remove: [w.key.fingerprint] }) },
    );
    await expect(changeRecipients(wrong, { keyring: w.keyring, now })).rejects.toMatchObject({
      problems: [{ code: "OWN_KEY_NEEDED" }, { code: "OWN_KEY_NEEDED" }],
    });
    expect(await serials()).toEqual([1, 1, 1]);
  });

  it("are put back when one in the middle was changed by somebody else, and are finished by the same again", async () => {
    const { w, remove, serials, text } = await three();
    const { run } = await remove();
    const other = await w.open({ scope: "dev" });
    await changeState(other, [{ type: "setting", name: "dir", value: "/srv" }], { keyring: w.keyring, now });
    const before = [await text("beta"), await text("live")];
    await expect(run()).rejects.toMatchObject({ code: "STATE_CHANGED" });
    expect([await text("beta"), await text("live")]).toEqual(before);
    expect(await serials()).toEqual([1, 2, 1]);
    await (await remove()).run();
    expect(await serials()).toEqual([2, 3, 2]);
    const { recipients, setting } = await w.open({ scope: "dev" });
    expect([recipients, setting("dir")]).toEqual([[w.key.fingerprint], "/srv"]);
  });

  it("stay as they are when what is to be done before the writing fails", async () => {
    const { remove, serials } = await three();
    const beforeWrite = () => Promise.reject(new Error("no room for the key"));
    await expect((await remove({ beforeWrite })).run()).rejects.toThrow("no room for the key");
    expect(await serials()).toEqual([1, 1, 1]);
  });

  it("are told to be old, by the failure itself, when the first write fails", async () => {
    const { w, remove, serials } = await three();
    const { run } = await remove();
    const other = await w.open({ scope: "beta" });
    await changeState(other, [{ type: "setting", name: "dir", value: "/srv" }], { keyring: w.keyring, now });
    await expect(run()).rejects.toMatchObject({ code: "STATE_CHANGED" });
    expect(await serials()).toEqual([2, 1, 1]);
  });

  it("are listed without a private key; what is wrong with one hides no other", async () => {
    const { w, kim } = await three();
    await fs.writeFile(path.join(w.root, "state", "dev.json"), "{}");
    const { trust, memory } = w;
    const list = await readRecipients({ folder: path.join(w.root, "state"), trust, memory });
    const readers = [w.key.fingerprint, kim.key.fingerprint].sort();
    expect(list).toMatchObject([
      { scope: "beta", file: "state/beta.json", serial: 1, recipients: readers, problem: undefined },
      { scope: "dev", serial: 0, recipients: [], problem: { code: "STATE_INVALID" } },
      { scope: "live", serial: 1, recipients: readers },
    ]);
    expect(await readRecipients({ folder: path.join(w.root, "none"), trust, memory })).toEqual([]);
  });
});

it("joins two copies of a key: an old one takes no revocation back", async () => {
  const w = await world();
  const openpgp = await import("openpgp");
  const privateKey = await openpgp.readPrivateKey({ armoredKey: w.key.privateKey });
  const { publicKey } = await openpgp.revokeKey({ key: privateKey, date: now(), format: "object" });
  await publishKey({ ...w.key, publicKey: await mergePublicKeys(publicKey.armor(), w.key.publicKey) }, w);
  const { problem } = await inspectRecipient(w.key.fingerprint, { trust: w.trust, date: now() });
  expect(problem).toMatchObject({ code: "KEY_UNUSABLE", message: expect.stringContaining("revoked") });
});
