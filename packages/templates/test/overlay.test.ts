import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { landing, readOverlay, type Tree } from "../src/index.ts";
import { failures, layer, renderer, shown } from "./world.ts";

const run = promisify(execFile);

describe("readOverlay", () => {
  it("lets the later layer win path by path, and remembers what it hides", async () => {
    const all = await layer({ a: "all", "etc/b": "all", "etc/c": "all" }, "tmpl/_ALL_");
    const dev = await layer({ "etc/b": "dev", d: "dev" }, "tmpl/dev");
    const dev0 = await layer({ "etc/b": "dev0" }, "tmpl/dev.dev0");
    const { entries } = await readOverlay([all, dev, { name: "tmpl/none", dir: "/no/such/folder" }, dev0]);
    expect([...entries.values()].map(({ name, shadows }) => [name, ...shadows].join(" > "))).toEqual([
      "tmpl/_ALL_/a",
      "tmpl/dev/d",
      "tmpl/dev.dev0/etc",
      "tmpl/dev.dev0/etc/b > tmpl/dev/etc/b > tmpl/_ALL_/etc/b",
      "tmpl/_ALL_/etc/c",
    ]);
  });

  it("lets a file hide a folder with all that it holds, and a folder a file", async () => {
    const weak = await layer({ "x/one": "", "x/deep/two": "", y: "" }, "weak");
    const strong = await layer({ x: "", "y/three": "" }, "strong");
    const { entries } = await readOverlay([weak, strong]);
    expect([...entries.keys()]).toEqual(["x", "y", "y/three"]);
    expect([...entries.values()].map(({ shadows }) => shadows)).toEqual([["weak/x"], ["weak/y"], []]);
  });

  it("leaves out what a layer skips", async () => {
    const one = await layer({ "nope/deep/y": "", "keep/x": "", "back~": "" });
    const two = await layer({ "two~": "" });
    const skip = (path: string) => path.endsWith("~") || path === "nope";
    const { entries } = await readOverlay([{ ...one, skip }, two]);
    expect([...entries.keys()]).toEqual(["keep", "keep/x", "two~"]);
  });

  it("names the targets that it has files for", async () => {
    const { targets } = await readOverlay([
      await layer({ "_TARGET_/web/a": "", "_TARGET_/db/a": "", "_TARGET_/db/b": "" }),
    ]);
    expect(targets).toEqual(["db", "web"]);
  });

  it("refuses links that lead out of the tree, all of them, by name", async () => {
    const links = {
      "_DEPLOY_/a": { link: "/etc/passwd" },
      "_DEPLOY_/etc/b": { link: "../../x" },
      "_TARGET_/web/c": { link: "../x" },
      "_DEPLOY_/etc/d": { link: "sub/../../../x" },
      "_DEPLOY_/etc/sub": { link: "../bin" },
      "_DEPLOY_/etc/e": { link: ".." },
      free: { link: "../x" },
    };
    expect(await failures(layer(links).then((one) => readOverlay([one])))).toEqual([
      'TEMPLATE_LINK_OUTSIDE tmpl/_DEPLOY_/a is a link to "/etc/passwd", an absolute path, outside of the tree',
      'TEMPLATE_LINK_OUTSIDE tmpl/_DEPLOY_/etc/b is a link to "../../x", outside of the tree',
      'TEMPLATE_LINK_OUTSIDE tmpl/_DEPLOY_/etc/d is a link to "sub/../../../x", which goes up again by ".." and may leave the tree',
      'TEMPLATE_LINK_OUTSIDE tmpl/_TARGET_/web/c is a link to "../x", outside of the tree',
      'TEMPLATE_LINK_OUTSIDE tmpl/free is a link to "../x", outside of the tree',
    ].sort(compareCodeAndName)); // biome-ignore format: a list
  });

  it("refuses what it cannot carry", async () => {
    const one = await layer({ "_TARGET_/file": "", _HOST_: "" });
    await run("mkfifo", [`${one.dir}/pipe`]);
    expect(await failures(readOverlay([one]))).toEqual([
      "TEMPLATE_UNREADABLE tmpl/pipe is neither a file, a folder nor a link",
      "TEMPLATE_PLACE tmpl/_HOST_ is a file where a folder is expected: it lands nowhere",
      "TEMPLATE_PLACE tmpl/_TARGET_/file is a file where a folder is expected: it lands nowhere",
    ]);
    const other = await layer({});
    await fs.writeFile(Buffer.concat([Buffer.from(`${other.dir}/`), Buffer.from([0xff])]), "");
    expect((await failures(readOverlay([other])))[0]).toContain("a name that is not in UTF-8");
  });
});

