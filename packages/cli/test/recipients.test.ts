import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseInstance } from "@facsimile/core";
import * as state from "@facsimile/state";
import { git, gitCommit, gnupgHome } from "@facsimile/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { onTerminal } from "./terminal.ts";
import { type Ran, type World, world } from "./world.ts";

const FACS = fileURLToPath(new URL("../bin/facs.mjs", import.meta.url));
const SCOPES = ["dev", "production", "staging"];
const now = () => new Date();

interface Person {
  readonly configDir: string;
  readonly key: Pick<state.GeneratedKey, "fingerprint" | "publicKey">;
}

let shop: World;
let robin: Person;
let kim: Person;
let kimFile: string;

const fp = ({ key }: Person) => key.fingerprint;
const grouped = (fingerprint: string) =>
  fingerprint.replace(/.{4}/g, (four, at) => `${at === 0 ? "" : at === 20 ? "  " : " "}${four}`);
const sealedOf = async (scope: string) =>
  JSON.parse(await fs.readFile(path.join(shop.root, `state/${scope}.json`), "utf8"));
const readersOf = async (scope: string): Promise<string[]> => (await sealedOf(scope)).keys.recipients;
const changed = () => git(shop.root, "status", "--porcelain");

/** The real CLI with somebody's own configuration. */
function facsAs({ configDir }: Person, ...args: string[]): Promise<Ran> {
  const options = { cwd: shop.root, env: { ...shop.env, FACS_CONFIG_DIR: configDir } };
  return new Promise((resolve) =>
    execFile(process.execPath, [FACS, ...args], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    ),
  );
}

/** The state as somebody sees it. */
async function openAs({ configDir }: Person, scope: string) {
  const memory = state.openMemory({ configDir });
  const keyring = await state.openKeyring({ configDir, env: {} });
  const trust = await state.trustedSigners({ configDir, env: {}, root: shop.root, memory });
  const folder = path.join(shop.root, "state");
  return { keyring, opened: await state.openState({ folder, scope, keyring, trust, memory }) };
}

/** Seals values that were made, and some that a person gave. */
async function seal(scope: string): Promise<void> {
  const { opened, keyring } = await openAs(robin, scope);
  const options = { keyring, now };
  const made = await state.sealState(opened, state.planState(opened, { passwords: ["storefront"], secrets: ["session"] }), options); // biome-ignore format: one line
  const given = [state.parseValueName("db/root"), state.parseValueName("db/root", `${scope}.x`)];
  await state.changeState(made, given.map((name) => ({ type: "set", name, value: `given in ${scope}` })), options); // biome-ignore format: one line
}

async function person(name: string): Promise<Person> {
  const configDir = path.join(shop.dir, name);
  const key = await state.generateKey({ name, email: `${name.toLowerCase()}@example.org`, date: now() });
  await state.installKey(key, { configDir });
  await state.pinRoot({ fingerprint: fp(robin), name: "Robin" }, { configDir, now });
  return { configDir, key };
}

beforeAll(async () => {
  shop = await world();
  const configDir = shop.env["FACS_CONFIG_DIR"] ?? "";
  robin = { configDir, key: await state.openKeyring({ configDir, env: {} }) };
  kim = await person("Kim");
  kimFile = path.join(shop.dir, "kim.asc");
  await fs.writeFile(kimFile, kim.key.publicKey);
  for (const scope of SCOPES) await seal(scope);
  await gitCommit(shop.root);
});
afterAll(() => shop.remove());
beforeEach(async () => {
  await git(shop.root, "reset", "--quiet", "--hard");
  await git(shop.root, "clean", "--quiet", "-d", "--force");
});

/** Kim opens these scopes. */
async function withKim(...scopes: string[]): Promise<void> {
  const wanted = scopes.flatMap((scope) => ["--scope", scope]);
  const ran = await shop.facs("recipients", "add", kimFile, fp(kim), ...wanted, "--yes");
  expect(ran).toMatchObject({ code: 0 });
}

