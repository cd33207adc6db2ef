import fs from "node:fs/promises";
import { compareTrees, manifestOf, treeId } from "@facsimile/manifest";
import { readTree } from "@facsimile/testing";
import { describe, expect, it } from "vitest";
import { withSharedParents } from "../src/index.ts";
import { deploy, hostsFor, lockOf, login, place, treeOfFiles } from "./world.ts";

const hosts = await hostsFor(["exact", "linked", "shared", "kept", "heal", "bulk", "goes", "turns"]);

it("puts a tree on a host, exactly: bytes, modes, links, empty folders, odd names", async () => {
  const nodes = await treeOfFiles(
    {
      "bin/run": "#!/bin/sh\n",
      "etc/db.conf": "secret:password=hunter2",
      empty: "dir:",
      "bin/also": "link:run",
      "bin/odd": "link:-n a\nb",
      "-dash": "x",
      "new\nline": "y",
      "quo'te\" $(id) `id`;&|": "z",
      "#hash": "1",
      ";semi": "2",
      " blank ": "3",
      "back\\slash\\n": "4",
      "ünï/cødé": "5",
      locked: "dir:",
      "locked/in": "6",
    },
    { "bin/run": 0o755, empty: 0o700, locked: 0o555 },
  );
  const session = await login(hosts, "exact");
  expect((await session.probe(place)).adoption).toBe("fresh");
  const lock = await lockOf(session);
  const staged = await deploy(lock, nodes);
  const home = `${session.userHome}/shop/storefront`;
  expect(await readTree(`${home}/current/`)).toEqual({
    " blank ": "file 644 3",
    "#hash": "file 644 1",
    "-dash": "file 644 x",
    ";semi": "file 644 2",
    "back\\slash\\n": "file 644 4",
    bin: "dir 755",
    "bin/also": "link run",
    "bin/odd": "link -n a\nb",
    "bin/run": "file 755 #!/bin/sh\n",
    empty: "dir 700",
    etc: "dir 755",
    "etc/db.conf": "file 600 password=hunter2",
    locked: "dir 555",
    "locked/in": "file 644 6",
    "new\nline": "file 644 y",
    "quo'te\" $(id) `id`;&|": "file 644 z",
    ünï: "dir 755",
    "ünï/cødé": "file 644 5",
  });
  const manifest = await manifestOf(nodes);
  const dir = treeId(manifest);
  expect(staged).toEqual({ dir, reused: false, linked: 0, sent: 11, sentBytes: 35 });
  const probe = await session.probe(place);
  expect(probe).toMatchObject({ adoption: "ours", snapshot: "same", current: { dir, tree: dir, release: dir } });
  expect(probe.history).toMatchObject([{ run: "run-1", dir }]);
  expect((await session.list(place)).manifest).toEqual(manifest);
  expect(await fs.readlink(`${home}/current`)).toBe(`releases/${dir}`);
});

