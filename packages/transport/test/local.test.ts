import { execFileSync } from "node:child_process";
import fsSync from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { compareTrees, formatManifest, manifestOf, treeId } from "@facsimile/manifest";
import { readTree, tree } from "@facsimile/testing";
import { expect, it, onTestFinished } from "vitest";
import { connect, type RunOutput, type Session } from "../src/index.ts";
import { deploy, treeOfFiles } from "./world.ts";

/** A machine that has neither ssh nor rsync; with BusyBox, also none of the GNU tools. */
async function machine(tools: "gnu" | "busybox"): Promise<{ env: Record<string, string>; home: string }> {
  const home = await tree({}, { onFinished: onTestFinished });
  const bin = `${home}/bin`;
  const names = "sh cat cp mv ln rm mkdir rmdir ls find xargs tar stat readlink dd head tail cmp grep df date id uname tr wc chmod sleep kill sha256sum setsid mktemp mkfifo seq"; // biome-ignore format: one line
  for (const name of names.split(" ")) {
    const found = tools === "busybox" ? "/usr/bin/busybox" : await firstOf([`/usr/bin/${name}`, `/bin/${name}`]);
    if (found !== undefined) await tree({ [name]: { link: found } }, { root: bin });
  }
  await tree({ "shop/.keep": "" }, { root: home });
  return { env: { PATH: bin, HOME: home }, home };
}

async function firstOf(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) if (await fs.stat(file).then(() => true, () => false)) return file; // biome-ignore format: one line
  return undefined;
}

async function open(env: Record<string, string>): Promise<Session> {
  const session = await connect({ kind: "local", name: "local" }, { env });
  onTestFinished(() => session.close());
  return session;
}

it.each(["gnu", "busybox"] as const)(
  "deploys, links, finds a hand edit and heals it, with %s tools and neither ssh nor rsync",
  async (tools) => {
    const { env, home } = await machine(tools);
    const session = await open(env);
    expect(session).toMatchObject({ userHome: home, noisy: false });
    expect((await session.facts()).rsync).toBeUndefined();
    expect(await session.preflight()).toEqual([]);
    const lock = await session.lock({ home: "shop", owner: "Ann", run: "r" });
    const files = {
      "bin/run": "#!/bin/sh\n",
      "a\nb": "1",
      "-n": "2",
      conf: "secret:s3cret",
      l: "link:bin/run",
      "back\\slash": "3",
      cr: "4",
    };
    const first = await treeOfFiles(files, { "bin/run": 0o755 });
    await deploy(lock, first);
    const place = { home: "shop", instance: "staging", project: "storefront" };
    expect((await session.list(place)).manifest).toEqual(await manifestOf(first));
    expect((await session.probe(place)).snapshot).toBe("same");

    const second = await treeOfFiles({ ...files, "-n": "changed" }, { "bin/run": 0o755 });
    expect(await deploy(lock, second)).toMatchObject({ linked: 5, sent: 1 });
    expect((await session.probe(place)).snapshot).toBe("same");

    const edited = `${home}/shop/storefront/current/conf`;
    const { atime, mtime } = await fs.stat(edited);
    await fs.writeFile(edited, "S3cret");
    await fs.utimes(edited, atime, mtime);
    expect(await session.probe(place)).toMatchObject({ snapshot: "moved", moved: ["conf"] });
    await deploy(lock, second, { run: "heal" });
    expect(await readTree(`${home}/shop/storefront/current/`)).toMatchObject({
      conf: "file 600 s3cret",
      "-n": "file 644 changed",
    });
    expect(await lock.runHook(place, { run: "cat conf; sleep 100 &", release: "" })).toMatchObject({
      exitCode: 0,
      output: "s3cret",
    });
    expect((await session.probe(place)).freeBytes).toBeGreaterThan(1000);
    await lock.unlock();
  },
);

it.each(["gnu", "busybox"] as const)("tells with %s tools what lies in the way of a mirror", async (tools) => {
  const { env, home } = await machine(tools);
  const session = await open(env);
  await tree(
    { "a\nb": "other", "-n": "2", away: "dir:", "back\\slash": "other", l: { link: "x" } },
    { root: `${home}/shop` },
  );
  await fs.symlink("away", `${home}/shop/etc`);
  const files = { "a\nb": "1", "-n": "2", "back\\slash": "3", l: "link:x", "etc/x": "4" };
  const place = { home: "shop", instance: "staging", project: "storefront", strategy: "mirror" } as const;
  const told = await session.way(place, { manifest: await manifestOf(await treeOfFiles(files)) });
  expect(told.map(({ code, message }) => [code, message.replaceAll(home, "")])).toEqual([
    ["HOME_REFUSED", expect.stringMatching(/^local: \/shop\/etc: a symbolic link/)],
    ["NOT_ADOPTED", expect.stringMatching(/^local: \/shop\/a\\nb, \/shop\/back\\\\slash: something else/)],
  ]);
});

