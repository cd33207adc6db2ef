import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ROOT } from "./lib/sources.ts";

const DEMO = join(ROOT, "scripts", "demo.mjs");
const CLI = join(ROOT, "packages", "cli", "bin", "facs.mjs");
// Away from what other tests and people use.
const PORT = 8451;

test("the demo tells the whole story, exits 0 and leaves nothing", { timeout: 170_000 }, async () => {
  const taken = createServer().listen(PORT, "127.0.0.1");
  onTestFinished(() => void taken.close());
  const { status, output, left } = await demo();
  expect({ status, output }).toEqual({
    status: 0,
    output: expect.stringMatching(/\ndemo {3}all as expected, \d+\.\d s\n$/),
  });
  expect(linesOf(output, /^\$ (PATH=\S+ )?facs /)).toEqual([
    ...["facs list", "PATH=… facs deploy dev", "facs render dev ledger init.sql"],
    ...["facs plan staging", "facs deploy staging --yes", "facs verify staging", "facs deploy staging"],
    "facs deploy staging storefront@1.1.0 --yes",
    ...["facs verify staging", "facs deploy staging --yes", "facs verify staging"],
  ]);
  expect(output).toContain(`now says ${PORT + 100}`);
  expect(output).toMatch(/web1\.eu +\S+ +1\.1\.0 +eu +EUR\n(.*\n)*.* db1\.us +\S+ +1\.1\.0 +us +USD\n/);
  expect(left()).toEqual({ files: [], processes: [] });
});

test("a Ctrl-C in the middle of a deploy ends everything", { timeout: 90_000 }, async () => {
  const { status, output, left } = await demo({ until: "--scope staging\nrun ", signal: "SIGINT" });
  expect({ status, output }).toEqual({ status: 130, output: expect.stringMatching(/demo: stopped by SIGINT; .*\n$/) });
  expect(left()).toEqual({ files: [], processes: [] });
});

test("an answer that is not the promised one ends the demo with 1, and the server that gave it", {
  timeout: 60_000,
}, async () => {
  const { status, output, left } = await demo({ deploy: WRONG_SERVER });
  expect({ status, output }).toEqual({ status: 1, output: expect.stringContaining(WRONG_ANSWER) });
  expect(left()).toEqual({ files: [], processes: [] });
});

const WRONG_ANSWER = `
demo: this is not what should have come of: http://127.0.0.1:${PORT}/
  expected  {"version":"1.0.0","region":"local"}
  seen      {"version":"0.9.0","region":"local"}
`;

const WRONG_SERVER = `
  console.log("1 host holds exactly storefront 1.0.0");
  const answer = JSON.stringify({ version: "0.9.0", region: "local" });
  const server = \`require("http").createServer((_, out) => out.end('\${answer}')).listen(${PORT}, "127.0.0.1", () => process.send(0))\`;
  const child = spawn(process.execPath, ["-e", server], { detached: true, stdio: ["ignore", "ignore", "ignore", "ipc"] });
  child.once("message", () => process.exit());
`;

test("what --keep leaves works in another shell, and is ended from there", { timeout: 90_000 }, async () => {
  const { status, output, left } = await demo({ options: ["--keep"], plan: "process.exit(7);" });
  expect({ status, output }).toEqual({ status: 1, output: expect.stringContaining("seen      exit status 7\n") });
  const [goOn = "", stop = ""] = [/export PATH.*/, /cd .* --stop .*/].map((line) => line.exec(output)?.[0]);
  expect(typed(`${goOn} && ssh -F ../fleet/ssh_config web1.us pwd`)).toMatch(/\/fleet\/homes\/web1\.us\n$/);
  expect(typed(`${goOn} && facs verify dev`)).toMatch(/exactly storefront 1\.0\.0/);
  expect(typed(stop)).toMatch(/servers and hosts ended, folder removed\.\n/);
  expect(left()).toEqual({ files: [], processes: [] });
  expect(typed(stop)).toMatch(/demo: there is no demo in \/.*\n/);
});

test("only the folder of a demo is ever removed", () => {
  const folder = temporary();
  writeFileSync(join(folder, "mine.txt"), "my work\n");
  const { status, stderr } = spawnSync(process.execPath, [DEMO, "--stop", folder], { encoding: "utf8" });
  expect({ status, stderr }).toMatchObject({
    status: 1,
    stderr: expect.stringContaining(`there is no demo in ${folder}`),
  });
  expect(existsSync(join(folder, "mine.txt"))).toBe(true);
});

interface Wish {
  readonly options?: readonly string[];
  /** What the CLI's `deploy` or `plan` does instead of its work: JavaScript. */
  readonly deploy?: string;
  readonly plan?: string;
  /** Once its output ends so, send `signal` to its whole process group, as a terminal does. */
  readonly until?: string;
  readonly signal?: NodeJS.Signals;
}

/** Runs the demo, set up as this clone is, with a folder of its own for temporary files. */
async function demo({ options = [], until, signal = "SIGINT", ...instead }: Wish = {}) {
  const folder = temporary();
  onTestFinished(() => stopAll(folder));
  const env = { ...process.env, TMPDIR: folder, FACS_DEMO_PORT: String(PORT), FACS_DEMO_CLI: cliOf(instead) };
  const child = spawn(process.execPath, [DEMO, "--no-setup", ...options], { env, detached: true });
  let output = "";
  let sent = until === undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (!sent && output.includes(until ?? "")) sent = process.kill(-(child.pid ?? 0), signal);
    });
  }
  const [status] = await once(child, "close");
  return { status, output, left: () => ({ files: readdirSync(folder), processes: processesOf(folder) }) };
}

/** The real CLI, but for commands that are to go wrong. */
function cliOf(instead: Readonly<Record<string, string>>): string {
  if (Object.keys(instead).length === 0) return CLI;
  const file = join(temporary(), "facs.mjs");
  const cases = Object.entries(instead).map(([command, does]) => `case "${command}": {\n${does}\nbreak; }`);
  const real = `default: await import(${JSON.stringify(CLI)});`;
  writeFileSync(
    file,
    `import { spawn } from "node:child_process";\nswitch (process.argv[2]) {\n${cases.join("\n")}\n${real}\n}\n`,
  );
  return file;
}

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), "d-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function stopAll(folder: string): void {
  for (const name of readdirSync(folder)) spawnSync(process.execPath, [DEMO, "--stop", join(folder, name)]);
}

/** Everything that runs with the folder in its environment or command line. */
function processesOf(folder: string): string[] {
  const pids = readdirSync("/proc").filter((name) => Number(name) > 0);
  return pids
    .map((pid) => `${pid} ${readProc(pid, "cmdline")} ${readProc(pid, "environ")}`)
    .filter((text) => text.includes(folder));
}

function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

function typed(line: string): string {
  const { stdout, stderr } = spawnSync("/bin/sh", ["-c", line], { encoding: "utf8", timeout: 20_000 });
  return stdout + stderr;
}

function linesOf(output: string, pattern: RegExp): string[] {
  const lines = output.split("\n").filter((line) => pattern.test(line));
  return lines.map((line) => line.slice(2).replace(/PATH=\S+/, "PATH=…"));
}
