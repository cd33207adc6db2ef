import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { git, gitCommit, pythonPackage } from "@facsimile/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type World, world } from "./world.ts";

const PAGE = fileURLToPath(new URL("../../../docs/sources.md", import.meta.url));
const run = promisify(execFile);

/** The repository of `shop`, for the commands of the page. */
const SHOP = {
  Makefile: "all:\n\techo $(CFLAGS) > flags\ntest:\n\ttest -e configured\n",
  configure: "#!/bin/sh\ntouch configured\n",
};
/** What the repository of `clerk` requires, and has in its folder `clerk`. */
const CLERK = pythonPackage({
  name: "clerk",
  version: "1.0",
  code: "import calendar\ndef main(): print('at your service')\n",
});

describe("docs/sources.md", () => {
  let made: World;
  let page: string;
  beforeAll(async () => {
    made = await world();
    page = await fs.readFile(PAGE, "utf8");
  });
  afterAll(() => made.remove());

  /** A conglomerate with the page's files that `names` lists, and others. */
  async function conglomerate(name: string, { names, files }: { names: string[]; files: Record<string, string> }) {
    const root = path.join(made.dir, name);
    const shown = blocks(page, "json5").map((text) => [/^\/\/ (\S+)/.exec(text)?.[1] ?? "", text] as const);
    const own = shown.filter(([file]) => names.includes(file));
    expect(own.map(([file]) => file).sort()).toEqual(names.sort());
    await write(root, { ...files, ...Object.fromEntries(own) });
    await git(root, "init", "--quiet", "--initial-branch=main");
    return root;
  }

  it("has stages and working trees that do what it shows", async () => {
    const root = await conglomerate("pages", {
      names: ["define/facsimile.json5", "define/shop.json5"],
      files: { "define/dev.json5": '{ versions: { shop: "1.0.0" } }\n' },
    });
    const shop = await write(path.join(root, "sources/shop"), SHOP);
    await fs.chmod(path.join(shop, "configure"), 0o755);
    await git(shop, "init", "--quiet", "--initial-branch=main");
    await gitCommit(shop, ["1.0.0"]);
    expect(await made.facs("init", root)).toMatchObject({ code: 0 });
    const [stages = "", tree = ""] = blocks(page, "console");
    const facs = (shown: string) => made.facs(...argsOf(shown), "--root", root);
    expect(`${stages.split("\n")[0]}\n${(await facs(stages)).stdout}`.trimEnd()).toBe(stages);
    expect(await fs.readFile(path.join(root, "BUILD/dev/shop-1.0.0/flags"), "utf8")).toBe("-O2\n");
    const from = tree.replace("--src-dir sources/shop", `--src-dir ${shop.replaceAll(" ", "\0")}`);
    expect((await facs(from)).stdout).toContain("shop  new → 1.0.0+dev");
  });

  it("has a Python environment that runs on a host, and whose compiled files are no drift", async () => {
    const root = await conglomerate("python", {
      names: ["define/clerk.json5"],
      files: {
        "define/facsimile.json5": '{ projects: { clerk: { repo: "sources/clerk" } }, home: "office" }\n',
        "define/dev.json5": '{ versions: { clerk: "1.0.0" } }\n',
      },
    });
    const clerk = await write(path.join(root, "sources/clerk"), {
      "requirements.txt": "./clerk\n",
      "wheels/.keep": "",
    });
    await write(path.join(clerk, "clerk"), CLERK);
    await git(clerk, "init", "--quiet", "--initial-branch=main");
    await gitCommit(clerk, ["1.0.0"]);
    expect(await made.facs("init", root)).toMatchObject({ code: 0 });
    expect(await made.facs("deploy", "dev", "--root", root)).toMatchObject({ code: 0 });
    const home = path.join(made.home, "office/clerk/current");
    const { stdout } = await run(path.join(home, "venv/bin/clerk"), [], {
      cwd: "/",
      env: { PATH: process.env["PATH"] },
    });
    expect(stdout).toBe("at your service\n");
    const names = await fs.readdir(path.join(home, "venv"), { recursive: true });
    expect(names.filter((name) => name.endsWith("__pycache__")).length).toBeGreaterThan(0);
    expect(await made.facs("verify", "dev", "--root", root)).toMatchObject({ code: 0 });
    const again = await made.facs("deploy", "dev", "--root", root);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining("no change") });
  }, 120_000);
});

async function write(root: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [name, text] of Object.entries(files)) {
    await fs.mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await fs.writeFile(path.join(root, name), text);
  }
  return root;
}

/** The words of `$ facs …`; NUL stands for a blank within one. */
function argsOf(shown: string): string[] {
  const [line = ""] = shown.split("\n");
  return line.replace("$ facs ", "").split(" ").map((word) => word.replaceAll("\0", " ")); // biome-ignore format: one line
}

/** The texts of all code blocks of a language. */
function blocks(page: string, language: string): readonly string[] {
  const found = page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)\\n\`\`\`$`, "gm"));
  return [...found].map(([, text = ""]) => text.trimEnd());
}