it("tells where a path lands", () => {
  expect(landing("_DEPLOY_/etc/a")).toEqual({ on: "deploy", path: "etc/a" });
  expect(landing("_TARGET_/web/etc/a")).toEqual({ on: "target", name: "web", path: "etc/a" });
  expect(landing("_HOST_/etc/a")).toEqual({ on: "host", path: "etc/a" });
  expect(landing("_LIB_/a")).toEqual({ on: "library", path: "a" });
  expect(landing("init.sql")).toEqual({ on: "demand", path: "init.sql" });
  expect(landing("constructor/a")).toEqual({ on: "demand", path: "constructor/a" });
});

describe("a tree", () => {
  it("keeps modes, binary files, empty ones, CRLF, names that begin with a dot, empty folders and links", async () => {
    const binary = Uint8Array.from([0xff, 0xfe, 0, 0x7b, 0x7b]);
    const { tree } = await renderer({
      "_DEPLOY_/run.sh": { content: "#!/bin/sh\n{{ 1 }}\n", mode: 0o755 },
      "_DEPLOY_/secret": { content: "x", mode: 0o640 },
      "_DEPLOY_/binary": binary,
      "_DEPLOY_/latin": Buffer.from("{{ caf\xe9 }}", "latin1"),
      "_DEPLOY_/nul": "{{ a }}\0",
      "_DEPLOY_/empty": "",
      "_DEPLOY_/crlf": "a\r\n{{ 1 }}\r\n",
      "_DEPLOY_/.dot": ".css { color: red }\n",
      "_DEPLOY_/var/empty": { dir: 0o750 },
      "_DEPLOY_/link": { link: "var/empty" },
    });
    const nodes = await tree({ context: {}, targets: [] });
    expect(modes(nodes)).toMatchObject({ "run.sh": 0o755, secret: 0o640, "var/empty": 0o750 });
    expect(await shown(nodes)).toMatchObject({
      "run.sh": "#!/bin/sh\n1\n",
      nul: "{{ a }}\0",
      empty: "",
      crlf: "a\r\n1\r\n",
      ".dot": ".css { color: red }\n",
      "var/empty": "dir",
      link: "-> var/empty",
    });
    const copied = [...nodes]
      .filter(([, node]) => node.type === "file" && "file" in node.content)
      .map(([path]) => path);
    expect(copied).toEqual([".dot", "binary", "empty", "latin", "nul", "secret"]);
  });

  it("is what all hosts get, over it the host's targets, over that the host itself", async () => {
    const { tree } = await renderer({
      "_DEPLOY_/a": "deploy",
      "_DEPLOY_/b": "deploy",
      "_DEPLOY_/c": "deploy",
      "_TARGET_/web/b": "{{ target }}",
      "_TARGET_/web/c": "{{ target }}",
      "_TARGET_/db/d": "{{ target }}",
      "_HOST_/c": "{{ host.name }} {{ targets | join }}",
      "_LIB_/e": "library",
      "init.sql": "{{ on demand }}",
    });
    const targets = ["web"];
    const nodes = await tree({ context: { targets }, targets, hostContext: { host: { name: "web1.eu" } } });
    expect(await shown(nodes)).toEqual({ a: "deploy", b: "web", c: "web1.eu web" });
    const other = await tree({ context: { targets: [] }, targets: ["db"], hostContext: { host: { name: "db1" } } });
    expect(await shown(other)).toEqual({ a: "deploy", b: "deploy", c: "db1 ", d: "db" });
  });

  it("refuses a path that two targets of one host give differently, and takes what they give alike", async () => {
    const { tree } = await renderer({
      "_TARGET_/web/etc/same": "{{ 1 }}",
      "_TARGET_/db/etc/same": "1",
      "_TARGET_/web/etc/x": "{{ target }}",
      "_TARGET_/db/etc/x": "{{ target }}",
      "_TARGET_/web/mode": { content: "", mode: 0o755 },
      "_TARGET_/db/mode": { content: "", mode: 0o644 },
      "_TARGET_/web/kind": "",
      "_TARGET_/db/kind/file": "",
    });
    expect(Object.keys(await shown(await tree({ context: {}, targets: ["web"] })))).toContain("etc/x");
    expect(await failures(tree({ context: {}, targets: ["web", "db"] }))).toEqual([
      "TEMPLATE_CONFLICT etc/x is given in two ways: by tmpl/_TARGET_/web/etc/x and by tmpl/_TARGET_/db/etc/x",
      "TEMPLATE_CONFLICT kind is given in two ways: by tmpl/_TARGET_/web/kind and by tmpl/_TARGET_/db/kind",
      "TEMPLATE_CONFLICT mode is given in two ways: by tmpl/_TARGET_/web/mode and by tmpl/_TARGET_/db/mode",
    ]);
  });

  it("renders a file once for all hosts that share a context, and once per target", async () => {
    const counts: Record<string, number> = {};
    const context = { count: () => (counts["deploy"] = (counts["deploy"] ?? 0) + 1), web: () => (counts["web"] = (counts["web"] ?? 0) + 1) }; // biome-ignore format: one line
    const { tree } = await renderer({
      "_DEPLOY_/a": "{{ count }}",
      "_TARGET_/web/b": "{{ web }}",
      "_HOST_/c": "{{ host.name }}",
    });
    const nodes = await Promise.all(
      ["h1", "h2", "h3"].map((host, index) =>
        tree({ context, targets: index === 0 ? [] : ["web"], hostContext: { host: { name: host } } }),
      ),
    );
    expect(counts).toEqual({ deploy: 1, web: 1 });
    expect((await Promise.all(nodes.map(shown))).map(({ c }) => c)).toEqual(["h1", "h2", "h3"]);
    await tree({ context: { ...context }, targets: [], hostContext: { host: { name: "h4" } } });
    expect(counts).toEqual({ deploy: 2, web: 1 });
  });

  it("copies everything in a plain overlay, by the same rules of landing", async () => {
    const { tree } = await renderer({ "_DEPLOY_/a": "{{ a }}", "_TARGET_/web/b": "{% b", "c/d": "" }, { plain: true });
    const nodes = await tree({ context: {}, targets: ["web"] });
    expect(await shown(nodes)).toEqual({ a: "{{ a }}", b: "{% b" });
  });
});

