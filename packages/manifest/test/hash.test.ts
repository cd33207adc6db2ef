import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import { promisify } from "node:util";
import { sha256 } from "@facsimile/core";
import { tree } from "@facsimile/testing";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { compareTrees, formatManifest, formatSums, hashTree, manifestOf, parseSums, type TreeNode, treeId } from "../src/index.ts"; // biome-ignore format: one line

const run = promisify(execFile);
const NAMES = ["-", "--help", "-n", " lead", "trail ", "a\nb", "a\\b", "a\\nb", "cr\rin", "cr\r", "*star", "é💾", "#c", '"q\'', "d/-", "d e/f"]; // biome-ignore format: one line

const folder = (files: Readonly<Record<string, string>> = {}) => tree(files, { onFinished: onTestFinished });

describe("hashTree", () => {
  it("sees types, modes, sizes, bytes and link targets, and follows no link", async () => {
    const root = await folder({ "bin/run": "#!/bin/sh\n", empty: "" });
    await fs.chmod(`${root}/bin`, 0o750);
    await fs.chmod(`${root}/bin/run`, 0o4755);
    await fs.chmod(`${root}/empty`, 0o600);
    await fs.symlink("/nowhere/at all", `${root}/link`);
    expect((await hashTree(root)).entries).toEqual([
      { path: "bin", type: "dir", mode: 0o750 },
      { path: "bin/run", type: "file", mode: 0o4755, size: 10, sha256: sha256("#!/bin/sh\n") },
      { path: "empty", type: "file", mode: 0o600, size: 0, sha256: sha256("") },
      { path: "link", type: "link", target: "/nowhere/at all" },
    ]);
  });

  it("leaves out what is ignored, folders with all that they hold", async () => {
    const root = await folder({ "log/a": "", "keep/log": "", x: "" });
    const { entries } = await hashTree(root, { ignore: (path) => path === "log" || path === "x" });
    expect(entries.map(({ path }) => path)).toEqual(["keep", "keep/log"]);
  });

  it("reads a file larger than its buffer, byte by byte like sha256sum", async () => {
    const root = await folder();
    await fs.writeFile(`${root}/big`, Buffer.alloc(3_000_001, "0123456789"));
    const { stdout } = await run("sha256sum", ["big"], { cwd: root });
    const manifest = await hashTree(root);
    expect(formatSums(manifest)).toBe(stdout);
    expect(manifest.entries[0]).toMatchObject({ size: 3_000_001 });
  });

  it("names everything that it cannot take, at once", async () => {
    const root = await folder({ fine: "" });
    await fs.writeFile(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x66, 0xff])]), "");
    await expect(hashTree(root)).rejects.toMatchObject({ code: "TREE_BAD_PATH" });

    const pipes = await folder({ "a/x": "", "b/x": "" });
    await run("mkfifo", [`${pipes}/a/pipe`, `${pipes}/b/pipe`]);
    const problem = { code: "TREE_UNSUPPORTED" };
    await expect(hashTree(pipes)).rejects.toMatchObject({ problems: [problem, problem] });
    await expect(hashTree(`${pipes}/none`)).rejects.toMatchObject({ code: "TREE_UNREADABLE" });
  });
});

