import fs from "node:fs/promises";
import { compareTrees, manifestOf } from "@facsimile/manifest";
import { expect, it } from "vitest";
import { deploy, hostsFor, lockOf, login, place, treeOfFiles } from "./world.ts";

const hosts = await hostsFor(["app", "late"]);

it("a program that keeps writing into a file of the old release: mutable files are each release's own, others are one, and verifying finds it", async () => {
  const session = await login(hosts, "app");
  const lock = await lockOf(session);
  const ignore = (path: string) => path === "app.log";
  const first = await treeOfFiles({ data: "same", "app.log": "begin\n", version: "1" });
  const second = await treeOfFiles({ data: "same", "app.log": "begin\n", version: "2" });
  const base = `${session.userHome}/shop/storefront`;
  await deploy(lock, first, { ignore });
  // As a service has them: open, and not by their new path.
  const [log, data] = await Promise.all(["app.log", "data"].map((name) => fs.open(`${base}/current/${name}`, "a")));
  const old = await fs.realpath(`${base}/current`);
  await log?.write("before\n");
  await deploy(lock, second, { ignore, run: "run-2" });
  expect(await fs.readFile(`${base}/current/app.log`, "utf8")).toBe("begin\n");
  await log?.write("after\n");
  expect(await fs.readFile(`${base}/current/app.log`, "utf8")).toBe("begin\n");
  expect(await fs.readFile(`${old}/app.log`, "utf8")).toBe("begin\nbefore\nafter\n");
  const differences = async () => compareTrees(await manifestOf(second), (await session.list(place, { ignore })).manifest).filter(({ path }) => path !== "app.log"); // biome-ignore format: one line
  expect(await differences()).toEqual([]);

  // Not mutable, and the same in both: one file with two names.
  await data?.write("!");
  expect(await fs.readFile(`${base}/current/data`, "utf8")).toBe("same!");
  expect(await fs.readFile(`${old}/data`, "utf8")).toBe("same!");
  expect(await differences()).toMatchObject([{ kind: "changed", path: "data" }]);
  expect(await session.probe(place, { ignore })).toMatchObject({ snapshot: "moved", moved: ["data"] });

  // The next deploy takes nothing from it: whoever still writes there reaches no release that runs.
  await deploy(lock, second, { ignore, run: "run-3" });
  await data?.write("?");
  await Promise.all([log?.close(), data?.close()]);
  expect(await fs.readFile(`${base}/current/data`, "utf8")).toBe("same");
  expect(await differences()).toEqual([]);
});

it("a write in place between staging and switch, of the same size and with its time put back, is found by the next look", async () => {
  const session = await login(hosts, "late");
  const lock = await lockOf(session);
  await deploy(lock, await treeOfFiles({ data: "port=80", version: "1" }));
  const current = `${session.userHome}/shop/storefront/current`;
  const nodes = await treeOfFiles({ data: "port=80", version: "2" });
  const manifest = await manifestOf(nodes);
  const staged = await lock.stage(place, { tree: nodes, manifest, run: "run-2" });
  const { atime, mtime } = await fs.stat(`${current}/data`);
  await fs.writeFile(`${current}/data`, "port=81");
  await fs.utimes(`${current}/data`, atime, mtime);
  await lock.record(place, { release: staged.dir, files: { manifest: "" } });
  await lock.switch(place, { dir: staged.dir, release: staged.dir });
  const entry = {
    release: staged.dir,
    dir: staged.dir,
    version: "2",
    run: "run-2",
    by: "Ann",
    at: "",
    action: "deploy",
  };
  await lock.confirm(place, { entry });
  expect(compareTrees(manifest, (await session.list(place)).manifest)).toMatchObject([
    { kind: "changed", path: "data" },
  ]);
  expect((await session.probe(place)).snapshot).not.toBe("same");
});
