import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { git, gitCommit } from "@facsimile/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SecretWorld, secretWorld } from "./secret-world.ts";
import { filesHolding, type Ran, watch } from "./world.ts";

// Fifty values that nothing else says: plain, with quotes, over several lines, with what JSON, URLs and shells escape.
const MARKS = Array.from({ length: 50 }, (_, index) => {
  const mark = `mark-${randomBytes(9).toString("hex")}`;
  return [mark, `${mark} "x" \\ '$HOME'`, `${mark}\n${mark}-second\n`, `ä/${mark}?a=1&b=%`][index % 4] as string;
});
/** What of a mark is in all of its forms. */
const CORES = MARKS.map((mark) => /mark-[0-9a-f]+/.exec(mark)?.[0] as string);
const NAMES = MARKS.map((_, index) => `mark/${index}`);

const found = (text: string) =>
  CORES.filter((core) =>
    [core, Buffer.from(core).toString("hex"), ...shifted(core)].some((form) => text.includes(form)),
  );

/** Base64 of a text wherever in a longer one it begins: what its neighbours do not change. */
function shifted(core: string): string[] {
  return [0, 1, 2].map((pad) =>
    Buffer.from("\0".repeat(pad) + core)
      .toString("base64")
      .slice(pad === 0 ? 0 : 4, -4),
  );
}

/** What lies in the folders of this machine for temporary files, whoever put it there. */
async function temporary(): Promise<string[]> {
  const all = ["/tmp", "/dev/shm"].map(async (folder) => (await fs.readdir(folder)).map((name) => path.join(folder, name))); // biome-ignore format: one line
  return (await Promise.all(all)).flat();
}