describe("facs recipients add", () => {
  it("shows the whole fingerprint, the name and whom it is for, asks, and writes the key and the state", async () => {
    await expect(openAs(kim, "dev")).rejects.toMatchObject({ code: "NOT_A_RECIPIENT" });
    const before = await sealedOf("dev");
    const typing = [{ after: "Let this key open them?", text: "yes" }];
    const ran = await onTerminal(shop, { args: ["recipients", "add", kimFile, "--scope", "dev"], typing });
    expect(ran.stdout).toContain("state/dev.json, for dev, dev.dev0: 1 recipient so far, then 2");
    expect(ran.stdout).toContain(`comes    ${grouped(fp(kim))}  Kim <kim@example.org>`);
    expect(ran.stdout).toMatch(/state\/dev\.json: sealed for 2 recipients, serial 3\n/);
    expect(ran.stdout).toContain(`next     commit and push: git add keys/${fp(kim)}.asc state/dev.json`);
    expect(ran.code).toBe(0);
    expect((await changed()).split("\n").sort()).toEqual(["M state/dev.json", `?? keys/${fp(kim)}.asc`].sort());
    const { opened } = await openAs(kim, "dev");
    expect(opened.secret("db/root", parseInstance("dev"))?.reveal()).toBe("given in dev");
    expect((await sealedOf("dev")).values).toEqual(before.values);
  });

  it("changes nothing without a yes; where nobody can be asked it names the line to type", async () => {
    const typing = [{ after: "Let this key open them?", text: "no" }];
    const args = ["recipients", "add", kimFile, "--scope", "dev"];
    expect(await onTerminal(shop, { args, typing })).toMatchObject({ code: 1 });
    const ran = await shop.facs(...args);
    expect(ran).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("CONFIRMATION_NEEDED") });
    expect(ran.stderr).toContain(`facs recipients add --scope dev ${kimFile} ${fp(kim)} --yes`);
    expect(await changed()).toBe("");
  });

  it("takes a fingerprint in groups when its key lies in keys/, for several scopes, and again without a change", async () => {
    await state.publishKey(kim.key, shop);
    const args = [
      "recipients",
      "add",
      ...grouped(fp(kim)).split(/ +/),
      "--scope",
      "dev",
      "--scope",
      "staging",
      "--yes",
    ];
    expect(await shop.facs(...args)).toMatchObject({ code: 0 });
    expect([await readersOf("dev"), await readersOf("staging"), await readersOf("production")]).toEqual([
      [fp(robin), fp(kim)].sort(),
      [fp(robin), fp(kim)].sort(),
      [fp(robin)],
    ]);
    const files = await git(shop.root, "diff", "--", "state");
    const again = await shop.facs(...args);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining("state/dev.json: as it was") });
    expect(again.stdout).not.toContain("commit"); // What the first one wrote is not committed yet.
    expect(await git(shop.root, "diff", "--", "state")).toBe(files);
  });

  it("takes a key that gpg made", async () => {
    const { dir, gpg } = await gnupgHome({ onFinished: onTestFinished });
    const quiet = ["--passphrase", "", "--pinentry-mode", "loopback"];
    await gpg(...quiet, "--quick-generate-key", "Sam <sam@example.org>", "default", "default", "never");
    const file = path.join(dir, "sam.asc");
    await gpg("--armor", "--output", file, "--export");
    const [, sam = ""] = /^fpr:+([0-9A-F]{40}):/m.exec(await gpg("--with-colons", "--list-keys")) ?? [];
    const ran = await shop.facs("recipients", "add", file, sam, "--all-scopes", "--yes", "--json");
    const { scopes, keyFile } = JSON.parse(ran.stdout);
    expect(scopes.map(({ scope }: { scope: string }) => scope)).toEqual(SCOPES);
    const message = path.join(dir, "message");
    await fs.writeFile(message, `${(await sealedOf("staging")).keys.message.join("\n")}\n`);
    const { recipients } = JSON.parse(await gpg("--decrypt", message));
    expect(keyFile).toBe(`keys/${recipients.find((name: string) => name !== fp(robin))}.asc`);
  });

  it.each([
    ["no scope", ["FP"], 64, /of which scope\?[\s\S]*Scopes: dev, production, staging/],
    ["a scope that is not there", ["FP", "--scope", "stagin"], 1, /NO_STATE[\s\S]*Did you mean staging\?/],
    ["a short id", ["0123456789ABCDEF", "--scope", "dev"], 64, /BAD_FINGERPRINT/],
    ["a key that is not in keys/", ["FP", "--scope", "dev"], 1, /NO_PUBLIC_KEY/],
    ["a file that is not there", ["no/such.asc", "--scope", "dev"], 1, /NO_PUBLIC_KEY: no\/such\.asc cannot be read/],
    ["another key's file", ["FILE", "0".repeat(40), "--scope", "dev"], 5, /KEY_MISNAMED/],
    [
      "a file alone with --yes",
      ["FILE", "--scope", "dev"],
      64,
      /a file alone could hold any key[\s\S]*FINGERPRINT … --yes/,
    ],
    ["both kinds of scopes", ["FILE", "--scope", "dev", "--all-scopes"], 64, /do not go together/],
  ])("refuses %s", async (_, words, code, told) => {
    const args = words.map((word) => ({ FP: fp(kim), FILE: kimFile })[word] ?? word);
    const ran = await shop.facs("recipients", "add", ...args, "--yes");
    expect(ran.stderr).toMatch(told);
    expect(ran.code).toBe(code);
    expect(await changed()).toBe("");
  });

  it("refuses keys that are expired, revoked, for signatures alone or of version 6, with the reason and what helps", async () => {
    const { dir, gpg } = await gnupgHome({ onFinished: onTestFinished });
    const make = ["--passphrase", "", "--pinentry-mode", "loopback", "--quick-generate-key"];
    await gpg(
      "--faked-system-time",
      "20200101T000000",
      ...make,
      "Old <old@example.org>",
      "future-default",
      "default",
      "1d",
    );
    await gpg(...make, "Signs <signs@example.org>", "ed25519", "sign", "never");
    await gpg(...make, "Gone <gone@example.org>", "future-default", "default", "never");
    const [, gone = ""] =
      /^fpr:+([0-9A-F]{40}):/m.exec(await gpg("--with-colons", "--list-keys", "gone@example.org")) ?? [];
    const revocation = path.join(dir, "openpgp-revocs.d", `${gone}.rev`);
    await fs.writeFile(revocation, (await fs.readFile(revocation, "utf8")).replace(":-----BEGIN", "-----BEGIN"));
    await gpg("--import", revocation);
    const file = path.join(shop.dir, "odd.asc");
    for (const [key, reason] of [
      [
        await gpg("--armor", "--export", "old@example.org"),
        /KEY_UNUSABLE.*expired on 2020-01-02\n.*--quick-set-expire/,
      ],
      [await gpg("--armor", "--export", "gone@example.org"), /KEY_UNUSABLE.*revoked\n.*a new key/],
      [await gpg("--armor", "--export", "signs@example.org"), /KEY_UNUSABLE.*it only signs.*\n.*--quick-add-key/],
      [VERSION_6, /version/],
    ] as const) {
      await fs.writeFile(file, key);
      const ran = await shop.facs("recipients", "add", file, "--scope", "dev");
      expect(ran.stderr).toMatch(reason);
      // To sign is another right than to read.
      expect(ran.stderr).not.toContain("facs trust add");
      expect(ran.code).toBe(1);
    }
    expect(await changed()).toBe("");
  });
});

