import fs from "node:fs/promises";
import { compareTrees, formatManifest, manifestOf, treeId } from "@facsimile/manifest";
import { readTree, tree } from "@facsimile/testing";
import { expect, it } from "vitest";
import type { Place, Session } from "../src/index.ts";
import { deploy, hostsFor, lockOf, login, treeOfFiles } from "./world.ts";

const hosts = await hostsFor(["put", "kept", "guard", "back", "modes"]);
const place: Place = { home: "shop", instance: "staging", project: "storefront", strategy: "mirror" };

/** A home in which others have their files, without what is known about it. */
async function homeOf(session: Session, files: Parameters<typeof tree>[0] = {}) {
  const home = `${session.userHome}/shop`;
  await fs.rm(home, { recursive: true, force: true });
  await tree(files, { root: home });
  const show = async () => {
    const all = Object.entries(await readTree(home));
    return Object.fromEntries(all.filter(([path]) => path !== ".facsimile" && !path.startsWith(".facsimile/")));
  };
  return { home, show };
}

it("puts a tree into a home beside what lies there: bytes, modes, links, odd names; and takes away what went", async () => {
  const session = await login(hosts, "put");
  const { home, show } = await homeOf(session, { "mine.txt": "mine", "etc/mine": "m" });
  const lock = await lockOf(session);
  expect(await session.probe(place)).toMatchObject({ adoption: "fresh", current: undefined });
  const files = {
    "bin/run": "#!/bin/sh\n",
    "bin/also": "link:run",
    "etc/shop.conf": "secret:s3cret",
    "a\nb": "1",
    "-n": "2",
    "#h": "3",
    "storefront/x": "x",
    "storefront/y z": "y",
    "old/deep/file": "o",
    empty: "dir:",
  };
  const nodes = await treeOfFiles(files, { "bin/run": 0o755, empty: 0o750 });
  const staged = await deploy(lock, nodes, {}, place);
  const id = treeId(await manifestOf(nodes));
  expect(staged).toEqual({ dir: `${id}~run-1`, reused: false, linked: 0, sent: 8, sentBytes: 22 });
  const first = {
    "mine.txt": "file 644 mine",
    etc: "dir 755",
    "etc/mine": "file 644 m",
    bin: "dir 755",
    "bin/run": "file 755 #!/bin/sh\n",
    "bin/also": "link run",
    "etc/shop.conf": "file 600 s3cret",
    "a\nb": "file 644 1",
    "-n": "file 644 2",
    "#h": "file 644 3",
    storefront: "dir 755",
    "storefront/x": "file 644 x",
    "storefront/y z": "file 644 y",
    old: "dir 755",
    "old/deep": "dir 755",
    "old/deep/file": "file 644 o",
    empty: "dir 750",
  };
  expect(await show()).toEqual(first);
  expect(await session.probe(place)).toMatchObject({
    adoption: "ours",
    snapshot: "same",
    current: { tree: id },
    dirs: [],
  });
  expect((await session.list(place)).manifest).toEqual(await manifestOf(nodes));
  expect(await fs.readdir(`${home}/.facsimile/storefront/undo`)).toEqual([]);

  await fs.writeFile(`${home}/storefront/stray`, "s");
  await fs.writeFile(`${home}/old/deep/hers`, "h");
  expect(await session.probe(place)).toMatchObject({ snapshot: "moved", moved: ["storefront", "storefront/stray"] });
  const { "old/deep/file": _, "#h": _h, empty: _e, "bin/also": _l, ...kept } = files;
  const next = await treeOfFiles(
    { ...kept, "bin/also": "now a file", "-n": "dir:", "a\nb": "changed" },
    { "bin/run": 0o755 },
  );
  expect(await deploy(lock, next, { run: "run-2" }, place)).toMatchObject({ linked: 4, sent: 2 });
  const { "#h": _1, "old/deep/file": _2, empty: _3, ...left } = first;
  expect(await show()).toEqual({
    ...left,
    "old/deep/hers": "file 644 h",
    "bin/also": "file 644 now a file",
    "-n": "dir 755",
    "a\nb": "file 644 changed",
  });
  expect((await session.list(place)).manifest).toEqual(await manifestOf(next));
  expect(await session.probe(place)).toMatchObject({ snapshot: "same", history: { length: 2 } });
});

