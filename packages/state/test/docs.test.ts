import { execFile } from "node:child_process";
import { createDecipheriv } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { parseInstance, sha256 } from "@facsimile/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { openLeaf, sealLeaf } from "../src/format/leaf.ts";
import {
  type Change,
  changeState,
  openKeyring,
  openMemory,
  openState,
  parseValueName,
  pinRoot,
  planState,
  publishKey,
  sealState,
  trustedSigners,
} from "../src/index.ts";
import { gnupg } from "./gnupg.ts";
import { sealedState, signedBy } from "./verdict.ts";
import { dev, dev0, folder, now, world } from "./world.ts";

const read = (name: string) => fs.readFile(new URL(name, import.meta.url), "utf8");
const format = (name: string) => read(`../../../docs/formats/${name}-1.md`);

/** The content of the first block of a kind. */
function block(text: string, kind: string): string {
  return new RegExp(`\`\`\`${kind}\\n(.*?)\`\`\``, "s").exec(text)?.[1] ?? "";
}

/** The test vector of state/1, laid out as a conglomerate. */
async function vector() {
  const text = await format("state");
  const [root, configDir] = [await folder(), await folder()];
  const privateKey = block(text, "pgp");
  const keyring = await openKeyring({ configDir, env: { FACS_PGP_KEY: privateKey } });
  await fs.mkdir(path.join(root, "state"));
  await fs.writeFile(path.join(root, "state", "dev.json"), block(text, "json"));
  await publishKey(keyring, { root });
  return { text, root, configDir, privateKey, keyring, values: block(text, "text") };
}

