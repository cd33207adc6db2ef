import { execFileSync } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { formatManifest, hashTree, type TreeNode } from "@facsimile/manifest";
import { pythonPackage } from "@facsimile/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { copyGroup } from "../src/install/copy.ts";
import { finishTree } from "../src/install/finish.ts";
import { build } from "../src/sources/build.ts";
import type { Virtualenv } from "../src/sources/stages.ts";
import { makeMovable } from "../src/sources/virtualenv/movable.ts";
import { contextOf, folder, write } from "./world.ts";

const DEFAULTS: Virtualenv = {
  dir: "venv",
  requirements: "requirements.txt",
  project: false,
  python: "/usr/bin/python3",
  options: ["--no-index", "--find-links", "wheels"],
};

/** Where Python of this machine keeps packages. */
const SITE = execFileSync(
  "/usr/bin/python3",
  ["-c", "import sys; print('lib/python%d.%d/site-packages' % sys.version_info[:2], end='')"],
  { encoding: "utf8" },
);

/** A project that needs `greet`, whose wheel lies beside it, and is a package itself without any tool. */
const PROJECT = {
  "requirements.txt": "greet==1.0\n",
  ...pythonPackage({
    name: "shop",
    version: "2.0",
    code: "import greet\ndef main():\n    print('shop', greet.word())\n",
  }),
};
const MAKE_WHEEL = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1] + "/greet-1.0-py3-none-any.whl", "w") as wheel:
    for file, text in {
        "greet.py": "import os, subprocess, sys\\ndef word():\\n    return 'hello'\\ndef main():\\n    print(word(), sys.argv[1:], sys.prefix)\\n    print(subprocess.check_output([sys.executable, '-c', 'import greet; print(greet.word())'], text=True), end='')\\n",
        "greet-1.0.data/scripts/greet-too": "#!python\\nimport greet\\nprint('too', greet.word())\\n",
        "greet-1.0.dist-info/METADATA": "Metadata-Version: 2.1\\nName: greet\\nVersion: 1.0\\n",
        "greet-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        "greet-1.0.dist-info/entry_points.txt": "[console_scripts]\\ngreet = greet:main\\n",
        "greet-1.0.dist-info/RECORD": "",
    }.items():
        info = zipfile.ZipInfo(file)
        info.external_attr = 0o100755 << 16
        wheel.writestr(info, text)