it.each(["gnu", "busybox"] as const)("runs commands with %s tools, and ends them in time", async (tools) => {
  const { env } = await machine(tools);
  const session = await open(env);
  const said = { stdout: "", stderr: "" };
  const onOutput = ({ stream, bytes }: RunOutput) => void (said[stream] += bytes.toString());
  const run = "seq 200000; echo late >&2; pwd; exit 3";
  expect(await session.run({ run, instance: "dev", home: "shop", onOutput })).toEqual({ exitCode: 3, timedOut: false });
  expect(said.stdout.split("\n").slice(199_998)).toEqual(["199999", "200000", `${env["HOME"]}/shop`, ""]);
  expect(said.stderr).toBe("late\n");
  const began = performance.now();
  const endless = await session.run({ run: ["sleep", "300"], instance: "dev", timeout: 0.5, onOutput });
  expect(endless).toEqual({ exitCode: 124, timedOut: true });
  expect(performance.now() - began).toBeLessThan(5000);
});

it("ends a command with an aborted session, and keeps none of its output", async () => {
  const { env } = await machine("gnu");
  const stop = new AbortController();
  const session = await connect({ kind: "local", name: "local" }, { env, signal: stop.signal });
  let folder = "";
  const onOutput = ({ bytes }: RunOutput) => {
    folder = path.dirname(bytes.toString());
    stop.abort(new Error("enough"));
  };
  const run = "readlink /proc/$$/fd/1; sleep 300; true";
  await expect(session.run({ run, instance: "dev", onOutput })).rejects.toThrow("enough");
  await session.close();
  expect(folder).toMatch(/^\/dev\/shm\/facs\./);
  await expect(fs.access(folder)).rejects.toMatchObject({ code: "ENOENT" });
});

it.each(["gnu", "busybox"] as const)(
  "hashes only what moved, whatever its name, and finds what differs, with %s tools",
  async (tools) => {
    const { env, home } = await machine(tools);
    const bin = env["PATH"] ?? "";
    await fs.rename(`${bin}/sha256sum`, `${bin}/sums`);
    if (tools === "busybox") await fs.rm(`${bin}/sums`);
    const real = tools === "busybox" ? "/usr/bin/busybox sha256sum" : "sums";
    await tree({ sha256sum: { content: `#!/bin/sh\nprintf '%s\\n' "$@" >> "$HOME/hashed"\nexec ${real} "$@"\n`, mode: 0o755 } }, { root: bin }); // biome-ignore format: one line
    const session = await open(env);
    const lock = await session.lock({ home: "shop", owner: "Ann", run: "r" });
    const names = ["a\nb", "-n", "x y", "$(touch canary)", "still", "d/gone", "pipe", "link", "mode"];
    const nodes = await treeOfFiles(Object.fromEntries(names.map((name) => [name, "1"])));
    await deploy(lock, nodes);
    await lock.unlock();
    const place = { home: "shop", instance: "staging", project: "storefront" };
    const current = `${home}/shop/storefront/current`;
    for (const name of names.slice(0, 4)) {
      const { atime, mtime } = await fs.stat(`${current}/${name}`);
      await fs.writeFile(`${current}/${name}`, "2");
      await fs.utimes(`${current}/${name}`, atime, mtime);
    }
    await fs.chmod(`${current}/mode`, 0o666);
    for (const name of ["d/gone", "pipe", "link"]) await fs.rm(`${current}/${name}`);
    execFileSync("mkfifo", [`${current}/pipe`]);
    await fs.symlink("still", `${current}/link`);
    await fs.writeFile(`${current}/extra`, "");
    await fs.rm(`${home}/hashed`);

    const manifest = await manifestOf(nodes);
    const { snapshot, moved } = await session.probe(place, { look: ["drift"] });
    expect(snapshot).toBe("moved");
    const found = await session.list(place, { moved: { paths: moved, manifest } });
    expect(compareTrees(manifest, found.manifest).map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      "changed $(touch canary)",
      "changed -n",
      "changed a\nb",
      "missing d/gone",
      "extra extra",
      "type link",
      "mode mode",
      "changed pipe",
      "changed x y",
    ]);
    expect((await fs.readFile(`${home}/hashed`, "utf8")).trimEnd().split("\n").sort()).toEqual(
      ["./$(touch canary)", "./-n", "./a", "./mode", "./x y", "b"].sort(),
    );
    expect(await fs.readdir(current)).not.toContain("canary");
  },
);