describe("a second tree", () => {
  it("is linked where it is the same, sent where it is not, and nothing is written through a link", async () => {
    const session = await login(hosts, "linked");
    const lock = await lockOf(session);
    const base = `${session.userHome}/shop/storefront`;
    const same = { "a/same": "1", "a/ b\n": "2", mode: "3", bytes: "4" };
    const first = await deploy(lock, await treeOfFiles(same));
    const second = await deploy(lock, await treeOfFiles({ ...same, bytes: "5", extra: "6" }, { mode: 0o755 }));
    expect(second).toMatchObject({ reused: false, linked: 2, sent: 3, sentBytes: 3 });
    const [before, after] = [`${base}/releases/${first.dir}`, `${base}/releases/${second.dir}`];
    expect(await readTree(before)).toMatchObject({ bytes: "file 644 4", mode: "file 644 3" });
    expect(await readTree(after)).toMatchObject({ bytes: "file 644 5", mode: "file 755 3", extra: "file 644 6" });
    const inode = async (path: string) => (await fs.stat(path)).ino;
    expect(await inode(`${after}/a/same`)).toBe(await inode(`${before}/a/same`));
    expect(await inode(`${after}/mode`)).not.toBe(await inode(`${before}/mode`));
    expect(await session.probe(place)).toMatchObject({ snapshot: "same" });
  });

  it("takes nothing from a running tree that was changed by hand, not even with size and time kept", async () => {
    const session = await login(hosts, "linked");
    const lock = await lockOf(session);
    const base = `${session.userHome}/shop/storefront`;
    await deploy(lock, await treeOfFiles({ conf: "port=80", other: "x" }));
    const { mtime, atime } = await fs.stat(`${base}/current/conf`);
    await fs.writeFile(`${base}/current/conf`, "port=81");
    await fs.utimes(`${base}/current/conf`, atime, mtime);
    expect(await session.probe(place)).toMatchObject({ snapshot: "moved", moved: ["conf"] });
    const next = await deploy(lock, await treeOfFiles({ conf: "port=80", other: "y" }));
    expect(next).toMatchObject({ linked: 0, sent: 2 });
    expect(await fs.readFile(`${base}/current/conf`, "utf8")).toBe("port=80");
  });

  it("leaves the running tree's snapshot true even when it goes no further", async () => {
    const session = await login(hosts, "linked");
    const lock = await lockOf(session);
    await deploy(lock, await treeOfFiles({ same: "1", other: "x" }));
    const nodes = await treeOfFiles({ same: "1", other: "y" });
    const staged = await lock.stage(place, { tree: nodes, manifest: await manifestOf(nodes), run: "abandoned" });
    expect(staged.linked).toBe(1);
    expect(await session.probe(place)).toMatchObject({ snapshot: "same" });
  });

  it("can be told from its manifest even when the snapshot was made to lie", async () => {
    const session = await login(hosts, "linked");
    const lock = await lockOf(session);
    const nodes = await treeOfFiles({ conf: "port=80", "a/b": "x" });
    await deploy(lock, nodes);
    const base = `${session.userHome}/shop`;
    await fs.writeFile(`${base}/storefront/current/conf`, "port=81");
    const snapshot = `{ printf 'snapshot/2\\0'; find . -mindepth 1 -printf '%p\\0%y %m %i %s %T@ %C@ %l\\0'
      printf '\\0'; } > ${base}/.facsimile/storefront/current/snapshot`;
    await lock.runHook(place, { run: snapshot.replace("{", "export LC_ALL=C TZ=UTC0; {"), release: "" });
    expect((await session.probe(place)).snapshot).toBe("same");
    const differences = compareTrees(await manifestOf(nodes), (await session.list(place)).manifest);
    expect(differences).toMatchObject([{ kind: "changed", path: "conf" }]);
    expect(await deploy(lock, nodes, { run: "run-2" })).toMatchObject({ linked: 1, sent: 1 });
    expect((await session.list(place)).manifest).toEqual(await manifestOf(nodes));
  });
});

it("deploys nothing when the same tree is there, and heals one that was damaged beside it", async () => {
  const session = await login(hosts, "heal");
  const lock = await lockOf(session);
  const nodes = await treeOfFiles({ conf: "port=80", "bin/x": "x" });
  const first = await deploy(lock, nodes);
  expect(await deploy(lock, nodes)).toEqual({ dir: first.dir, reused: true, linked: 0, sent: 0, sentBytes: 0 });

  await fs.writeFile(`${session.userHome}/shop/storefront/current/conf`, "port=81");
  const healed = await deploy(lock, nodes, { run: "run-2" });
  expect(healed).toEqual({ dir: `${first.dir}~run-2`, reused: false, linked: 1, sent: 1, sentBytes: 7 });
  expect(await session.probe(place)).toMatchObject({ snapshot: "same", current: { tree: first.dir } });
  expect((await session.list(place)).manifest).toEqual(await manifestOf(nodes));
  expect(await deploy(lock, nodes, { run: "run-3" })).toMatchObject({ dir: healed.dir, reused: true });
});

it("lists what is extra, missing or unreadable, whatever its name", async () => {
  const session = await login(hosts, "heal");
  const lock = await lockOf(session, "run-4");
  await deploy(lock, await treeOfFiles({ "etc/a": "a", b: "b" }), { run: "run-4" });
  const root = `${session.userHome}/shop/storefront/current`;
  await fs.rm(`${root}/b`);
  await fs.writeFile(Buffer.concat([Buffer.from(`${root}/stray`), Buffer.from([0xff, 0x0a])]), "s");
  await fs.symlink("/etc/passwd", `${root}/etc/l`);
  const { entries } = (await session.list(place)).manifest;
  expect(entries.map(({ path, type }) => `${type} ${path}`)).toEqual([
    "dir etc",
    "file etc/a",
    "link etc/l",
    "file stray\\xff\\x0a",
  ]);
});