`;

async function made(more: Partial<Virtualenv> = {}, files: Record<string, string> = {}, at = "SRC/shop-1.0.0") {
  return madeIn(await folder(), { more, files, at });
}

interface Made {
  readonly more: Partial<Virtualenv>;
  readonly files?: Record<string, string>;
  readonly at?: string;
}

async function madeIn(root: string, { more, files = {}, at = "SRC/shop-1.0.0" }: Made) {
  const dir = await write(path.join(root, at), { ...PROJECT, "wheels/x": "", ...files });
  execFileSync("python3", ["-c", MAKE_WHEEL, path.join(dir, "wheels")]);
  const context = contextOf(root);
  const virtualenv = { ...DEFAULTS, ...more };
  const stage = { name: "build", run: [], env: {}, timeout: 300, position: undefined, virtualenv };
  const source = { dir, top: dir, kind: "tag", commit: "c1" } as const;
  const request = { instance: "dev", project: "shop", version: "1.0.0", source, stages: [stage] };
  const log = () => fs.readFile(path.join(root, "BUILD/dev/shop-1.0.0.log"), "utf8");
  return { root, log, built: () => build(request, context) };
}

/** A release of the folder, as an install group makes it, put at `to`. */
async function install(from: string, { dir, to }: { dir: string; to: string }): Promise<void> {
  const variables = { BUILD_DIR: from, SRC_DIR: from };
  const { tree, problems } = finishTree(await copyGroup({ dir }, { variables }), []);
  expect(problems).toEqual([]);
  const rank = ([, { type }]: [string, TreeNode]) => ["dir", "file", "link"].indexOf(type);
  for (const [name, node] of [...tree].sort((a, b) => rank(a) - rank(b))) {
    const file = path.join(to, name);
    await fs.mkdir(node.type === "dir" ? file : path.dirname(file), { recursive: true });
    if (node.type === "link") await fs.symlink(node.target, file);
    if (node.type !== "file" || !("file" in node.content)) continue;
    await fs.copyFile(node.content.file, file);
    await fs.chmod(file, node.mode);
  }
}

const run = (file: string, ...args: string[]) =>
  execFileSync(file, args, { encoding: "utf8", cwd: "/", env: { PATH: process.env["PATH"] } });

describe("a virtual environment", () => {
  let world: Awaited<ReturnType<typeof madeIn>>;
  let home: string;
  beforeAll(async () => {
    const top = await fs.mkdtemp("/tmp/facs venv-");
    world = await madeIn(path.join(top, "controller"), { more: { project: true } });
    const dir = await world.built();
    home = path.join(top, "home/shop");
    await install(dir, { dir: "venv", to: path.join(home, "releases/t1") });
    await fs.symlink("releases/t1", path.join(home, "current"));
    await fs.rm(dir, { recursive: true });
    return () => fs.rm(path.dirname(path.dirname(home)), { recursive: true });
  }, 120_000);
  const bin = (name: string) => path.join(home, "current/venv/bin", name);

  it("runs at its place on a host: scripts, Python and what these start, and the project itself", () => {
    const prefix = path.join(home, "releases/t1/venv");
    expect(run(bin("greet"), "a b", "$c")).toBe(`hello ['a b', '$c'] ${prefix}\nhello\n`);
    expect(run(bin("greet-too"))).toBe("too hello\n");
    expect(run(bin("shop"))).toBe("shop hello\n");
    expect(run(bin("python3"), "-c", "import sys; print(sys.prefix, sys.base_prefix)")).toBe(`${prefix} /usr\n`);
    expect(() => run(bin("python"), "-c", "raise SystemExit(3)")).toThrow(expect.objectContaining({ status: 3 }));
  });

  it("has no path of the machine that made it, nothing compiled, no pip, and lists of files that are right", async () => {
    const site = path.join(home, "current/venv", SITE);
    const names = await fs.readdir(path.join(home, "current/venv"), { recursive: true });
    expect(names.filter((name) => /direct_url|activate|\/pip/i.test(name))).toEqual([]);
    const grep = ["-c", `grep -rl -e "${world.root}" -e .pyenv "$1" || true`, "sh", home];
    expect(execFileSync("sh", grep, { encoding: "utf8" })).toBe("");
    for (const name of ["greet-1.0", "shop-2.0"]) {
      const record = await fs.readFile(path.join(site, `${name}.dist-info/RECORD`), "utf8");
      const listed = [...record.matchAll(/^(.+),sha256=([^,]+),\d+\r?$/gm)];
      expect(listed.length).toBeGreaterThan(2);
      for (const [, file = "", hash = ""] of listed) {
        const sum = execFileSync("sha256sum", ["--", path.join(site, file)], { encoding: "utf8" }).slice(0, 64);
        expect(`${file} ${Buffer.from(hash, "base64url").toString("hex")}`).toBe(`${file} ${sum}`);
      }
    }
  });

  it("is the same, byte by byte, made at another place", async () => {
    const [one, two] = await Promise.all([made(), made({}, {}, "SRC/elsewhere")]);
    const [a, b] = [await one.built(), await two.built()];
    const manifest = async (dir: string) => formatManifest(await hashTree(path.join(dir, "venv")));
    expect(await manifest(a)).toBe(await manifest(b));
    expect(await fs.readdir(a)).not.toContain("venv.pip");
  }, 120_000);

  it("tells a requirement that is not to be had, and a list that is not there", async () => {
    const none = await made({}, { "requirements.txt": "no-such-package==9\n" });
    await expect(none.built()).rejects.toMatchObject({
      code: "BUILD_FAILED",
      message: expect.stringMatching(/No matching distribution found for no-such-package==9/),
    });
    const missing = await made({ requirements: "needs.txt" });
    await expect(missing.built()).rejects.toThrow("build.virtualenv needs needs.txt, and the build has none");
  }, 120_000);

  it("refuses packages that are links into the build", async () => {
    const linked = await made();
    const dir = await linked.built();
    await fs.writeFile(path.join(dir, "venv", SITE, "shop.pth"), `${dir}\n`);
    const left = await makeMovable(path.join(dir, "venv"), { python: "/usr/bin/python3", here: dir });
    expect(left).toEqual([`${SITE}/shop.pth`]);
  }, 120_000);
});