it("sees a folder's mode also where something moved in it that nobody watches", async () => {
  const { env, home } = await machine("gnu");
  const session = await open(env);
  const lock = await session.lock({ home: "shop", owner: "Ann", run: "r" });
  const ignore = (path: string) => path === "var/log";
  await deploy(lock, await treeOfFiles({ "var/a": "1" }), { ignore });
  const [place, folder] = [{ home: "shop", instance: "staging", project: "storefront" }, `${home}/shop/storefront/current/var`]; // biome-ignore format: one line
  await fs.writeFile(`${folder}/log`, "1");
  expect(await session.probe(place, { ignore })).toMatchObject({ snapshot: "same", moved: [] });
  await fs.chmod(folder, 0o777);
  expect(await session.probe(place, { ignore })).toMatchObject({ snapshot: "moved", moved: ["var"] });
  await lock.unlock();
});

it.each(["gnu", "busybox"] as const)(
  "puts a mirror into a home, finds a hand edit, heals it and goes back, with %s tools and neither ssh nor rsync",
  async (tools) => {
    const { env, home } = await machine(tools);
    const session = await open(env);
    const lock = await session.lock({ home: "shop", owner: "Ann", run: "r" });
    const place = { home: "shop", instance: "staging", project: "storefront", strategy: "mirror" } as const;
    const files = { "bin/run": "1", "a\nb": "2", "-n": "3", l: "link:bin/run", "storefront/x y": "4", old: "5" };
    const first = await treeOfFiles(files, { "bin/run": 0o755 });
    await deploy(lock, first, {}, place);
    expect((await session.list(place)).manifest).toEqual(await manifestOf(first));
    expect((await session.probe(place)).snapshot).toBe("same");
    const edited = `${home}/shop/bin/run`;
    const { atime, mtime } = await fs.stat(edited);
    await fs.writeFile(edited, "X");
    await fs.utimes(edited, atime, mtime);
    await fs.writeFile(`${home}/shop/storefront/stray`, "");
    expect((await session.probe(place)).moved).toEqual(expect.arrayContaining(["bin/run", "storefront/stray"]));
    await deploy(lock, first, { run: "heal" }, place);
    const healed = await readTree(`${home}/shop`);
    expect(healed).toMatchObject({ ".keep": "file 644 ", "bin/run": "file 755 1", l: "link bin/run" });
    expect(healed).not.toHaveProperty("storefront/stray");

    const next = await treeOfFiles({ "bin/run": "dir:", "a\nb": "changed", l: "a file", "new/x": "n" });
    const manifest = await manifestOf(next);
    const { dir } = await lock.stage(place, { tree: next, manifest, run: "r2" });
    await lock.record(place, { release: treeId(manifest), files: { manifest: formatManifest(manifest) } });
    const before = await lock.switch(place, { dir, release: treeId(manifest) });
    expect(await readTree(`${home}/shop`)).toMatchObject({ "bin/run": "dir 755", "a\nb": "file 644 changed", l: "file 644 a file" }); // biome-ignore format: one line
    await lock.switch(place, before);
    expect((await session.list(place)).manifest).toEqual(await manifestOf(first));
    expect(await lock.runHook(place, { run: "pwd", release: "" })).toMatchObject({ output: `${home}/shop\n` });
    await lock.unlock();
  },
);

it("tells what a host lacks", async () => {
  const { env } = await machine("gnu");
  await fs.rm(`${env["PATH"]}/sha256sum`);
  await expect(open(env)).rejects.toMatchObject({ code: "HOST_UNSUITABLE", message: "local: it has no sha256sum" });
});

it("says that there is no room before it writes, and after", async () => {
  const { env, home } = await machine("gnu");
  await fs.rm(`${env["PATH"]}/df`);
  await tree({ df: { content: "#!/bin/sh\necho 'Filesystem 1024-blocks Used Available Capacity Mounted on'\necho 'a b 100 99 1 99% /mnt/c d'\n", mode: 0o755 } }, { root: env["PATH"] ?? "" }); // biome-ignore format: one line
  // Not GNU's: it knows nothing of file systems.
  await fs.rm(`${env["PATH"]}/stat`);
  const session = await open(env);
  const lock = await session.lock({ home: "shop", owner: "Ann", run: "r" });
  const refused = deploy(lock, await treeOfFiles({ a: "x".repeat(5000) }));
  await expect(refused).rejects.toMatchObject({
    code: "NO_SPACE",
    message: `local: 1.0 kB are free for ${home}/shop/storefront, 10.0 kB are needed`,
  });
  expect(await fs.readdir(`${home}/shop`)).toEqual([".facsimile", ".keep"]);
});

