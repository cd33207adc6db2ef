import fs from "node:fs/promises";
import path from "node:path";
import { FacsimileError, sha256 } from "@facsimile/core";
import { type PipelineContext, workFolders } from "../context.ts";
import type { Checkout } from "./checkout.ts";

/** A command as definitions have it: a shell line, or a program and its arguments. */
export type Command = string | readonly string[];

export interface BuildRequest {
  readonly instance: string;
  readonly project: string;
  readonly version: string;
  readonly source: Checkout;
  /** Run in order, in the build folder; the first failure ends the build. */
  readonly commands: readonly Command[];
}

/**
 * Builds out of source, in `BUILD/<instance>/<project>-<version>/`; what was built from the same commit by the same
 * commands is kept.
 *
 * @returns The folder to install from: the source itself when there is nothing to run.
 * @throws `BUILD_FAILED` with the end of the log. The folder is then rebuilt the next time.
 */
export async function build(request: BuildRequest, context: PipelineContext): Promise<string> {
  const { instance, project, version, source, commands } = request;
  if (commands.length === 0) return source.dir;
  const folder = path.join(workFolders(context).builds, instance, `${project}-${version.replaceAll("/", "~")}`);
  const stamp = sha256(JSON.stringify({ commit: source.commit, commands }));
  if ((await readStamp(folder)) === stamp) return folder;

  await fs.rm(`${folder}.stamp`, { force: true });
  await fs.rm(folder, { recursive: true, force: true });
  await fs.mkdir(path.dirname(folder), { recursive: true });
  const isSource = (file: string) => path.basename(file) !== ".git";
  await fs.cp(source.dir, folder, { recursive: true, verbatimSymlinks: true, filter: isSource });
  context.onEvent({ type: "build", project, version, log: `${path.relative(context.root, folder)}.log` });
  await runAll(request, { ...context, folder });
  await fs.writeFile(`${folder}.stamp`, stamp);
  return folder;
}

async function readStamp(folder: string): Promise<string | undefined> {
  return fs.readFile(`${folder}.stamp`, "utf8").catch(() => undefined);
}

async function runAll(request: BuildRequest, context: PipelineContext & { readonly folder: string }): Promise<void> {
  const { exec, signal, folder } = context;
  const { instance, project, version, source } = request;
  const env = {
    FACS_INSTANCE: instance,
    FACS_PROJECT: project,
    FACS_VERSION: version,
    SRC_DIR: source.dir,
    BUILD_DIR: folder,
  };
  const log = `${folder}.log`;
  await fs.writeFile(log, "");
  for (const command of request.commands) {
    const [file, ...args] = typeof command === "string" ? ["sh", "-euc", command] : command;
    const shown = typeof command === "string" ? command : command.join(" ");
    const { exitCode, stdout, stderr } = await exec(file ?? "", args, { cwd: folder, env, signal });
    await fs.appendFile(log, `$ ${shown}\n${stdout}${stderr}`);
    if (exitCode !== 0) throw buildFailed({ project, shown, exitCode, log, output: `${stdout}${stderr}` });
  }
}

function buildFailed(failure: {
  project: string;
  shown: string;
  exitCode: number;
  log: string;
  output: string;
}): FacsimileError {
  const { project, shown, exitCode, log, output } = failure;
  const end = output.trimEnd().split("\n").slice(-15).join("\n");
  return new FacsimileError("BUILD_FAILED", `${project}: \`${shown}\` exited ${exitCode}\n${end}`, {
    hint: `The whole log: ${log}`,
  });
}