describe("facs recipients remove", () => {
  it("shows what the leaver knew, makes anew what was made, names what was given, and keeps him out", async () => {
    await withKim("dev");
    await gitCommit(shop.root);
    onTestFinished(async () => void (await git(shop.root, "reset", "--quiet", "--hard", "HEAD^")));
    const knew = (await openAs(kim, "dev")).opened;
    const args = ["recipients", "remove", fp(kim), "--scope", "dev", "--rotate"];
    const ran = await onTerminal(shop, { args, typing: [{ after: "Take these keys out?", text: "y" }] });
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain(`leaves   ${grouped(fp(kim))}  Kim <kim@example.org>`);
    expect(ran.stdout).toContain("knew     passwd/storefront, db/root, session, db/root (dev.x)");
    expect(ran.stdout).toContain("state/dev.json: sealed for 1 recipient, serial 4, with a new data key");
    expect(ran.stdout).toContain("made new passwd/storefront, session; the value before stays");
    expect(ran.stdout).toContain("by hand  db/root, db/root (dev.x)");
    expect(ran.stdout).toContain("deploy   dev, dev.dev0");
    expect(ran.stdout).toContain("what Kim <kim@example.org> could read stays with him");
    await expect(openAs(kim, "dev")).rejects.toMatchObject({ code: "NOT_A_RECIPIENT" });
    const refused = await facsAs(kim, "recipients", "add", fp(kim), "--scope", "dev", "--yes");
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("NOT_A_RECIPIENT") });
    const { opened } = await openAs(robin, "dev");
    const now = opened.secrets().filter(({ name }) => name.endsWith("(previous)"));
    const dev = parseInstance("dev");
    expect(now.map((secret) => secret.reveal()).sort()).toEqual(
      [knew.password("storefront", dev)?.reveal(), knew.secret("session", dev)?.reveal()].sort(),
    );
    expect(opened.secret("session", dev)?.reveal()).not.toBe(knew.secret("session", dev)?.reveal());
    // git keeps what he could read: the version before opens with his key.
    await git(shop.root, "checkout", "--quiet", "--", "state");
    expect((await openAs(kim, "dev")).opened.secret("db/root", dev)?.reveal()).toBe("given in dev");
  });

  it("keeps values as they are without --rotate, and says how they are changed", async () => {
    await withKim("dev");
    const before = (await openAs(robin, "dev")).opened.secrets().map((secret) => secret.reveal());
    const ran = await shop.facs("recipients", "remove", fp(kim), "--scope", "dev", "--yes");
    expect(ran.stdout).toContain("rotate   passwd/storefront, session\n           facs secrets rotate dev NAME");
    expect((await openAs(robin, "dev")).opened.secrets().map((secret) => secret.reveal())).toEqual(before);
    expect(ran.stdout + ran.stderr).not.toContain("given in dev");
  });

  it("asks for nobody who is none, and for your own key", async () => {
    const none = await shop.facs("recipients", "remove", fp(kim), "--all-scopes", "--yes");
    expect(none).toMatchObject({ code: 64, stderr: expect.stringContaining("UNKNOWN_RECIPIENT") });
    await withKim("staging");
    const own = await shop.facs("recipients", "remove", fp(robin), "--scope", "staging", "--yes");
    expect(own).toMatchObject({ code: 1, stderr: expect.stringContaining("OWN_KEY_NEEDED") });
    expect(own.stderr).toContain("Another recipient can take you out");
    expect(await readersOf("staging")).toHaveLength(2);
  });

  it("leaves two where hosts are remote, unless one is meant", async () => {
    await withKim(...SCOPES);
    const args = ["recipients", "remove", fp(kim), "--all-scopes", "--yes"];
    const refused = await shop.facs(...args);
    expect(refused.stderr.match(/SINGLE_RECIPIENT/g)).toHaveLength(2);
    expect(refused.stderr).toContain("you alone could open state/staging.json, which hosts depend on (staging)");
    expect(refused.code).toBe(1);
    for (const scope of SCOPES) expect(await readersOf(scope)).toHaveLength(2);
    expect(await shop.facs(...args, "--allow-single")).toMatchObject({ code: 0 });
    for (const scope of SCOPES) expect(await readersOf(scope)).toEqual([fp(robin)]);
  });

  it("refuses a state that is older than one seen before", async () => {
    await withKim("dev");
    const { opened } = await openAs(robin, "dev");
    const { configDir } = robin;
    const memory = await fs.readFile(path.join(configDir, "memory.json")).catch(() => undefined);
    onTestFinished(async () => {
      const file = path.join(configDir, "memory.json");
      await (memory === undefined ? fs.rm(file) : fs.writeFile(file, memory));
    });
    await state.confirmSeal(opened);
    await git(shop.root, "checkout", "--quiet", "--", "state");
    const ran = await shop.facs("recipients", "add", kimFile, fp(kim), "--scope", "dev", "--yes");
    expect(ran).toMatchObject({ code: 5, stderr: expect.stringContaining("STATE_ROLLED_BACK") });
  });
});

