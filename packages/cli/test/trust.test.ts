import fs from "node:fs/promises";
import path from "node:path";
import * as state from "@facsimile/state";
import { git, gitCommit } from "@facsimile/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { onTerminal } from "./terminal.ts";
import { type World, world } from "./world.ts";

let shop: World;
let robin: Person;
let kim: Person;
let kimFile: string;

interface Person {
  readonly configDir: string;
  readonly key: Pick<state.GeneratedKey, "fingerprint" | "publicKey">;
}

const now = () => new Date();

async function person(name: string): Promise<Person> {
  const configDir = path.join(shop.dir, name);
  const key = await state.generateKey({ name, email: `${name.toLowerCase()}@example.org`, date: now() });
  await state.installKey(key, { configDir });
  return { configDir, key };
}

const read = (file: string) => fs.readFile(path.join(shop.root, file), "utf8");
const sealOf = async (scope: string) => JSON.parse(await read(`state/${scope}.json`)).seal;
const as = ({ configDir }: Person) => ({ ...shop, env: { ...shop.env, FACS_CONFIG_DIR: configDir } });
const grouped = (fingerprint: string) =>
  fingerprint.replace(/.{4}/g, (four, at) => `${at === 0 ? "" : at === 20 ? "  " : " "}${four}`);

/** Seals a scope once more, with one more password. */
async function seal(who: Person, scope: string, recipients: readonly Person[]): Promise<void> {
  const { configDir } = who;
  const memory = state.openMemory({ configDir });
  const keyring = await state.openKeyring({ configDir, env: {} });
  const trust = await state.trustedSigners({ configDir, env: {}, root: shop.root, memory });
  const opened = await state.openState({ folder: path.join(shop.root, "state"), scope, keyring, trust, memory });
  const plan = state.planState(opened, { passwords: [`made-at-${opened.serial}`] });
  const all = recipients.map(({ key }) => key.fingerprint);
  await state.sealState(opened, plan, { keyring, now, recipients: all });
}

beforeAll(async () => {
  shop = await world();
  const configDir = shop.env["FACS_CONFIG_DIR"] ?? "";
  const { fingerprint, publicKey } = await state.openKeyring({ configDir, env: {} });
  robin = { configDir, key: { fingerprint, publicKey } };
  kim = await person("Kim");
  await state.pinRoot({ fingerprint, name: "Robin" }, { configDir: kim.configDir, now });
  kimFile = path.join(shop.dir, "kim.asc");
  await fs.writeFile(kimFile, kim.key.publicKey);
  await gitCommit(shop.root);
});
afterAll(() => shop.remove());
beforeEach(async () => {
  await git(shop.root, "reset", "--quiet", "--hard");
  await git(shop.root, "clean", "--quiet", "-d", "--force");
});