it("links shared paths in, and watches neither them nor what is mutable", async () => {
  const session = await login(hosts, "shared");
  const lock = await lockOf(session);
  const options = { shared: ["var", "data/up"], ignore: (path: string) => path.endsWith(".log") };
  const nodes = withSharedParents(await treeOfFiles({ app: "1", "logs/old.log": "brought" }), options.shared);
  await deploy(lock, nodes, options);
  const base = `${session.userHome}/shop/storefront`;
  await fs.writeFile(`${base}/current/var/file`, "kept");
  await fs.writeFile(`${base}/current/data/up/file`, "kept too");
  await fs.writeFile(`${base}/current/logs/new.log`, "line");
  expect(await session.probe(place, options)).toMatchObject({ snapshot: "same", moved: [], unlinked: [] });
  expect((await session.list(place, options)).manifest.entries.map(({ path }) => path)).toEqual([
    "app",
    "data",
    "logs",
  ]);

  await deploy(lock, await treeOfFiles({ app: "2", data: "dir:" }), options);
  expect(await readTree(`${base}/shared`)).toMatchObject({
    "var/file": "file 644 kept",
    "data/up/file": "file 644 kept too",
  });
  expect(await fs.readFile(`${base}/current/data/up/file`, "utf8")).toBe("kept too");

  await fs.rm(`${base}/current/var`);
  expect((await session.list(place, options)).unlinked).toEqual(["var"]);
  expect(await session.probe(place, options)).toMatchObject({ unlinked: ["var"], moved: ["var"] });
  const clash = deploy(lock, await treeOfFiles({ "var/x": "1", data: "dir:" }), options);
  await expect(clash).rejects.toMatchObject({
    code: "SHARED_IN_TREE",
    message: "var is shared, yet the release brings var/x",
  });
});

it("keeps what runs, the newest trees before it and what the way back needs, and removes the rest", async () => {
  const session = await login(hosts, "kept");
  const lock = await lockOf(session);
  const dirs: string[] = [];
  for (const version of ["1", "2", "3", "4"]) {
    dirs.push((await deploy(lock, await treeOfFiles({ version, same: "s", locked: "dir:", "locked/x": "x" }, { locked: 0o555 }))).dir); // biome-ignore format: one line
  }
  const probe = await session.probe(place);
  expect([...probe.dirs].sort()).toEqual(dirs.slice(1).sort());
  expect([...probe.records].sort()).toEqual(dirs.slice(1).sort());
  expect(probe).toMatchObject({ snapshot: "same", history: { length: 4 } });
  expect((await session.probe(place, { look: ["last"] })).history).toEqual(probe.history.slice(2));
  expect((await session.readRecord(place, { release: dirs[2] ?? "" }))?.files["manifest"]).toContain("manifest/1");
  expect(await session.readRecord(place, { release: dirs[0] ?? "" })).toBeUndefined();
});

it("removes for a new tree no more than nobody keeps, also where it is never confirmed, and leaves the running one vouched for", async () => {
  const session = await login(hosts, "kept");
  const lock = await lockOf(session);
  const before = await session.probe(place);
  const staged = async (version: string) => {
    const nodes = await treeOfFiles({ version, same: "s" });
    return (await lock.stage(place, { tree: nodes, manifest: await manifestOf(nodes), run: "run-8", keep: 2 })).dir;
  };
  const kept = before.history.slice(-2).map(({ dir }) => dir);
  for (const version of ["staged", "other"]) {
    const dir = await staged(version);
    const { dirs, snapshot, current } = await session.probe(place);
    expect([...dirs].sort()).toEqual([...kept, dir].sort());
    expect({ snapshot, current }).toEqual({ snapshot: "same", current: before.current });
  }
  expect(await fs.readdir(`${session.userHome}/shop/storefront/releases`)).toHaveLength(3);
});

