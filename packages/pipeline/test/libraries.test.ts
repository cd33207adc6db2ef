import fs from "node:fs/promises";
import path from "node:path";
import { manifestOf, type Tree, type TreeNode, treeId } from "@facsimile/manifest";
import { elf, tree } from "@facsimile/testing";
import { connect, type LibraryOffer } from "@facsimile/transport";
import { expect, it, onTestFinished } from "vitest";
import type { Evaluation } from "../src/deploy/evaluate.ts";
import { libraryCheck } from "../src/deploy/plan/libraries.ts";
import { elfReader } from "../src/elf/files.ts";

type Files = Readonly<Record<string, { content: string | Uint8Array; mode?: number } | { link: string }>>;

async function copyOf(files: Files) {
  const root = await tree({}, { onFinished: onTestFinished });
  const nodes: [string, TreeNode][] = [];
  for (const [name, one] of Object.entries(files)) {
    if ("link" in one) nodes.push([name, { type: "link", target: one.link }]);
    else {
      await tree({ [name]: one.content }, { root });
      nodes.push([name, { type: "file", mode: one.mode ?? 0o755, content: { file: path.join(root, name) }, secrets: [] }]); // biome-ignore format: one line
    }
  }
  const nodesByName: Tree = new Map(nodes);
  const manifest = await manifestOf(nodesByName);
  return { root, tree: nodesByName, manifest, treeId: treeId(manifest) };
}

/** The copies of hosts by name, with what the definition says of deploy. */
async function evaluated(hosts: Readonly<Record<string, Files>>, deploy: object = {}): Promise<Evaluation> {
  const copies = await Promise.all(
    Object.entries(hosts).map(async ([host, files]) => ({ host, secrets: [], ...(await copyOf(files)) })),
  );
  const definition = {
    hosts: copies.map(({ host }) => ({ name: host, targets: ["web"] })),
    view: () => ({ home: "shop", deploy }),
  };
  return { copies: [{ project: "shop", hosts: copies }], projects: [{ project: "shop", definition }] } as unknown as Evaluation; // biome-ignore format: one line
}

const NOTHING: LibraryOffer = { system: "Linux", machine: "x86_64", cached: new Map(), listed: new Set(), inFolders: new Set(), paths: new Set() }; // biome-ignore format: one line

async function lacking(files: Files, { offer = NOTHING, deploy = {} }: { offer?: LibraryOffer; deploy?: object } = {}) {
  const check = await libraryCheck(await evaluated({ web1: files }, deploy), {});
  return check?.problemOn({ host: "web1", offer, projects: new Map() })?.message.split("\n") ?? [];
}

const needing = (...needed: string[]) => ({ content: elf({ machine: 62, needed }) });

async function local() {
  const session = await connect({ kind: "local", name: "web1" }, { env: process.env });
  onTestFinished(() => session.close());
  return session;
}

it("finds nothing missing for the programs that this machine runs, and what nobody has", async () => {
  const programs = await Promise.all(["sh", "ls", "git", "ssh", "rsync", "gpg"].map(whereIs));
  const names = [process.execPath, ...programs].map((file) => [path.basename(file), file] as const);
  const files = await Promise.all(names.map(async ([name, file]) => [name, { content: await fs.readFile(file) }] as const)); // biome-ignore format: one line
  const evaluation = await evaluated({ web1: { ...Object.fromEntries(files), odd: { content: elf({ needed: ["libnobody-has.so.9"] }) } } }); // biome-ignore format: one line
  const check = await libraryCheck(evaluation, {});
  const offer = await check?.ask(await local());
  const [host] = evaluation.copies[0]?.hosts ?? [];
  if (host === undefined) throw new Error("no host");
  expect((await elfReader()(host)).map((file) => file.path).sort()).toEqual([...names.map(([name]) => name), "odd"].sort()); // biome-ignore format: one line
  const problem = check?.problemOn({ host: "web1", offer, projects: new Map() });
  expect(problem).toMatchObject({
    code: "LIBRARY_MISSING",
    message: "web1 lacks libnobody-has.so.9, which shop needs for odd",
  });
}, 60_000);

it("names every library once, with the files that need it", async () => {
  const all = { a: needing("libx.so", "liby.so"), b: needing("libx.so"), c: needing("libx.so"), d: needing("libx.so"), "e\x1b": needing("libx.so"), "lib/p.so": { ...needing("libz.so"), mode: 0o644 } }; // biome-ignore format: one line
  expect(await lacking(all)).toEqual([
    "web1 lacks libx.so, which shop needs for a, b, c and 2 more",
    "web1 lacks liby.so, which shop needs for a",
    "web1 lacks libz.so, which shop needs for lib/p.so",
  ]);
  expect(await lacking({ "e\x1b[2J": needing("libx.so") })).toEqual(["web1 lacks libx.so, which shop needs for e\\u001b[2J"]); // biome-ignore format: one line
});

