import fs from "node:fs/promises";
import path from "node:path";
import { git, gitCommit } from "@facsimile/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type SecretWorld, secretWorld } from "./secret-world.ts";

let shop: SecretWorld;
beforeAll(async () => {
  shop = await secretWorld();
  await shop.facsWith({ input: "root-value" }, "secrets", "set", "dev", "db/root");
  await gitCommit(shop.root);
});
afterAll(() => shop.remove());

it("brings somebody in: he pushes his key, another lets him read and sign, and he pulls", async () => {
  const clone = path.join(shop.dir, "kim's clone");
  await git(shop.dir, "clone", "--quiet", shop.root, clone);
  const env = { FACS_CONFIG_DIR: path.join(shop.dir, "kim") };
  const asKim = (...args: string[]) => shop.facsWith({ env: { ...env, FACS_ROOT: clone } }, ...args);
  const init = await asKim("init", clone, "--name", "Kim", "--email", "kim@example.org");
  const kim = /^ {2}key +([0-9A-F]{40})\n +Kim <kim@example\.org>, made in /m.exec(init.stdout)?.[1] ?? "";
  expect(init.stdout).toContain(`written  keys/${kim}.asc\n`);
  expect(init.stdout).toContain("next     commit and push what was written: others take your key from keys/");
  expect(init.stdout).toContain(`one of them: facs recipients add ${kim} --scope NAME, to read\n`);
  const locked = await asKim("init", clone, "--name", "Else");
  expect(locked.stdout).toContain("Kim <kim@example.org>, yours, as it was\n           --name and --email count where");

  await gitCommit(clone);
  await git(shop.root, "pull", "--quiet", clone, "main");
  for (const group of ["recipients", "trust"])
    expect(await shop.facs(group, "add", kim, "--scope", "dev", "--yes")).toMatchObject({ code: 0 });
  await gitCommit(shop.root);
  await git(clone, "pull", "--quiet");
  const [robin = ""] = (await fs.readdir(path.join(clone, "keys"))).flatMap((name) => /^[0-9A-F]{40}/.exec(name)?.[0] ?? []).filter((name) => name !== kim); // biome-ignore format: one line
  const roots = { env: { ...env, FACS_ROOT: clone, FACS_TRUSTED_SIGNERS: robin } };
  expect((await shop.facsWith(roots, "secrets", "get", "dev", "db/root")).stdout).toBe("root-value");
});

it("takes no name that a key cannot have", async () => {
  const ran = await shop.facs("init", "--name", "<Kim>", "--email", "nowhere");
  expect(ran).toMatchObject({ code: 64, stderr: expect.stringMatching(/--name: expected[\s\S]*--email: expected/) });
});