describe("manifestOf", () => {
  it("gives what hashTree gives for the same tree on disk, wherever the bytes are", async () => {
    const root = await folder(Object.fromEntries(NAMES.map((name, index) => [name, `${index}`])));
    const [first, ...rest] = NAMES.map((name, index): [string, TreeNode] => [
      name,
      { type: "file", mode: 0o644, secrets: [], content: { bytes: Buffer.from(`${index}`) } },
    ]);
    const onDisk: TreeNode = { type: "file", mode: 0o644, secrets: [], content: { file: `${root}/${first?.[0]}` } };
    const manifest = await manifestOf(new Map([...rest, [first?.[0] ?? "", onDisk]]));
    expect(compareTrees(manifest, await hashTree(root))).toEqual([]);
    expect(treeId(manifest)).toBe(treeId(await hashTree(root)));
  });

  it("refuses paths that leave the tree, and files that hold files", async () => {
    const link: TreeNode = { type: "link", target: "x" };
    const nodes = new Map([["../x", link], ["a", link], ["a/b", link]]); // biome-ignore format: one line
    await expect(manifestOf(nodes)).rejects.toMatchObject({
      problems: [
        { code: "TREE_BAD_PATH", message: expect.stringContaining("../x") },
        { code: "TREE_BAD_PATH", message: expect.stringContaining('lies under "a"') },
      ],
    });
  });

  it("names the path of a content that is not there", async () => {
    const node: TreeNode = { type: "file", mode: 0o644, secrets: [], content: { file: "/no/such/file" } };
    await expect(manifestOf(new Map([["etc/a", node]]))).rejects.toMatchObject({
      code: "TREE_UNREADABLE",
      message: "etc/a cannot be read: ENOENT",
    });
  });
});

describe("sha256sum", () => {
  it("checks our sums, whatever the names, and finds one changed byte", async () => {
    const root = await folder(Object.fromEntries(NAMES.map((name, index) => [name, `${index}`])));
    const sums = `${await folder()}/SHA256SUMS`;
    await fs.writeFile(sums, formatSums(await hashTree(root)));

    const { stdout } = await run("sha256sum", ["-c", "--strict", sums], { cwd: root });
    expect(stdout.match(/: OK$/gm)).toHaveLength(NAMES.length);

    await fs.writeFile(`${root}/a\nb`, "X");
    await expect(run("sha256sum", ["-c", "--quiet", sums], { cwd: root })).rejects.toMatchObject({
      stdout: expect.stringContaining("FAILED"),
    });
  });

  it("prints names that we read back", async () => {
    const root = await folder(Object.fromEntries(NAMES.map((name) => [name, ""])));
    const { stdout } = await run("sha256sum", NAMES.map((name) => `./${name}`), { cwd: root }); // biome-ignore format: one line
    expect(parseSums(stdout).map(({ path }) => path)).toEqual(NAMES);
  });
});

describe("the documents", () => {
  const read = (name: string) => fs.readFile(new URL(name, import.meta.url), "utf8");

  it("hold a test vector that is true", async () => {
    const text = await read("../../../docs/formats/manifest-1.md");
    const block = /```ndjson\n(.*?)```/s.exec(text)?.[1];
    const id = /Tree id: `([0-9a-f]{64})`/.exec(text)?.[1];
    const sums = /```sha256sums\n(.*?)```/s.exec(text)?.[1];
    const hello: TreeNode = { type: "file", mode: 0o600, secrets: [], content: { bytes: Buffer.from("hello\n") } };
    const manifest = await manifestOf(
      new Map<string, TreeNode>([
        ["etc/a b\n", hello],
        ["etc/empty", { ...hello, mode: 0o644, content: { bytes: new Uint8Array() } }],
        ["current", { type: "link", target: "etc" }],
      ]),
    );
    expect([formatManifest(manifest), treeId(manifest), formatSums(manifest)]).toEqual([block, id, sums]);
  });

  it("have an example that runs", async () => {
    const example = /```ts\n(.*?)```/s.exec(await read("../README.md"))?.[1] ?? "";
    const file = new URL("./readme.example.ts", import.meta.url);
    const demo = await folder({ "site/index.html": "hello\n", "site/x": "" });
    await fs.writeFile(file, example.replaceAll("/srv/site", `${demo}/site`));
    onTestFinished(() => fs.rm(file));
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    onTestFinished(() => void log.mockRestore());
    await import(/* @vite-ignore */ file.href);
    expect(log.mock.lastCall?.join(" ")).toBe("mode index.html");
    expect(await fs.readFile(`${demo}/site.sums`, "utf8")).toContain("index.html");
  });
});
