import fs from "node:fs/promises";
import path from "node:path";
import { isFacsimileError, parseHost, parseInstance, parseProject } from "@facsimile/core";
import { hostileTexts, SEED, tree } from "@facsimile/testing";
import { expect, it, onTestFinished } from "vitest";
import { findConglomerate, resolve } from "../src/index.ts";

/** Nothing that an ssh, a shell or a path takes for something else. */
const PLAIN = {
  address: /^[A-Za-z0-9[][A-Za-z0-9._:%\]-]*$/,
  user: /^[A-Za-z0-9._][A-Za-z0-9._@+-]*$/,
  home: /^[A-Za-z0-9._@+/][A-Za-z0-9._/@+-]*$/,
  host: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
  target: /^[A-Za-z0-9_][A-Za-z0-9_-]*$/,
} as const;

type Where = keyof typeof PLAIN;

it("2,000 hostile addresses, users, homes, names of hosts and targets are refused by the definitions, or plain", {
  timeout: 120_000,
}, async () => {
  const folder = await tree({}, { onFinished: onTestFinished });
  const root = await tree({ "define/facsimile.json5": '{ projects: { shop: { repo: "../source" } }, versions: { shop: "1" } }' }, { onFinished: onTestFinished }); // biome-ignore format: one line
  const places = Object.keys(PLAIN) as Where[];
  let refused = 0;
  for (const [i, text] of hostileTexts(2000, `${folder}/canary`).entries()) {
    const where = places[i % places.length] as Where;
    const said = { address: "10.0.0.1", user: "root", home: "shop", host: "web1", target: "web", [where]: text };
    const { home, host, target, address, user } = said;
    const values = { home, deploy: { nodes: { [target]: [host] } }, hosts: { [host]: { address, user } } };
    await fs.writeFile(path.join(root, "define/staging.json5"), JSON.stringify(values));
    const found = await resolve(await findConglomerate(root), { instance: parseInstance("staging") }).catch((error: unknown) => error); // biome-ignore format: one line
    if (found instanceof Error) {
      refused++;
      expect(isFacsimileError(found), `${where} ${JSON.stringify(text)}: ${found.stack}`).toBe(true);
    } else expect(text, `seed ${SEED}, ${where}`).toMatch(PLAIN[where]);
    if (!PLAIN.target.test(text)) expect(() => parseProject(text)).toThrow();
    if (!PLAIN.host.test(text)) expect(() => parseHost(text)).toThrow();
  }
  expect(refused).toBeGreaterThan(1500);
  expect(await fs.readdir(folder)).toEqual([]);
});