it("keeps its lease up while a host is busy for longer than the lease", async () => {
  const { env, home } = await machine("gnu");
  await fs.rename(`${env["PATH"]}/sha256sum`, `${env["PATH"]}/sums`);
  await tree(
    { sha256sum: { content: '#!/bin/sh\nsleep 5\nexec sums "$@"\n', mode: 0o755 } },
    { root: env["PATH"] ?? "" },
  );
  const [ann, bob] = [await open(env), await open(env)];
  const lock = await ann.lock({ home: "shop", owner: "Ann", run: "r", lease: 2 });
  const staging = deploy(lock, await treeOfFiles({ a: "1" }));
  for (let second = 0; second < 4; second++) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await expect(bob.lock({ home: "shop", owner: "Bob", run: "b" })).rejects.toMatchObject({ code: "LOCK_HELD" });
  }
  expect(await staging).toMatchObject({ sent: 1 });
  expect(await fs.readFile(`${home}/shop/storefront/current/a`, "utf8")).toBe("1");
});

it.each([
  { line: "a slow line", pause: "sleep 0.3", free: false },
  { line: "a line that died without a word", pause: "sleep 30", free: true },
])("$line: its lease is kept up only while something arrives", async ({ pause, free }) => {
  const { env } = await machine("gnu");
  await fs.rename(`${env["PATH"]}/tar`, `${env["PATH"]}/gtar`);
  const slow = `#!/bin/sh\n{ for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do head -c 100000; ${pause}; done; cat; } | exec gtar "$@"\n`;
  await tree({ tar: { content: slow, mode: 0o755 } }, { root: env["PATH"] ?? "" });
  const [ann, bob] = [await open(env), await open(env)];
  const lock = await ann.lock({ home: "shop", owner: "Ann", run: "r", lease: 3 });
  const staging = deploy(lock, await treeOfFiles({ a: "1".repeat(3_000_000) }));
  staging.catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const ask = () => bob.lock({ home: "shop", owner: "Bob", run: "b" });
  // How soon depends on when the host saw the last bytes arrive.
  if (free) await expect.poll(ask, { timeout: 20_000, interval: 500 }).toBeDefined();
  else await expect(ask()).rejects.toMatchObject({ code: "LOCK_HELD" });
  if (!free) expect(await staging).toMatchObject({ sent: 1 });
});

it("sends what cannot be linked, as a file of another owner", async () => {
  const { env, home } = await machine("gnu");
  await fs.rm(`${env["PATH"]}/cp`);
  const refusing = `#!/bin/sh\n[ "$1" = --version ] || { echo "cp: cannot create hard link: Operation not permitted" >&2; exit 1; }\n`;
  await tree({ cp: { content: refusing, mode: 0o755 } }, { root: env["PATH"] ?? "" });
  const session = await open(env);
  const lock = await session.lock({ home: "shop", owner: "Ann", run: "r" });
  await deploy(lock, await treeOfFiles({ a: "1", b: "2" }));
  expect(await deploy(lock, await treeOfFiles({ a: "1", b: "3" }), { run: "run-2" })).toMatchObject({ linked: 0, sent: 2 }); // biome-ignore format: one line
  expect(await readTree(`${home}/shop/storefront/current/`)).toEqual({ a: "file 644 1", b: "file 644 3" });
});

it("what is edited while a release arrives, of the same size and with its time put back, is not taken for what it was", async () => {
  const { env, home } = await machine("gnu");
  const place = { home: "shop", instance: "staging", project: "storefront" };
  const session = await open(env);
  const lock = await session.lock({ home: "shop", owner: "Ann", run: "r" });
  await deploy(lock, await treeOfFiles({ same: "1234", changed: "a" }));
  const file = `${home}/shop/storefront/current/same`;
  const { atime, mtime } = await fs.stat(file);
  let edited = false;
  const next = await treeOfFiles({ same: "1234", changed: "b" });
  const node = next.get("changed");
  if (node?.type !== "file") throw new Error("not a file");
  // Asked for its bytes when they are sent.
  const content = {
    get bytes() {
      if (!edited) {
        fsSync.writeFileSync(file, "1x34");
        fsSync.utimesSync(file, atime, mtime);
      }
      edited = true;
      return Buffer.from("b");
    },
  };
  const manifest = await manifestOf(next);
  const staged = await lock.stage(place, {
    tree: new Map([...next, ["changed", { ...node, content }]]),
    manifest,
    run: "run-2",
  });
  expect([edited, staged.linked]).toEqual([true, 0]);
  await lock.switch(place, { dir: staged.dir, release: undefined });
  expect((await session.list(place)).manifest).toEqual(manifest);
});