it("sends nothing where nothing differs, heals what was edited with size and time kept, and sees modes and missing files", async () => {
  const session = await login(hosts, "kept");
  const { home, show } = await homeOf(session);
  const lock = await lockOf(session);
  const nodes = await treeOfFiles({ conf: "port=80", "etc/x": "x", "storefront/a": "a" });
  await deploy(lock, nodes, {}, place);
  const before = await show();
  expect(await deploy(lock, nodes, { run: "again" }, place)).toMatchObject({ reused: true, sent: 0 });
  const { atime, mtime } = await fs.stat(`${home}/conf`);
  await fs.writeFile(`${home}/conf`, "port=81");
  await fs.utimes(`${home}/conf`, atime, mtime);
  await fs.chmod(`${home}/etc/x`, 0o600);
  await fs.rm(`${home}/storefront/a`);
  expect(await session.probe(place)).toMatchObject({ snapshot: "moved", moved: ["conf", "etc/x", "storefront", "storefront/a"] }); // biome-ignore format: one line
  const found = compareTrees(await manifestOf(nodes), (await session.list(place)).manifest);
  expect(found.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
    "changed conf",
    "mode etc/x",
    "missing storefront/a",
  ]);
  expect(await deploy(lock, nodes, { run: "heal" }, place)).toMatchObject({ reused: false, linked: 0, sent: 3 });
  expect(await show()).toEqual(before);
  expect(await session.probe(place)).toMatchObject({ snapshot: "same" });
});

it("leaves mutable paths alone, and folders that hold them; puts them where they are missing", async () => {
  const session = await login(hosts, "kept");
  const { home, show } = await homeOf(session);
  const lock = await lockOf(session);
  const options = { ignore: (path: string) => path.endsWith(".log"), shared: ["storefront/var"] };
  await deploy(
    lock,
    await treeOfFiles({ app: "1", "storefront/x": "x", "storefront/first.log": "start" }),
    options,
    place,
  );
  await tree(
    { "storefront/first.log": "more", "storefront/logs/new.log": "line", "storefront/var/up": "u" },
    { root: home },
  );
  // A folder that is new is looked into, and is no difference.
  expect((await session.probe(place, options)).moved).toEqual(["storefront/logs"]);
  expect((await session.list(place, options)).manifest.entries.map(({ path }) => path)).toEqual(["app", "storefront", "storefront/x"]); // biome-ignore format: one line
  await deploy(lock, await treeOfFiles({ app: "2", "storefront/y": "y" }), { ...options, run: "run-2" }, place);
  expect(await show()).toMatchObject({
    app: "file 644 2",
    "storefront/first.log": "file 644 more",
    "storefront/logs/new.log": "file 644 line",
    "storefront/var/up": "file 644 u",
    "storefront/y": "file 644 y",
  });
  expect(await show()).not.toHaveProperty("storefront/x");
  expect(await session.probe(place, options)).toMatchObject({ snapshot: "same" });
});

it("goes back to what was there, byte for byte, with the very same files, links and modes", async () => {
  const session = await login(hosts, "back");
  const { home, show } = await homeOf(session, { mine: "m" });
  const lock = await lockOf(session);
  const first = await treeOfFiles({ "a/b": "1", "a/l": "link:b", same: "s", "closed/in": "c", "gone/x": "g", "storefront/x": "x" }, { closed: 0o555, "a/b": 0o640 }); // biome-ignore format: one line
  await deploy(lock, first, {}, place);
  await fs.writeFile(`${home}/storefront/stray`, "kept by the way back");
  const before = await show();
  const { ino } = await fs.stat(`${home}/a/b`);
  const next = await treeOfFiles({ "a/b": "2", "a/l": "l", same: "s", "closed/other": "c", "new/deep/x": "n", gone: "now a file", "storefront/y": "y" }); // biome-ignore format: one line
  const manifest = await manifestOf(next);
  const staged = await lock.stage(place, { tree: next, manifest, run: "run-2" });
  expect(await show()).toEqual(before);
  await lock.record(place, { release: treeId(manifest), files: { manifest: formatManifest(manifest) } });
  const was = await lock.switch(place, { dir: staged.dir, release: treeId(manifest) });
  expect((await session.probe(place)).current).toMatchObject({ tree: treeId(manifest) });
  expect(await show()).toMatchObject({ "a/b": "file 644 2", gone: "file 644 now a file", closed: "dir 755" });
  await lock.switch(place, was);
  expect(await show()).toEqual(before);
  expect((await fs.stat(`${home}/a/b`)).ino).toBe(ino);
  expect((await session.probe(place)).current?.tree).toBe(treeId(await manifestOf(first)));
});