describe("a file asked for", () => {
  it("may be any of the overlay", async () => {
    const { file } = await renderer({
      "init.sql": "CREATE ROLE {{ name | sql_id }};\n",
      "_TARGET_/web/a": "{{ target }}",
      "_HOST_/b": "{{ host.name }}",
    });
    const context = { name: "a" };
    const nodes = [
      await file("init.sql", { context }),
      await file("_TARGET_/web/a", { context }),
      await file("_HOST_/b", { context, hostContext: { host: { name: "h" } } }),
    ];
    expect(Object.values(await shown(new Map(nodes.map((node, i) => [`${i}`, node]))))).toEqual([
      'CREATE ROLE "a";\n',
      "web",
      "h",
    ]);
  });

  it("must be there", async () => {
    const { file } = await renderer({ "init.sql": "", "_DEPLOY_/etc/app.ini": "" });
    await expect(file("int.sql", { context: {} })).rejects.toMatchObject({
      code: "TEMPLATE_NOT_FOUND",
      hint: "Did you mean init.sql?",
    });
    await expect(file("etc/app.ini", { context: {} })).rejects.toMatchObject({
      hint: "Did you mean _DEPLOY_/etc/app.ini?",
    });
  });
});

function modes(tree: Tree): Record<string, number> {
  return Object.fromEntries([...tree].flatMap(([path, node]) => (node.type === "link" ? [] : [[path, node.mode]])));
}

function compareCodeAndName(a: string, b: string): number {
  return a < b ? -1 : 1;
}
