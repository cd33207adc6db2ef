import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { parseInstance, sha256 } from "@facsimile/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { openLeaf, sealLeaf } from "../src/format/leaf.ts";
import { openKeyring, openMemory, openState, pinRoot, publishKey, trustedSigners } from "../src/index.ts";
import { gnupg } from "./gnupg.ts";
import { dev, dev0, folder, now } from "./world.ts";

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

  it("has a script that opens the file with gpg and node:crypto alone, and refuses a changed one", async () => {
    const { text, root, privateKey, values } = await vector();
    const script = block(text, "js");
    expect(script.split("\n").filter((line) => line !== "").length).toBeLessThanOrEqual(25);
    const { gpg, env, at } = await gnupg();
    await gpg(["--import"], privateKey);
    await fs.writeFile(at("open-state.mjs"), script);
    const file = path.join(root, "state", "dev.json");
    const run = () => promisify(execFile)(process.execPath, [at("open-state.mjs"), file], { env, cwd: at(".") });
    expect((await run()).stdout).toBe(values);
    await fs.writeFile(file, (await fs.readFile(file, "utf8")).replace("/srv/data", "/srv/dato"));
    await expect(run()).rejects.toThrow("BAD signature");
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
