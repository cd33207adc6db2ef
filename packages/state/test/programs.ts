import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { onTestFinished } from "vitest";
import { folder } from "./world.ts";

const packages = fileURLToPath(new URL("../../", import.meta.url));
const compilerOptions: ts.CompilerOptions = {
  module: ts.ModuleKind.ESNext,
  target: ts.ScriptTarget.ES2023,
  rewriteRelativeImportExtensions: true,
};

/**
 * Our sources and the programs of tests as JavaScript, in a folder of their own: a process of them starts in a tenth of the
 * time that compiling would take it, and no build is needed.
 *
 * @returns The path of a program in `test/`.
 */
export async function compiled(): Promise<(name: string) => string> {
  const to = await folder();
  const exported = { type: "module", exports: "./src/index.js" };
  for (const name of ["core", "state"]) {
    await compileFolder(path.join(packages, name, "src"), path.join(to, name, "src"));
    await fs.writeFile(path.join(to, name, "package.json"), JSON.stringify(exported));
    await linkDependencies(name, to);
  }
  await compileFolder(path.join(packages, "state", "test"), path.join(to, "state", "test"));
  await fs.symlink(path.join(to, "core"), path.join(to, "state", "node_modules", "@facsimile", "core"));
  return (name) => path.join(to, "state", "test", "programs", `${name}.js`);
}

async function compileFolder(from: string, to: string): Promise<void> {
  const names = await fs.readdir(from, { recursive: true });
  for (const name of names.filter((each) => each.endsWith(".ts") && !each.endsWith(".test.ts"))) {
    const source = await fs.readFile(path.join(from, name), "utf8");
    const file = path.join(to, name.replace(/\.ts$/, ".js"));
    await fs.mkdir(path.dirname(file), { recursive: true });
    await fs.writeFile(file, ts.transpileModule(source, { compilerOptions }).outputText);
  }
}

async function linkDependencies(name: string, to: string): Promise<void> {
  const [from, modules] = [path.join(packages, name, "node_modules"), path.join(to, name, "node_modules")];
  await fs.mkdir(path.join(modules, "@facsimile"), { recursive: true });
  for (const each of (await fs.readdir(from)).filter((entry) => !entry.startsWith("@"))) {
    await fs.symlink(await fs.realpath(path.join(from, each)), path.join(modules, each));
  }
}

export interface Program {
  readonly child: ChildProcess;
  /** What it has printed so far, line by line. */
  readonly lines: readonly string[];
  /** Ends with the first line that says this. */
  said(line: string): Promise<void>;
  /** Exit status or signal, once all its output is read. */
  readonly ended: Promise<number | string>;
}

/** Starts a program with nothing of our environment, in an empty folder that is also its place for temporary files; `under` another. */
export function start(
  file: string,
  args: readonly string[],
  { cwd, under = [] }: { readonly cwd: string; readonly under?: readonly string[] },
): Program {
  const env = { PATH: process.env["PATH"], TMPDIR: cwd };
  const [command = "", ...all] = [...under, process.execPath, file, ...args];
  const child = spawn(command, all, { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [lines, output] = [[] as string[], createInterface({ input: child.stdout })];
  output.on("line", (line) => lines.push(line));
  const ended = once(child, "close").then(([code, signal]) => code ?? signal);
  const said = (wanted: string) =>
    new Promise<void>((resolve, reject) => {
      output.on("line", (line) => line === wanted && resolve());
      void ended.then((how) => reject(new Error(`${path.basename(file)} ended (${how}) before it said ${wanted}`)));
      if (lines.includes(wanted)) resolve();
    });
  return { child, lines, said, ended };
}