describe("facs recipients list and apply", () => {
  async function wish(file: string, ...people: readonly Person[]): Promise<void> {
    const text = await fs.readFile(path.join(shop.root, file), "utf8");
    const wished = JSON.stringify(people.map((one) => fp(one).toLowerCase()));
    await fs.writeFile(path.join(shop.root, file), text.replace(/\{/, `{ state: { recipients: ${wished} },`));
  }

  it("show who opens what beside what definitions wish, and make it so", async () => {
    await state.publishKey(kim.key, shop);
    await wish("define/staging.json5", robin, kim);
    const list = await shop.facs("recipients", "list");
    expect(list.code).toBe(0);
    expect(list.stdout).toContain("state/dev.json: serial 2, for dev, dev.dev0\n");
    expect(list.stdout).toContain(`  ${grouped(fp(robin))}  Robin <robin@example.org>  you, opens it\n`);
    expect(list.stdout).toContain(
      `  ${grouped(fp(kim))}  Kim <kim@example.org>      cannot open it, wished by definitions`,
    );
    expect(list.stdout).toContain("! definitions wish others; to follow them: facs recipients apply staging");
    expect(list.stdout).toContain("! one key alone opens state/production.json");
    const ran = await shop.facs("recipients", "apply", "staging", "--yes");
    expect(ran.stderr).toContain(`comes    ${grouped(fp(kim))}  Kim <kim@example.org>`);
    expect(ran).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("state/staging.json: sealed for 2 recipients"),
    });
    expect(await readersOf("staging")).toEqual([fp(robin), fp(kim)].sort());
    const after = JSON.parse((await facsAs(kim, "recipients", "list", "staging", "--json")).stdout);
    expect(after).toMatchObject({ schema: "recipients/1", scopes: [{ scope: "staging", remote: true, wish: "one" }] });
    expect(
      after.scopes[0].keys.map(({ sealed, wished, own }: Record<string, boolean>) => [sealed, wished, own]),
    ).toEqual([robin, kim].sort((a, b) => (fp(a) < fp(b) ? -1 : 1)).map((who) => [true, true, who === kim]));
    const again = await shop.facs("recipients", "apply", "--all");
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining("state/staging.json: as it was\n") });
    expect(again.stdout).toContain("state/dev.json: as it was; no definition sets state.recipients\n");
  });

  it("take out who is not wished, but neither you nor the last but one", async () => {
    await withKim("staging");
    await wish("define/staging.json5", robin);
    const single = await shop.facs("recipients", "apply", "staging", "--yes");
    expect(single).toMatchObject({ code: 1, stderr: expect.stringContaining("SINGLE_RECIPIENT") });
    const ran = await shop.facs("recipients", "apply", "staging", "--yes", "--allow-single", "--json");
    expect(JSON.parse(ran.stdout)).toMatchObject({
      schema: "recipients-change/1",
      scopes: [{ scope: "staging", recipients: [fp(robin)], removed: [fp(kim)], rotated: [] }],
    });
    expect(JSON.parse(ran.stdout).scopes[0].known).toHaveLength(4);
    await git(shop.root, "checkout", "--quiet", "--", "define");
    await wish("define/staging.json5", kim);
    const locked = await shop.facs("recipients", "apply", "staging", "--yes");
    expect(locked).toMatchObject({ code: 1, stderr: expect.stringContaining("OWN_KEY_NEEDED") });
  });

  it("need one wish for one state", async () => {
    await wish("define/dev.json5", robin);
    await wish("define/dev.dev0.json5", robin, kim);
    const ran = await shop.facs("recipients", "apply", "dev", "--yes");
    expect(ran.stderr).toMatch(
      /RECIPIENTS_DISAGREE: state\/dev\.json[\s\S]*dev: [0-9A-F]{40}\n +dev\.dev0: [0-9A-F]{40} [0-9A-F]{40}/,
    );
    expect(ran.code).toBe(1);
    expect((await shop.facs("recipients", "list", "dev")).stdout).toContain("wish different recipients of one state");
    expect(await shop.facs("recipients", "apply")).toMatchObject({ code: 64 });
  });

  it("tell of keys that are missing and of states that do not count, to somebody without a key too", async () => {
    await withKim("dev");
    await fs.rm(path.join(shop.root, "keys", `${fp(kim)}.asc`));
    await fs.writeFile(path.join(shop.root, "state/staging.json"), "{}\n");
    const nobody = path.join(shop.dir, "nobody");
    await state.pinRoot({ fingerprint: fp(robin), name: "Robin" }, { configDir: nobody, now });
    const ran = await facsAs({ ...robin, configDir: nobody }, "recipients", "list");
    expect(ran.stdout).toMatch(new RegExp(`${grouped(fp(kim))}  \\(no name: its key is not in keys/\\) +opens it`));
    expect(ran.stdout).toContain(`! keys/${fp(kim)}.asc does not exist`);
    expect(ran.stdout).toMatch(/state\/staging\.json: not taken, for staging\n! state\/staging\.json: /);
    // As every command that meets such a file.
    expect(ran.code).toBe(5);
  });
});