it("writes through neither links nor hard links, and over nothing that nobody deployed", async () => {
  const session = await login(hosts, "guard");
  const { home, show } = await homeOf(session, { precious: "p", "away/x": "x" });
  const lock = await lockOf(session);
  await fs.symlink("away", `${home}/etc`);
  for (const [files, more, expected] of [
    [{ "etc/x": "new" }, {}, { code: "HOME_REFUSED", message: expect.stringMatching(/shop\/etc: a symbolic link/) }],
    [{ "etc/x": "new" }, { adopt: true }, { code: "HOME_REFUSED" }],
    [
      { precious: "other" },
      {},
      { code: "NOT_ADOPTED", message: expect.stringMatching(/shop\/precious: something else/) },
    ],
    [{ ".facsimile/lock": "x" }, { adopt: true }, { code: "PATH_CLASH" }],
  ] as const) {
    const nodes = await treeOfFiles(files);
    const told = await session.way(place, { manifest: await manifestOf(nodes) });
    expect(told).toContainEqual(expect.objectContaining(expected));
    await expect(deploy(lock, nodes, more, place)).rejects.toMatchObject(expected);
  }
  expect(await show()).toMatchObject({ "away/x": "file 644 x", precious: "file 644 p" });
  await fs.link(`${home}/precious`, `${home}/twin`);
  await deploy(lock, await treeOfFiles({ precious: "other", "storefront/x": "x" }), { adopt: true }, place);
  expect(await show()).toMatchObject({ precious: "file 644 other", twin: "file 644 p" });
  await fs.rename(`${home}/storefront`, `${home}/moved`);
  await fs.symlink("moved", `${home}/storefront`);
  await expect(session.probe(place)).rejects.toMatchObject({ code: "HOME_REFUSED" });
});

it("touches nothing of others where a folder became a link after it was staged, neither on its way nor back", async () => {
  const session = await login(hosts, "guard");
  const { home, show } = await homeOf(session, { "theirs/deep/x": "t", "theirs/deep/gone": "t" });
  const lock = await lockOf(session);
  const [etc, refused] = [`${home}/etc`, { code: "HOST_FAILED", message: expect.stringMatching(/shop\/\S*etc is a symbolic link/) }]; // biome-ignore format: one line
  await deploy(lock, await treeOfFiles({ "etc/deep/x": "1", "etc/deep/gone": "1" }), {}, place);
  const [before, nodes] = [await show(), await treeOfFiles({ "etc/deep/x": "2", "etc/deep/new": "2" })];
  const manifest = await manifestOf(nodes);
  const linked = async <T>(work: () => Promise<T>) => {
    await fs.rename(etc, `${home}/aside`);
    await fs.symlink("theirs", etc);
    await work();
    await fs.rm(etc);
    await fs.rename(`${home}/aside`, etc);
  };
  const stage = (run: string) => lock.stage(place, { tree: nodes, manifest, run });
  const to = ({ dir }: { dir: string }) => lock.switch(place, { dir, release: undefined });
  const first = await stage("run-2");
  await linked(() => expect(to(first)).rejects.toMatchObject(refused));
  expect(await show()).toEqual(before);
  const was = await to(await stage("run-3"));
  await linked(() => expect(lock.switch(place, was)).rejects.toMatchObject(refused));
  expect(await show()).toMatchObject({ "theirs/deep/x": "file 644 t", "theirs/deep/gone": "file 644 t" });
  await lock.switch(place, was);
  expect(await show()).toEqual(before);
});