describe("fifty marked secrets", () => {
  let shop: SecretWorld;
  let log: string;
  const seen: string[] = [];
  let before: readonly string[];
  const ran: (Ran & { readonly words: string })[] = [];
  /** Runs a command, and notes what all processes of this machine show meanwhile. */
  async function run(words: readonly string[], given: { input?: string; env?: NodeJS.ProcessEnv } = {}): Promise<Ran> {
    let isRunning = true;
    const watching = watch(() => isRunning, seen);
    const result = await shop.facsWith(given, ...words);
    isRunning = false;
    await watching;
    ran.push({ ...result, words: words.join(" ") });
    return result;
  }

  beforeAll(async () => {
    before = await temporary();
    const refs = NAMES.slice(0, 25).map((name, index) => `m${index}: { $secret: "${name}" },`);
    shop = await secretWorld({
      "define/dev.json5": `{ home: "shop-dev", state: { generate: { made: "uuid" } }, marks: { ${refs.join(" ")} } }`,
      "define/production.json5": `{ protected: true, state: { scope: "dev" }, home: "prod" }`,
      "tmpl/shop/_ALL_/_DEPLOY_/etc/app.ini": NAMES.map((name) => `{{ secret["${name}"] }}\n`).join(""),
      "tmpl/shop/_ALL_/_DEPLOY_/etc/more.ini": "{{ instance.marks.m1 }} {{ instance.marks.m2 | b64 }}\n",
    });
    // Stand-ins that note what they were given and hand on to the real programs: no process is too short to be seen.
    log = path.join(shop.dir, "children");
    const bin = path.join(shop.dir, "bin");
    await fs.mkdir(bin);
    for (const name of ["git", "mkfifo"]) {
      const real = execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim();
      const script = `#!/bin/sh\n{ printf '%s\\n' ${name} "$@"; env; } >> "${log}"\nexec ${real} "$@"\n`;
      await fs.writeFile(path.join(bin, name), script, { mode: 0o755 });
    }
    shop.env["PATH"] = `${bin}:${shop.env["PATH"]}`;
    const all = JSON.stringify(Object.fromEntries(MARKS.map((mark, index) => [NAMES[index], mark])));
    await run(["secrets", "import", "dev", "--from", "-", "--format", "json", "--yes"], { input: all });
    await gitCommit(shop.root);
  }, 60_000);
  afterAll(() => shop.remove());

  const [mark = "", other = ""] = MARKS;

  it("pass through every command", async () => {
    for (const words of [
      ["secrets", "list", "dev"],
      ["secrets", "list", "dev", "--json"],
      ["plan", "dev"],
      ["plan", "dev", "--json"],
      ["secrets", "generate", "dev"],
      ["deploy", "dev", "--json"],
      ["plan", "dev", "--json"],
      ["verify", "dev"],
      ["verify", "dev", "--json"],
      ["render", "dev", "etc/app.ini"],
      ["render", "dev", "etc/more.ini", "--json"],
      ["get", "dev", "marks"],
      ["get", "dev", "marks", "--json"],
      ["explain", "dev", "marks.m1"],
      ["explain", "dev", "marks", "--json"],
      ["diff", "dev", "dev.dev0", "--json"],
      ["lint", "--json"],
      ["list", "--json"],
      ["secrets", "rotate", "dev", "made", "--yes", "--json"],
      ["secrets", "rotate", "dev", "--all", "--yes"],
      ["secrets", "exec", "dev", "--only", "made", "--", "env"],
      ["secrets", "exec", "dev", "--fifo", "mark/1=PIPE", "--", "sh", "-c", 'test -n "$(cat "$PIPE")"'],
      ["deploy", "dev"],
      ["state", "show", "dev", "--json"],
      ["state", "history", "dev"],
      ["state", "set", "dev", "dir", "/srv", "--yes"],
      ["state", "unset", "dev", "dir", "--yes", "--json"],
      ["state", "export", "dev", "--to", path.join(shop.dir, "copy.asc"), "--json"],
      ["state", "import", "dev", "--from", path.join(shop.dir, "copy.asc"), "--merge"],
      ["state", "purge", "dev", "--yes"],
      ["recipients", "list", "--json"],
      ["trust", "list"],
      ["doctor", "dev"],
      ["init"],
      ["set", "note", "hello", "--in", "dev"],
      ["unset", "note", "--in", "dev"],
      ["secrets", "unset", "dev", "mark/49", "--yes", "--json"],
    ])
      await run(words);
    await run(["secrets", "set", "dev", "mark/48", "--yes"], { input: mark });
    await run(["secrets", "rotate", "dev", "mark/48", "--yes", "--json"], { input: other });
    await run(["secrets", "edit", "dev", "--yes"], { env: { EDITOR: "sed -i s/^mark.47:/mark#47:/" } });
    await run(["secrets", "edit", "dev", "mark/46", "--yes", "--json"], { env: { EDITOR: "sed -i 1s/^/x/" } });
    const failed = ran.filter(({ code }) => code !== 0);
    expect(failed.map(({ words, stderr }) => `${words}: ${stderr}`)).toEqual([]);
  }, 120_000);

  it("and through failures", async () => {
    const start = ran.length;
    const bad = { dotenv: `A=${mark}\nB='${other}`, json: `{"a": "${mark}`, yaml: `a: *${CORES[0]}\n`, python: `{"passwd": {"a": ["${CORES[0]}"]}}` }; // biome-ignore format: a table
    for (const [format, input] of Object.entries(bad))
      await run(["secrets", "import", "dev", "--from", "-", "--format", format, "--yes"], { input });
    await run(["secrets", "import", "dev", "--from", "-", "--format", "json"], { input: JSON.stringify({ x: mark }) });
    await run(["secrets", "set", "dev", "mark/3"], { input: mark });
    await run(["secrets", "edit", "dev"], { env: { EDITOR: "sed -i s/:/=/" } });
    await run(["secrets", "edit", "dev", "mark/3"], { env: { EDITOR: "false" } });
    await run(["secrets", "exec", "dev", "--", "no-such-program"]);
    await run(["secrets", "exec", "dev", "--", "env"], { env: { MARK_3: "taken" } });
    await run(["secrets", "get", "dev", "mark/none", "--json"]);
    await shop.put(
      "tmpl/shop/_ALL_/_DEPLOY_/etc/more.ini",
      '{{ instance.marks.m1 | sql_id | date: "%Y" }}{{ secret.none }}',
    );
    for (const words of [
      ["plan", "dev"],
      ["deploy", "dev", "--json"],
      ["render", "dev", "etc/more.ini"],
    ])
      await run(words);
    await fs.appendFile(path.join(shop.root, "state/dev.json"), " ");
    for (const words of [
      ["secrets", "list", "dev", "--json"],
      ["secrets", "get", "dev", "mark/1"],
      ["plan", "dev"],
    ])
      await run(words);
    const fine = ran.slice(start).filter(({ code }) => code === 0);
    expect(fine.map(({ words }) => words)).toEqual([]);
    expect(ran.length - start).toBeGreaterThan(15);
  }, 60_000);

  it("and are in no output, plain or JSON", () => {
    const output = ran.map(({ stdout, stderr }) => stdout + stderr).join("\n");
    expect(output.length).toBeGreaterThan(5000);
    expect(found(output)).toEqual([]);
  });

  it("in no argument and no environment of a process", async () => {
    expect(seen.some((text) => text.includes("secrets\0list"))).toBe(true);
    expect(found(seen.join("\n"))).toEqual([]);
    const children = await fs.readFile(log, "utf8");
    expect(children).toMatch(/^git$/m);
    expect(children).toMatch(/^mkfifo$/m);
    expect(found(children)).toEqual([]);
  });

  it("in no file but the copy: not in the repository, its history, the home, or a folder for temporary files", async () => {
    const copies = path.join(shop.home, "shop-dev");
    expect(await filesHolding(copies, CORES)).not.toEqual([]);
    const held = (await filesHolding(shop.dir, CORES)).filter((file) => !file.startsWith(copies));
    expect(held).toEqual([]);
    const fresh = (await temporary()).filter((file) => !before.includes(file));
    const elsewhere = await Promise.all(fresh.map((file) => filesHolding(file, CORES).catch(() => [])));
    expect(elsewhere.flat().filter((file) => !file.startsWith(shop.dir))).toEqual([]);
    expect(await fs.readdir(shop.temp)).toEqual([]);
    expect(found(await git(shop.root, "log", "-p", "--all", "--text"))).toEqual([]);
  }, 120_000); // It reads whatever others put there meanwhile, as far as it may.

  it("while get, exec and edit have them for those who ask", async () => {
    await git(shop.root, "checkout", "--quiet", "--", "state");
    expect((await shop.facs("secrets", "get", "dev", "mark/1")).stdout).toBe(MARKS[1]);
    const { stdout } = await shop.facs("secrets", "exec", "dev", "--only", "mark/2", "--", "printenv", "MARK_2");
    expect(stdout).toBe(`${MARKS[2]}\n`);
    expect(found(stdout)).toEqual([CORES[2]]);
  });
});