describe("facs trust add", () => {
  it("shows the whole fingerprint and the name, asks, and lists the key as a signer", async () => {
    const typing = [{ after: "Trust this key?", text: "yes" }];
    const ran = await onTerminal(shop, { args: ["trust", "add", kimFile, "--scope", "dev"], typing });
    expect(ran.stdout).toContain(`key      ${grouped(kim.key.fingerprint)}\n           Kim <kim@example.org>`);
    expect(ran.stdout).toContain("may now sign dev");
    expect(ran.code).toBe(0);
    const { code, stdout } = await shop.facs("trust", "list");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(
        `^root +${grouped(robin.key.fingerprint)}  every scope  Robin <robin@example.org>  trust.json, \\d{4}-`,
        "m",
      ),
    );
    expect(stdout).toMatch(
      new RegExp(
        `^signer +${grouped(kim.key.fingerprint)}  dev          Kim <kim@example.org>      keys/signers.json$`,
        "m",
      ),
    );
  });

  it("changes nothing when the answer is anything else", async () => {
    const typing = [{ after: "Trust this key?", text: "maybe" }];
    const ran = await onTerminal(shop, { args: ["trust", "add", kimFile, "--all-scopes"], typing });
    expect(ran).toMatchObject({ code: 1, stdout: expect.stringContaining("Nothing was changed.") });
    expect(await git(shop.root, "status", "--porcelain")).toBe("");
  });

  it("takes --yes for the full fingerprint alone, never for a file that could hold any key", async () => {
    const { fingerprint } = kim.key;
    expect(await shop.facs("trust", "add", kimFile, "--all-scopes", "--yes")).toMatchObject({
      code: 64,
      stderr: expect.stringContaining("--yes needs the full fingerprint"),
    });
    const other = await shop.facs("trust", "add", kimFile, robin.key.fingerprint, "--all-scopes", "--yes");
    expect(other).toMatchObject({ code: 5, stderr: expect.stringContaining("KEY_MISNAMED") });
    expect(await git(shop.root, "status", "--porcelain")).toBe("");
    const ran = await shop.facs(
      "trust",
      "add",
      kimFile,
      ...grouped(fingerprint).split(/ +/),
      "--scope=dev",
      "--yes",
      "--json",
    );
    expect(JSON.parse(ran.stdout)).toEqual({
      ...{ schema: "trust-add/1", fingerprint, userId: "Kim <kim@example.org>", role: "signer", scopes: ["dev"] },
      ...{ serial: 1, changed: true },
      written: [`keys/${fingerprint}.asc`, "keys/signers.json", "keys/signers.json.asc"],
    });
    const more = await shop.facs("trust", "add", fingerprint, "--scope", "staging", "--yes");
    expect(more).toMatchObject({ code: 0, stdout: expect.stringContaining("may now sign dev, staging") });
  });

  it("lists nobody unasked for a scope that there is not; who is asked may want it", async () => {
    const args = ["trust", "add", kimFile, kim.key.fingerprint, "--scope", "stagin"];
    const ran = await shop.facs(...args, "--scope", "nowhere", "--yes");
    expect(ran.stderr).toMatch(/error UNKNOWN_SCOPE: no instance has the scope stagin, .*\n {2}Did you mean staging\?/);
    expect(ran.stderr).toContain("the scope nowhere");
    expect(ran.code).toBe(64);
    expect(await git(shop.root, "status", "--porcelain")).toBe("");
    const asked = await onTerminal(shop, { args, typing: [{ after: "Trust this key?", text: "yes" }] });
    expect(asked.stdout).toContain(
      "! no instance has the scope stagin, and there is no state/stagin.json; did you mean staging?",
    );
    expect(asked).toMatchObject({ code: 0, stdout: expect.stringContaining("may now sign stagin") });
  });

  it("takes one scope away again, and with the last the signer", async () => {
    const { fingerprint } = kim.key;
    const scopes = async () => JSON.parse(await read("keys/signers.json")).signers;
    const change = (verb: string, ...args: string[]) => shop.facs("trust", verb, fingerprint, ...args);
    await state.publishKey(kim.key, shop);
    await change("add", "--scope", "dev", "--scope", "staging", "--yes");
    await seal(robin, "dev", [robin, kim]);
    await seal(robin, "staging", [robin, kim]);
    await seal(kim, "dev", []);
    await seal(kim, "staging", []);
    const wrong = await change("remove", "--scope", "production");
    expect(wrong).toMatchObject({ code: 64, stderr: expect.stringMatching(/UNKNOWN_SIGNER.*production[\s\S]*It may sign: dev, staging/) }); // biome-ignore format: one line
    const one = await change("remove", "--scope", "dev");
    expect(one).toMatchObject({ code: 0, stdout: expect.stringContaining(": may sign no more than staging\n") });
    expect(Object.values(await scopes())).toEqual([{ scopes: ["staging"] }]);
    // What he may still sign stays signed by him.
    expect([(await sealOf("dev")).signer, (await sealOf("staging")).signer]).toEqual([
      robin.key.fingerprint,
      fingerprint,
    ]);
    expect((await change("remove", "--scope", "staging")).stdout).toContain("may sign nothing any more");
    expect(await scopes()).toEqual({});
    await change("add", "--all-scopes", "--yes");
    const all = await change("remove", "--scope", "dev");
    expect(all).toMatchObject({
      code: 64,
      stderr: expect.stringContaining("It may sign every scope. Take it out, then"),
    });
    expect(await change("remove", "--scope", "dev", "--root")).toMatchObject({ code: 64 });
  });

  it.each([
    ["a short key id", () => [kim.key.fingerprint.slice(-16), "--all-scopes"], 64, "BAD_FINGERPRINT"],
    ["a key that is not in keys/", () => [kim.key.fingerprint, "--all-scopes"], 1, "NO_PUBLIC_KEY"],
    ["a file that is not there", () => ["./none.asc", "--all-scopes"], 1, "NO_PUBLIC_KEY"],
    ["no scope", () => [kimFile], 64, "USAGE"],
    ["a root with scopes", () => [kimFile, "--root", "--scope", "dev"], 64, "USAGE"],
    ["a scope that is no name", () => [kimFile, "--scope", "*"], 64, "BAD_NAME"],
    ["no answer", () => [kimFile, "--scope", "dev"], 1, "CONFIRMATION_NEEDED"],
  ])("refuses %s", async (_, args, status, code) => {
    const ran = await shop.facs("trust", "add", ...args());
    expect(ran.stderr).toContain(`error ${code}: `);
    expect(ran.code).toBe(status);
    expect(await git(shop.root, "status", "--porcelain")).toBe("");
  });

  it("tells what to type where nobody can be asked", async () => {
    const { stderr } = await shop.facs("trust", "add", kimFile, "--scope", "dev");
    expect(stderr).toContain(`facs trust add --scope dev ${kimFile} ${kim.key.fingerprint} --yes`);
  });

  it("is for roots: nobody else signs the list, but everybody pins for himself", async () => {
    const args = ["trust", "add", kimFile, "--all-scopes"];
    const refused = await onTerminal(as(kim), { args, typing: [] });
    expect(refused.stdout).toContain("error NOT_A_ROOT: ");
    expect(refused.stdout).toContain(`Ask a root to do it: ${robin.key.fingerprint}`);
    const pin = ["trust", "add", kimFile, "--root"];
    const typed = (text: string) => [{ after: "Type its last 8 digits", text }];
    const hasty = await onTerminal(as(kim), { args: pin, typing: typed("yes") });
    expect(hasty).toMatchObject({ code: 1, stdout: expect.stringContaining("Nothing was changed.") });
    const pinned = await onTerminal(as(kim), { args: pin, typing: typed(kim.key.fingerprint.slice(-8)) });
    expect(pinned.stdout).toContain("now a root of yours");
    expect(JSON.parse(await fs.readFile(path.join(kim.configDir, "trust.json"), "utf8")).roots).toMatchObject({
      [kim.key.fingerprint]: { name: "Kim <kim@example.org>" },
    });
    const unpin = ["trust", "remove", kim.key.fingerprint];
    expect(await onTerminal(as(kim), { args: unpin, typing: [] })).toMatchObject({ code: 0 });
  });
});

