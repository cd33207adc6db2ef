import fs from "node:fs/promises";
import { manifestOf } from "@facsimile/manifest";
import { readTree } from "@facsimile/testing";
import { expect, it } from "vitest";
import { deploy, hostsFor, lockOf, login, place, treeOfFiles } from "./world.ts";

const hosts = await hostsFor(["foreign"]);

it("takes over nobody's folder and nobody else's copy, unless told to", async () => {
  const session = await login(hosts, "foreign");
  const lock = await lockOf(session);
  const nodes = await treeOfFiles({ a: "1" });
  const base = `${session.userHome}/shop/storefront`;
  await fs.mkdir(base, { recursive: true });
  await fs.writeFile(`${base}/precious`, "mine");
  // Other tools have folders of that name, too.
  await fs.mkdir(`${base}/releases/.1.partial`, { recursive: true });
  const before = await readTree(base);
  expect(await session.probe(place)).toMatchObject({ adoption: "foreign", owner: undefined });
  await expect(deploy(lock, nodes)).rejects.toMatchObject({ code: "NOT_ADOPTED" });
  expect(await readTree(base)).toEqual(before);
  await deploy(lock, nodes, { adopt: true });

  const other = { ...place, instance: "production" };
  expect(await session.probe(other)).toMatchObject({ adoption: "foreign", owner: { instance: "staging", project: "storefront" } }); // biome-ignore format: one line
  const stolen = lock.stage(other, { tree: nodes, manifest: await manifestOf(nodes), run: "run-2" });
  await expect(stolen).rejects.toMatchObject({ code: "NOT_ADOPTED", message: expect.stringContaining("belongs to storefront of staging") }); // biome-ignore format: one line
  await expect(lock.claim(other, {})).rejects.toMatchObject({ code: "NOT_ADOPTED" });
  await lock.claim(other, { adopt: true });
  await lock.claim(other, {});
  expect(await session.probe(other)).toMatchObject({ adoption: "ours" });
});

it("refuses homes that are no place for copies", async () => {
  const session = await login(hosts, "foreign");
  const home = session.userHome;
  await fs.mkdir(`${home}/real`);
  await fs.symlink("real", `${home}/link`);
  await fs.writeFile(`${home}/file`, "");
  for (const bad of ["link/shop", "link", home, "file/shop"]) {
    await expect(session.probe({ ...place, home: bad }), bad).rejects.toMatchObject({ code: "HOME_REFUSED" });
    await expect(session.lock({ home: bad, owner: "Ann", run: "r" }), bad).rejects.toMatchObject({
      code: "HOME_REFUSED",
    });
  }
  for (const bad of [
    "/",
    "/srv",
    "/etc",
    "/usr",
    "/var",
    "/home",
    "/root",
    "/root/",
    "",
    ".",
    "../x",
    "a//b",
    "a b",
    "$HOME",
    "~",
    "a;b",
    "a\nb",
  ]) {
    await expect(session.probe({ ...place, home: bad }), bad).rejects.toMatchObject({ code: "BAD_HOME" });
  }
  await fs.symlink("/tmp", `${home}/real/storefront`);
  await expect(session.probe({ ...place, home: "real" })).rejects.toMatchObject({ code: "HOME_REFUSED" });
});