it("tells beforehand what would refuse it, whatever the names, and nothing of what is as it is to be; and changes nothing", async () => {
  const session = await login(hosts, "guard");
  const files = {
    "-n": "1",
    "a\nb": "2",
    "x y/'q'": "3",
    "same/file": "4",
    "same/link": "link:file",
    new: "5",
    "storefront/mine": "6",
  };
  const { show } = await homeOf(session, { "-n": "other", "a\nb": "other", "x y/'q'": { content: "3", mode: 0o600 }, "same/file": "4", "storefront/mine": "m" }); // biome-ignore format: one line
  await fs.symlink("file", `${session.userHome}/shop/same/link`);
  const [nodes, before] = [await treeOfFiles(files), await show()];
  const manifest = await manifestOf(nodes);
  const [told, ...more] = await session.way(place, { manifest });
  const home = `${session.userHome}/shop`;
  expect(told?.message).toBe(`guard: ${home}/-n, ${home}/a\\nb, ${home}/x y/'q': something else lies there, which facsimile did not put there`); // biome-ignore format: one line
  expect([more, await show()]).toEqual([[], before]);
  const [left] = await session.way(place, { manifest, ignore: (path) => path === "-n" });
  expect(left?.message).toMatch(/^guard: \S+\/a\\nb, /);
  expect(await session.way({ ...place, strategy: "releases" }, { manifest })).toEqual([]);
  expect(await session.way({ ...place, home: "nowhere" }, { manifest })).toEqual([]);
  const many = Object.fromEntries(Array.from({ length: 450 }, (_, n) => [`many/${n}`, `${n}`]));
  await tree(Object.fromEntries(Object.keys(many).map((name) => [name, "other"])), { root: home });
  const [all] = await session.way(place, { manifest: await manifestOf(await treeOfFiles(many)) });
  expect(all?.message).toContain("many/101 and 445 more: something else");
  const lock = await lockOf(session);
  await deploy(lock, nodes, { adopt: true }, place);
  const next = await manifestOf(await treeOfFiles({ ...files, "-n": "changed" }));
  expect(await session.way(place, { manifest: next, last: manifest })).toEqual([]);
});

it("shares a home with another project, and takes none of its paths", async () => {
  const session = await login(hosts, "guard");
  const { show } = await homeOf(session);
  const lock = await lockOf(session);
  const other: Place = { ...place, project: "ledger" };
  await deploy(lock, await treeOfFiles({ "etc/shop": "1", "storefront/x": "x" }), {}, place);
  await deploy(lock, await treeOfFiles({ "etc/ledger": "2", "ledger/x": "x" }), {}, other);
  expect(await session.probe(place)).toMatchObject({ snapshot: "same" });
  const both = await show();
  for (const [files, why] of [
    [{ "etc/shop": "3" }, "etc/shop is of storefront"],
    [{ "storefront/y": "3" }, "storefront/y lies in the folder of storefront"],
    [{ etc: "3" }, "etc is of storefront"],
  ] as const) {
    const nodes = await treeOfFiles(files);
    const refused = deploy(lock, nodes, { adopt: true, run: "r2" }, other);
    const told = await session.way(other, { manifest: await manifestOf(nodes) });
    expect(told).toContainEqual(expect.objectContaining({ code: "PATH_CLASH", message: expect.stringContaining(why) }));
    await expect(refused).rejects.toMatchObject({ code: "PATH_CLASH", message: expect.stringContaining(why) });
  }
  expect(await show()).toEqual(both);
  await deploy(lock, await treeOfFiles({ "ledger/x": "y" }), { run: "r3" }, other);
  const { "etc/ledger": _, ...left } = both;
  expect(await show()).toEqual({ ...left, "ledger/x": "file 644 y" });
});

it("does not turn releases into a mirror, whose cleaning would take what they share, nor back", async () => {
  const session = await login(hosts, "guard");
  await homeOf(session);
  const lock = await lockOf(session);
  const { strategy: _, ...releases } = place;
  await deploy(lock, await treeOfFiles({ a: "1" }), {}, releases);
  await expect(session.probe(place)).rejects.toMatchObject({ code: "STRATEGY_CHANGED" });
  await deploy(lock, await treeOfFiles({ a: "1" }), {}, { ...place, project: "ledger" });
  await expect(session.probe({ ...releases, project: "ledger" })).rejects.toMatchObject({ code: "STRATEGY_CHANGED" });
});