describe("facs trust remove", () => {
  beforeEach(async () => {
    await shop.facs("trust", "add", kimFile, kim.key.fingerprint, "--all-scopes", "--yes");
  });

  it("seals again what the signer sealed last, unchanged, so that it can be used on", async () => {
    await seal(robin, "dev", [robin, kim]);
    await seal(kim, "dev", []);
    await seal(robin, "staging", [robin]);
    const before = JSON.parse(await read("state/dev.json"));
    const staging = await read("state/staging.json");
    expect(before.seal).toMatchObject({ serial: 2, signer: kim.key.fingerprint });
    const his = await read("state/dev.json");

    const { code, stdout, stderr } = await shop.facs("trust", "remove", kim.key.fingerprint);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("sealed   state/dev.json again, unchanged, by you: serial 3");
    expect(stdout).toContain("state/dev.json still: that key is a recipient");
    expect(stdout).toContain("commit and push together: state/dev.json keys/signers.json keys/signers.json.asc");
    const after = JSON.parse(await read("state/dev.json"));
    expect(after).toEqual({ ...before, seal: expect.objectContaining({ serial: 3, signer: robin.key.fingerprint }) });
    expect(await read("state/staging.json")).toBe(staging);
    expect(JSON.parse(await read("keys/signers.json"))).toMatchObject({ serial: 2, signers: {} });
    expect(await shop.facs("plan", "dev")).toMatchObject({ code: 0 });

    await fs.writeFile(path.join(shop.root, "state/dev.json"), his);
    const refused = await shop.facs("plan", "dev");
    expect(refused).toMatchObject({ code: 5, stdout: "", stderr: expect.stringContaining("STATE_UNTRUSTED_SIGNER") });
    expect(refused.stderr).toContain(`facs trust add ${kim.key.fingerprint} --scope dev`);
  });

  it("names what nobody could use any more, and asks; --yes does it", async () => {
    await seal(kim, "production", [kim]);
    const { fingerprint } = kim.key;
    const ran = await shop.facs("trust", "remove", fingerprint);
    expect(ran.stderr).toContain("state/production.json");
    expect(ran.stderr).toContain("is not among the recipients");
    expect(ran.stderr).toContain(`facs trust remove ${fingerprint} --yes`);
    expect(ran.code).toBe(1);
    const typing = [{ after: "Go on, though nobody can use state/production.json then?", text: "no" }];
    const no = await onTerminal(shop, { args: ["trust", "remove", fingerprint], typing });
    expect(no).toMatchObject({ code: 1, stdout: expect.stringContaining("make you a recipient first") });
    expect((await sealOf("production")).signer).toBe(fingerprint);
    expect(JSON.parse(await read("keys/signers.json")).serial).toBe(1);
    const yes = await shop.facs("trust", "remove", fingerprint, "--yes", "--json");
    expect(JSON.parse(yes.stdout)).toMatchObject({
      ...{ schema: "trust-remove/1", fingerprint, role: "signer", resealed: [], last: false },
      refused: [{ file: "state/production.json", why: expect.stringContaining("cannot be sealed again") }],
      written: ["keys/signers.json", "keys/signers.json.asc"],
    });
  });

  it("knows nobody by a short id, and nobody who is not trusted", async () => {
    const { fingerprint } = kim.key;
    const run = (...args: string[]) => shop.facs("trust", "remove", ...args);
    expect(await run(fingerprint.slice(-16))).toMatchObject({ code: 64, stderr: expect.stringContaining("BAD_FINGERPRINT") }); // biome-ignore format: one line
    const near = `${fingerprint.slice(0, 39)}${fingerprint.endsWith("0") ? "1" : "0"}`;
    expect(await run(near)).toMatchObject({ code: 64, stderr: expect.stringContaining(`Did you mean ${fingerprint}?`) }); // biome-ignore format: one line
    const root = await run("--root", fingerprint);
    expect(root).toMatchObject({ code: 64, stderr: expect.stringContaining("is no root of yours") });
  });

  it("unpins a root; what he signed can be signed again by another, in the same step", async () => {
    await seal(robin, "dev", [robin, kim]);
    const { configDir } = kim;
    const trustFile = path.join(configDir, "trust.json");
    await state.pinRoot({ fingerprint: kim.key.fingerprint, name: "Kim" }, { configDir, now });
    const pinned = await fs.readFile(trustFile);
    const { fingerprint } = robin.key;
    const typing = [{ after: "Go on, though nobody can use keys/signers.json, state/dev.json then?", text: "no" }];
    const args = ["trust", "remove", fingerprint];
    const asked = await onTerminal(as(kim), { args, typing });
    expect(asked.stdout).toContain(`facs trust remove --root --reseal ${fingerprint}`);
    expect(await fs.readFile(trustFile)).toEqual(pinned);
    const done = await onTerminal(as(kim), { args: [...args, "--root", "--reseal"], typing: [] });
    expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining("is no root of yours any more") });
    expect((await sealOf("dev")).signer).toBe(kim.key.fingerprint);
    const list = await onTerminal(as(kim), { args: ["trust", "list"], typing: [] });
    expect(list.stdout).toContain(`serial 2, signed by ${grouped(kim.key.fingerprint)}`);
    expect(await onTerminal(as(kim), { args: ["plan", "dev"], typing: [] })).toMatchObject({ code: 0 });
    await state.pinRoot({ fingerprint, name: "Robin" }, { configDir, now });
    await state.unpinRoot(kim.key.fingerprint, { configDir });
  });

  it("does not unpin the last root unasked", async () => {
    const refused = await shop.facs("trust", "remove", "--root", robin.key.fingerprint);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("it is your last root") });
    expect(await shop.facs("trust", "list")).toMatchObject({ code: 0, stdout: expect.stringMatching(/^root/) });
  });
});