it("tells of a single key when it makes values for hosts", async () => {
  const { stderr } = await shop.facs("deploy", "staging", "--yes");
  expect(stderr).toContain("! one key alone opens state/staging.json: if it is lost, so is every value");
  expect(stderr).toContain("facs recipients add FILE.asc --scope staging");
});

/** Of OpenPGP.js, with `v6Keys` (RFC 9580); GnuPG 2.2 makes none. */
const VERSION_6 = `-----BEGIN PGP PUBLIC KEY BLOCK-----

xioGaVW5ABsAAAAgfsTyUEwxmKPhQsnBPcLG2gDSxTqBwuDXGBrBfZ8eYmrC
rQYfGwoAAAA+BYJpVbkAAwsJBwUVCggODAQWAAIBApsDAh4BIqEGacnxuu3p
oE47g65uzv4wLOvInXc3uxAvfRmZwP0BbnsAAAAA2zsgqgzHUl6ZYxk3/gAq
JcUWL8/iraD7B/9YFwIJE14VlhDZQSAinn9zVqnxqyY8Q/tEyaGk9dp7cUtX
hx6am4yDIc4S9oujrqbEqE+ya4vPy8Sr7Gj4s09ik+se+TDWe18AzQNTaXjC
mwYTGwoAAAAsBYJpVbkAAhkBIqEGacnxuu3poE47g65uzv4wLOvInXc3uxAv
fRmZwP0BbnsAAAAALd8g5K9UdyxcmIeMk79ie0HxZXh6WSRu+LFYL7jkNCzv
XoMGO3E4GhbJNsUtPqtmpRBvFrUTMMQSyvS2f+IMGzlXTuOkm6mq+Zs2e1q8
7UczTfnHMwI5uJ++E/okOapgjZwDzioGaVW5ABkAAAAg+xKrgQVZlmtccULZ
nSdoYCLSQ3MdCYmkq6a6rm+ep2jCmwYYGwoAAAAsBYJpVbkAApsMIqEGacnx
uu3poE47g65uzv4wLOvInXc3uxAvfRmZwP0BbnsAAAAAuDUgTzW6qyeVV9dP
VT/s5HIWksyD9pPrX1cvdNQt4XJV2KwToaFbOOeo57JKm39vNXytFjhvrLq2
DdyGY6C1IwDKNykcXseKKDbuUBq0qdx4hmmlVfq/BPrp37dvqDk/4AQG
-----END PGP PUBLIC KEY BLOCK-----
`;
