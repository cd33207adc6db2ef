import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { parseDocument } from "../src/format/parse-document.ts";
import { signedBytes } from "../src/format/serialise.ts";
import { planState, publishKey, sealState } from "../src/index.ts";
import { folder, now, world } from "./world.ts";

const run = promisify(execFile);

/** A state for two people, its parts in files, and `sq` with a home of its own. */
async function scene() {
  const [w, other, home] = [await world(), await world("Kim"), await folder()];
  await publishKey(other.key, w);
  const empty = await w.open();
  const recipients = [w.key.fingerprint, other.key.fingerprint];
  await sealState(empty, planState(empty, { passwords: ["one"] }), { keyring: w.keyring, recipients, now });
  const document = parseDocument(await fs.readFile(w.file), "state/dev.json");
  const put = async (name: string, content: string | Uint8Array) => {
    await fs.writeFile(path.join(home, name), content);
    return path.join(home, name);
  };
  const env = { PATH: process.env["PATH"], HOME: home, SEQUOIA_HOME: home, LC_ALL: "C" };
  const sq = async (...args: string[]) => (await run("sq", args, { env })).stdout;
  return { document, put, sq, keys: [w.key, other.key] as const };
}

/** The spelling of an option that this version of sq knows; version 1 renamed them. */
async function optionOf(sq: (...args: string[]) => Promise<string>, verb: string, names: readonly string[]) {
  const help = await sq(verb, "--help");
  return (
    names.find((name) => help.includes(`${name} `) || help.includes(`${name}=`)) ?? expect.fail(`${names} in ${help}`)
  );
}

describe("Sequoia", () => {
  it("opens the wrapped data key for each recipient", async () => {
    const { document, put, sq, keys } = await scene();
    const message = await put("message.asc", `${document.keys.message.join("\n")}\n`);
    const option = await optionOf(sq, "decrypt", ["--recipient-file", "--recipient-key"]);
    for (const key of keys) {
      const content = await sq("decrypt", option, await put("key.asc", key.privateKey), message);
      expect(JSON.parse(content)).toEqual({
        format: "state/1",
        id: document.id,
        scope: "dev",
        recipients: document.keys.recipients,
        key: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      });
    }
    const stranger = await put("key.asc", (await world("Mallory")).key.privateKey);
    await expect(sq("decrypt", option, stranger, message)).rejects.toThrow();
  });

  it("verifies the seal, and not over another byte", async () => {
    const { document, put, sq, keys } = await scene();
    const [signer, detached] = [
      await optionOf(sq, "verify", ["--signer-file", "--signer-cert"]),
      await optionOf(sq, "verify", ["--signature-file", "--detached"]),
    ];
    const cert = await put("cert.asc", keys[0].publicKey);
    const seal = await put("seal.asc", `${document.seal.signature.join("\n")}\n`);
    const verify = (file: string) => sq("verify", signer, cert, detached, seal, file);
    await verify(await put("state.json", signedBytes(document)));
    const changed = await put("state.json", Buffer.concat([signedBytes(document), Buffer.from("\n")]));
    await expect(verify(changed)).rejects.toThrow();
  });
});