it("counts what the release brings, as a file or a link, wherever it lies", async () => {
  const brought = { "opt/lib/libx.so.1.2": { content: "", mode: 0o644 }, "opt/lib/libx.so.1": { link: "libx.so.1.2" } };
  expect(await lacking({ "bin/app": needing("libx.so.1", "libx.so.2"), ...brought })).toEqual([
    "web1 lacks libx.so.2, which shop needs for bin/app",
  ]);
});

it("leaves alone what the definition lists for the host's targets, by name or as the Python tool had it, by path", async () => {
  const files = { app: needing("libx.so.1", "liby.so.1", "libz.so.1") };
  const deploy = { libcheck_ignorelist: { web: ["libx.so.1", "/usr/lib/liby.so.1"], db: ["libz.so.1"] } };
  expect(await lacking(files, { deploy })).toEqual(["web1 lacks libz.so.1, which shop needs for app"]);
});

it("passes over files for other processors, debug information, files whose search path only a loader knows, and what is neither executable nor a library", async () => {
  const files = {
    arm: { content: elf({ machine: 183, needed: ["libx.so"] }) },
    ".debug/app": needing("libx.so"),
    "app.debug": needing("libx.so"),
    odd: { content: elf({ machine: 62, needed: ["libx.so"], runpath: "$ORIGIN/$LIB" }) },
    data: { ...needing("libx.so"), mode: 0o644 },
  };
  expect(await lacking(files)).toEqual([]);
  expect(await lacking(files, { offer: { ...NOTHING, machine: "aarch64" } })).toHaveLength(1);
  expect(await lacking(files, { offer: { ...NOTHING, system: "FreeBSD", machine: "aarch64" } })).toEqual([]);
});

it("asks nothing of hosts whose copies hold no ELF file, nor when it is told not to", async () => {
  const scripts = { run: { content: "#!/bin/sh\n" }, static: { content: elf() } };
  expect(await libraryCheck(await evaluated({ web1: scripts }), {})).toBeUndefined();
  const both = await evaluated({ web1: scripts, web2: { app: needing("libx.so") } });
  expect(await libraryCheck(both, { skipLibcheck: true })).toBeUndefined();
  const check = await libraryCheck(both, {});
  expect(await check?.ask(await local())).toBeUndefined();
});

it("finds libraries in folders of the host that a file has searched, also beside the releases", async () => {
  const lib = await tree({ "lib/libours.so.1": "" }, { onFinished: onTestFinished });
  const home = (await local()).userHome;
  const up = path.posix.relative(`${home}/shop/shop/releases/x/bin`, `${lib}/lib`);
  for (const runpath of [`${lib}/lib`, `$ORIGIN/${up}`]) {
    const files = { "bin/app": { content: elf({ needed: ["libours.so.1"], runpath }) } };
    const check = await libraryCheck(await evaluated({ web1: files }), {});
    const offer = await check?.ask(await local());
    expect(check?.problemOn({ host: "web1", offer, projects: new Map() })).toBeUndefined();
  }
});

it("says nothing of a tree that the host runs already", async () => {
  const evaluation = await evaluated({ web1: { app: needing("libx.so") } });
  const check = await libraryCheck(evaluation, {});
  const running = (tree: string | undefined) => new Map([["shop", { probe: { current: { tree } } }]]) as never;
  const found = (tree: string | undefined) => check?.problemOn({ host: "web1", offer: NOTHING, projects: running(tree) }); // biome-ignore format: one line
  expect(found(evaluation.copies[0]?.hosts[0]?.treeId)).toBeUndefined();
  expect(found("another")?.code).toBe("LIBRARY_MISSING");
});

it("reads a file once, however many trees hold it", async () => {
  const app = { content: elf({ needed: ["libx.so"] }) };
  const [one, two] = [await copyOf({ app }), await copyOf({ app, other: app })];
  const read = elfReader();
  expect(await read(one)).toHaveLength(1);
  await fs.rm(two.root, { recursive: true });
  expect((await read(two)).map((file) => file.path)).toEqual(["app", "other"]);
});

async function whereIs(name: string): Promise<string> {
  for (const folder of (process.env["PATH"] ?? "").split(":")) {
    const file = await fs.realpath(path.join(folder, name)).catch(() => undefined);
    if (file !== undefined) return file;
  }
  throw new Error(`${name} is not installed`);
}