describe("the first use of a conglomerate by somebody who trusts nobody yet", () => {
  let sam: Person;
  const digits = () => robin.key.fingerprint.slice(-8);
  const isPinned = () =>
    fs.access(path.join(sam.configDir, "trust.json")).then(
      () => true,
      () => false,
    );
  const first = (text: string) =>
    onTerminal(as(sam), { args: ["plan", "dev"], typing: [{ after: "Type its last 8 digits", text }] });

  beforeEach(async () => {
    await fs.rm(path.join(shop.dir, "Sam"), { recursive: true, force: true });
    sam = await person("Sam");
    await state.publishKey(sam.key, { root: shop.root });
    await seal(robin, "dev", [robin, sam]);
  });

  it("shows who signed, and goes on once the end of the fingerprint was typed; it asks no second time", async () => {
    const ran = await first(` ${digits().toLowerCase().slice(0, 4)} ${digits().toLowerCase().slice(4)}`);
    expect(ran.stdout).toContain("Nothing of state/dev.json is used before you do.");
    expect(ran.stdout).toContain(grouped(robin.key.fingerprint));
    expect(ran.stdout).toContain(`Robin <robin@example.org>, so says keys/${robin.key.fingerprint}.asc`);
    expect(ran.stdout).toContain("Run: facs deploy dev");
    expect(ran.code).toBe(0);
    const again = await first("");
    expect(again.stdout).not.toContain("You trust nobody");
    expect(again.code).toBe(0);
  });

  it("asks for the root who signed the list of signers, where a signer sealed the state", async () => {
    await shop.facs("trust", "add", kimFile, kim.key.fingerprint, "--scope", "dev", "--yes");
    await fs.rm(path.join(shop.root, "state/dev.json"));
    await seal(kim, "dev", [kim, sam]);
    const ran = await first(digits());
    expect(ran.stdout).toContain("Nothing of keys/signers.json is used before you do.");
    expect(ran.code).toBe(0);
  });

  it("stops with 5 and pins nothing when anything else is typed", async () => {
    for (const text of ["yes", "", digits().slice(1)]) {
      const ran = await first(text);
      expect(ran.stdout).toContain("STATE_UNTRUSTED_SIGNER");
      expect(ran.stdout).not.toContain("facs deploy dev");
      expect(ran.code).toBe(5);
    }
    expect(await isPinned()).toBe(false);
  });

  it("is refused with 5 where nobody can be asked, naming both ways to trust", async () => {
    const { fingerprint } = robin.key;
    const env = { ...shop.env };
    shop.env["FACS_CONFIG_DIR"] = sam.configDir;
    const plain = await shop.facs("plan", "dev");
    const json = await shop.facs("plan", "dev", "--json");
    const listed = await shop.facs("trust", "list");
    shop.env["FACS_TRUSTED_SIGNERS"] = fingerprint;
    const trusting = await shop.facs("plan", "dev");
    Object.assign(shop.env, { FACS_TRUSTED_SIGNERS: undefined, FACS_CONFIG_DIR: env["FACS_CONFIG_DIR"] });
    expect(plain).toMatchObject({ code: 5, stdout: "", stderr: expect.stringContaining("STATE_UNTRUSTED_SIGNER") });
    expect(plain.stderr).toContain(`facs trust add --root ${fingerprint}\n`);
    expect(plain.stderr).toContain(`FACS_TRUSTED_SIGNERS: ${fingerprint}`);
    expect(json.code).toBe(5);
    expect(JSON.parse(json.stdout)).toMatchObject({ problems: [{ code: "STATE_UNTRUSTED_SIGNER" }] });
    const onScreen = await onTerminal(as(sam), { args: ["plan", "dev", "--json"], typing: [] });
    expect(onScreen).toMatchObject({ code: 5, stdout: expect.stringContaining("STATE_UNTRUSTED_SIGNER") });
    expect(listed.stdout).toContain("nobody is trusted");
    expect(await isPinned()).toBe(false);
    expect(trusting).toMatchObject({ code: 0 });
  });

  it("asks for nobody whose signature is wrong, and nobody without a key in keys/", async () => {
    const text = await read("state/dev.json");
    await fs.writeFile(path.join(shop.root, "state/dev.json"), text.replace('"serial": 1', '"serial": 2'));
    const changed = await first(digits());
    expect(changed).toMatchObject({ code: 5, stdout: expect.stringContaining("BAD_SIGNATURE") });
    await fs.writeFile(path.join(shop.root, "state/dev.json"), text);
    await fs.rm(path.join(shop.root, `keys/${robin.key.fingerprint}.asc`));
    const unknown = await first(digits());
    expect(unknown).toMatchObject({ code: 5, stdout: expect.stringContaining("Its public key is not in keys/") });
    expect(changed.stdout + unknown.stdout).not.toContain("Type its last 8 digits");
    expect(await isPinned()).toBe(false);
  });
});