it("switches to a tree and back, and says what was there before", async () => {
  const session = await login(hosts, "kept");
  const lock = await lockOf(session);
  const { current } = await session.probe(place);
  const nodes = await treeOfFiles({ version: "5" });
  const staged = await lock.stage(place, { tree: nodes, manifest: await manifestOf(nodes), run: "run-9" });
  const before = await lock.switch(place, { dir: staged.dir, release: undefined });
  expect(before).toEqual({ dir: current?.dir, release: current?.release });
  expect((await session.probe(place)).current).toEqual({ dir: staged.dir, tree: staged.dir, release: undefined });
  expect(await lock.switch(place, before)).toEqual({ dir: staged.dir, release: undefined });
  expect((await session.probe(place)).current).toEqual(current);
  await expect(lock.switch(place, { dir: "0".repeat(64), release: undefined })).rejects.toMatchObject({
    code: "NOT_STAGED",
  });
  expect(await lock.switch(place, undefined)).toEqual(before);
  expect((await session.probe(place)).current).toBeUndefined();
});

it("copies files from wherever they lie, and refuses what changed since it was hashed", async () => {
  const session = await login(hosts, "bulk");
  const lock = await lockOf(session);
  const nodes = new Map(await treeOfFiles({ a: "1", "deep/b": "2" }));
  const a = nodes.get("a");
  if (a?.type !== "file" || !("file" in a.content)) throw new Error("not a file");
  const linked = `${a.content.file}.link`;
  await fs.symlink(a.content.file, linked);
  nodes.set("elsewhere/x", { ...a, mode: 0o600 });
  nodes.set("b\nb", { ...a, content: { file: linked } });
  await deploy(lock, nodes);
  expect(await readTree(`${session.userHome}/shop/storefront/current/`)).toEqual({
    a: "file 644 1",
    "b\nb": "file 644 1",
    deep: "dir 755",
    "deep/b": "file 644 2",
    elsewhere: "dir 755",
    "elsewhere/x": "file 600 1",
  });
  // The last is as much as is hashed by another tool.
  for (const [name, size] of [
    ["c", 1],
    ["c\r", 1],
    ["c\n", 1],
    ["\\c", 1],
    ["-", 1],
    ["much", 2 ** 24 + 1],
  ] as const) {
    const next = await treeOfFiles({ [name]: "3".repeat(size), good: "5" });
    const manifest = await manifestOf(next);
    const c = next.get(name);
    if (c?.type === "file" && "file" in c.content) await fs.writeFile(c.content.file, "4".repeat(size));
    const changed = lock.stage(place, { tree: next, manifest, run: "run-2" });
    await expect(changed).rejects.toMatchObject({ code: "VERIFY_FAILED", differences: [{ kind: "changed", path: name }] }); // biome-ignore format: one line
  }
});

it("links what stays also where a shared link, a file and a folder go, and brings the record along", async () => {
  const session = await login(hosts, "goes");
  const lock = await lockOf(session);
  const base = `${session.userHome}/shop/storefront`;
  const same = { "a/same": "1", "b/same": "2" };
  await deploy(lock, await treeOfFiles({ ...same, "gone/deep/file": "3", "b/gone": "4", l: "link:gone" }), {
    shared: ["var"],
  });
  const nodes = await treeOfFiles({ ...same, "b/new": "5" });
  const manifest = await manifestOf(nodes);
  const record = { release: treeId(manifest), files: { manifest: "1" } };
  const staged = await lock.stage(place, { tree: nodes, manifest, run: "run-2", record });
  expect(staged).toMatchObject({ reused: false, linked: 2, sent: 1 });
  expect(Object.keys(await readTree(`${base}/releases/${staged.dir}/`))).toEqual(["a", "a/same", "b", "b/new", "b/same"]); // biome-ignore format: one line
  await lock.switch(place, { dir: staged.dir, release: record.release });
  expect(await session.readRecord(place)).toEqual(record);
  expect(await fs.readdir(`${base}/releases`)).toHaveLength(2);
});

it("goes file by file over a folder that becomes a file, and a file that becomes a folder", async () => {
  const session = await login(hosts, "turns");
  const lock = await lockOf(session);
  await deploy(lock, await treeOfFiles({ a: "1", "b/c": "2", d: "link:a", same: "3" }));
  const nodes = await treeOfFiles({ "a/x": "1", b: "2", "d/y": "4", same: "3" });
  expect(await deploy(lock, nodes)).toMatchObject({ linked: 1, sent: 3 });
  expect((await session.list(place)).manifest).toEqual(await manifestOf(nodes));
});