describe("docs/formats", () => {
  it("has a file of state/1 that opens, with the values it tells", async () => {
    const { text, root, configDir, keyring, values } = await vector();
    expect(sha256(block(text, "json"))).toBe(/sha256 `([0-9a-f]{64})`/.exec(text)?.[1]);
    await fs.writeFile(path.join(configDir, "trust.json"), block(await format("trust"), "json"));
    const trust = await trustedSigners({ root, configDir, env: {} });
    const memory = openMemory({ configDir });
    const state = await openState({ folder: path.join(root, "state"), scope: "dev", keyring, trust, memory });
    const [storefront, root1, own] = values.split("\n").map((line) => line.replace(/^\S+ /, ""));
    expect(state.password("storefront", dev)?.reveal()).toBe(storefront);
    expect(state.secret("db/root", parseInstance("dev.dev0.deep"))?.reveal()).toBe(root1);
    expect(state.password("storefront", dev0)?.reveal()).toBe(own);
    expect(state.password("storefront", parseInstance("dev.dev0.deep"))?.reveal()).toBe(own);
    expect([state.setting("data_dir"), state.setting("9"), state.uiid("workerd.1")]).toEqual(["/srv/data", true, 2]);
  });

  it("has a leaf that its data key makes and opens", async () => {
    const { text } = await vector();
    const { id, values } = JSON.parse(block(text, "json"));
    const dataKey = Buffer.from(/Data key: `([0-9a-f]{64})`/.exec(text)?.[1] ?? "", "hex");
    const place = { id, dataKey, pointer: "/values/passwd/storefront" };
    const content = JSON.parse(block(text, "jsonc"));
    expect(openLeaf(values.passwd.storefront, place)).toEqual(content);
    const nonce = Buffer.from(values.passwd.storefront.slice(3), "base64url").subarray(0, 12);
    expect(sealLeaf(content, place, () => nonce)).toBe(values.passwd.storefront);
  });

  it("has leaves for every turn of the format, which we write and read so", async () => {
    const { text } = await vector();
    const { id } = JSON.parse(block(text, "json"));
    const dataKey = Buffer.from(/Data key: `([0-9a-f]{64})`/.exec(text)?.[1] ?? "", "hex");
    const vectors = block(text, "jsonl").trimEnd().split("\n").map((line) => JSON.parse(line)); // biome-ignore format: one line
    expect(vectors.length).toBe(6);
    for (const { pointer, nonce, content, leaf } of vectors) {
      const place = { id, dataKey, pointer };
      expect(sealLeaf(content, place, () => Buffer.from(nonce, "hex"))).toBe(leaf);
      expect(openLeaf(leaf, place)).toEqual(content);
    }
    const lengths = vectors.map(({ leaf }) => Buffer.from(leaf.slice(3), "base64url").length - 12 - 16);
    expect(lengths.slice(-2)).toEqual([128, 192]);
  });

  it("has the key and the additional data of one of them, which node:crypto makes so", async () => {
    const { text } = await vector();
    const [, key = "", aad = ""] = /^key = (.*)\naad = (.*)\n$/.exec(block(text, "ini")) ?? [];
    const { leaf, content } = JSON.parse(block(text, "jsonl").split("\n")[0] ?? "");
    const bytes = Buffer.from(leaf.slice(3), "base64url");
    const aes = createDecipheriv("aes-256-gcm", Buffer.from(key, "hex"), bytes.subarray(0, 12));
    aes.setAAD(Buffer.from(aad.replace(/\./g, "\0"))).setAuthTag(bytes.subarray(-16));
    const plain = Buffer.concat([aes.update(bytes.subarray(12, -16)), aes.final()]);
    const json = Buffer.from(JSON.stringify(content));
    expect(plain.subarray(0, 4 + json.length)).toEqual(Buffer.concat([Buffer.from([0, 0, 0, json.length]), json]));
  });

  describe("has a script that opens a file with gpg and node:crypto alone, which", () => {
    /** Runs it in a GnuPG home that has these keys and no others. */
    async function script(keys: readonly string[]) {
      const source = block(await format("state"), "js");
      expect(source.split("\n").filter((line) => line !== "").length).toBeLessThanOrEqual(30);
      const { gpg, env, at } = await gnupg();
      for (const key of keys) await gpg(["--import"], key);
      await fs.mkdir(at("cwd"));
      await fs.writeFile(at("open-state.mjs"), source);
      const run = (...args: string[]) =>
        promisify(execFile)(process.execPath, [at("open-state.mjs"), ...args], { env, cwd: at("cwd") });
      return { run, left: () => fs.readdir(at("cwd")) };
    }

    it("prints the values of the vector, and refuses it when it was changed", async () => {
      const { root, privateKey, values } = await vector();
      const { run, left } = await script([privateKey]);
      const file = path.join(root, "state", "dev.json");
      expect((await run(file)).stdout).toBe(values);
      expect(await left()).toEqual([]);
      await fs.writeFile(file, (await fs.readFile(file, "utf8")).replace("/srv/data", "/srv/dato"));
      await expect(run(file)).rejects.toThrow("BAD signature");
    });

    it("opens what we write, for either of two recipients, whole or one value of it", async () => {
      const [w, other] = [await world(), await world("Kim")];
      await publishKey(other.key, w);
      const [keyring, recipients] = [w.keyring, [w.key.fingerprint, other.key.fingerprint]];
      const name = parseValueName("db/root ~1", "dev.dev0");
      const changes: Change[] = [{ type: "set", name, value: "ä value" }, { type: "setting", name: "a", value: 1 }]; // biome-ignore format: one line
      const empty = await w.open();
      const first = await sealState(empty, planState(empty, { passwords: ["one"] }), { keyring, recipients, now });
      await changeState(first, changes, { keyring, now });
      const password = first.password("one", dev)?.reveal();
      const pointer = "/values/overlay/dev.dev0/secrets/db~1root ~01";
      for (const keys of [[w.key.privateKey], [w.key.publicKey, other.key.privateKey]]) {
        const { run } = await script(keys);
        expect((await run(w.file)).stdout).toBe(`/values/passwd/one ${password}\n${pointer} ä value\n`);
        expect((await run(w.file, pointer)).stdout).toBe(`${pointer} ä value\n`);
      }
      const { run } = await script([w.key.publicKey]);
      await expect(run(w.file)).rejects.toThrow(/No secret key/);
    });

    it("refuses a file whose signature is good, but by another than it names", async () => {
      const [w, other] = [await sealedState(), await world("Mallory")];
      await fs.writeFile(w.file, await signedBy(other.keyring, w.document));
      const { run } = await script([w.key.privateKey, other.key.publicKey]);
      await expect(run(w.file)).rejects.toThrow(`not signed by ${w.key.fingerprint}`);
    });
  });

  it("has a trust/1 as pinRoot writes it, and a memory/1 that is read", async () => {
    const configDir = await folder();
    const example = block(await format("trust"), "json");
    const [fingerprint = ""] = Object.keys(JSON.parse(example).roots);
    await pinRoot({ fingerprint, name: "Test Vector <test@example.org>" }, { configDir, now });
    expect(await fs.readFile(path.join(configDir, "trust.json"), "utf8")).toBe(example);
    const memory = block(await format("memory"), "json");
    await fs.writeFile(path.join(configDir, "memory.json"), memory);
    await openMemory({ configDir }).update((remembered) => remembered);
    expect(await fs.readFile(path.join(configDir, "memory.json"), "utf8")).toBe(memory);
  });
});

it("has a README whose example runs", async () => {
  const example = block(await read("../README.md"), "ts");
  const file = new URL("./readme.example.ts", import.meta.url);
  const home = await folder();
  await fs.writeFile(file, example.replaceAll("/srv/shop", `${home}/shop`).replaceAll("/home/robin", `${home}/robin`));
  onTestFinished(() => fs.rm(file));
  await import(/* @vite-ignore */ file.href);
  expect(JSON.parse(await fs.readFile(`${home}/shop/state/dev.json`, "utf8"))).toMatchObject({ scope: "dev" });
  expect(await fs.readFile(`${home}/robin/memory.json`, "utf8")).toContain('"serial": 1');
});
