import fs from "node:fs/promises";
import path from "node:path";
import { errnoOf } from "@facsimile/core";
import { type PipelineContext, workFolders } from "../context.ts";
import { doneOf, keysOf, lookOf, readStamp, removeStamp, writeStamp } from "./build-stamp.ts";
import type { Checkout } from "./checkout.ts";
import { entriesOf } from "./entries.ts";
import { runStage } from "./run-stage.ts";
import { notDone, type OwnStage } from "./stages.ts";
import { makeVirtualenv } from "./virtualenv/make.ts";
import { whileStill } from "./while-still.ts";

export interface BuildRequest {
  readonly instance: string;
  readonly project: string;
  readonly version: string;
  readonly source: Checkout;
  /** Run in order, in the build folder; the first failure ends the build. */
  readonly stages: readonly OwnStage[];
  /** The first of them that may run: those before must have been done. Default: all may. */
  readonly from?: number | undefined;
}

/**
 * Builds out of source, in `BUILD/<instance>/<project>-<version>/`, one run at a time. What was done in the same sources
 * by the same commands is kept, unless somebody changed the folder by hand.
 *
 * @returns The folder to install from.
 * @throws `BUILD_FAILED` with the end of the log: all of it is then done again the next time. `STAGE_NOT_DONE`, `SOURCE_MOVED`
 */
export async function build(request: BuildRequest, context: PipelineContext): Promise<string> {
  const folder = buildFolder(request, context);
  return locked(folder, context, async () => {
    const { stages, source, project, version, from = 0 } = request;
    const keys = keysOf(stages, { commit: source.commit, folder, sources: source.dir });
    const done = await usable(folder, { ...context, keys });
    const missing = stages[done];
    if (done < from && missing !== undefined) throw notDone(missing.name, request);
    if (done === stages.length && done > 0) return folder;
    const doing = async () => {
      if (done === 0) await copySources(source, folder);
      context.onEvent({ type: "build", project, version, log: path.relative(context.root, logOf(folder)) });
      await removeStamp(folder);
      for (const stage of stages.slice(done)) await doStage(stage, { ...context, request, folder });
    };
    await whileStill(source, { ...context, doing });
    await writeStamp(folder, keys);
    return folder;
  });
}

async function doStage(
  stage: OwnStage,
  { request, folder, ...context }: PipelineContext & { readonly request: BuildRequest; readonly folder: string },
): Promise<void> {
  const run = runOf({ ...request, stage }, folder);
  await runStage(run, context);
  if (stage.virtualenv !== undefined) await makeVirtualenv(stage.virtualenv, run, context);
}

/** Runs stages that come after the files were taken from a build: always, as they are to look at what is about to be deployed. */
export async function afterBuild(request: BuildRequest, context: PipelineContext): Promise<void> {
  const folder = buildFolder(request, context);
  await locked(folder, context, async () => {
    const keys = (await readStamp(folder))?.keys ?? [];
    await removeStamp(folder);
    for (const stage of request.stages) await runStage(runOf({ ...request, stage }, folder), context);
    await writeStamp(folder, keys);
  });
}

function buildFolder({ instance, project, version }: BuildRequest, context: PipelineContext): string {
  return path.join(workFolders(context).builds, instance, `${project}-${version.replaceAll("/", "~")}`);
}

/** How many stages need not be done again. */
async function usable(
  folder: string,
  { keys, root, onEvent }: PipelineContext & { keys: readonly string[] },
): Promise<number> {
  const stamp = await readStamp(folder);
  const done = doneOf(stamp, keys);
  if (done === 0 || stamp?.look === (await lookOf(folder).catch(() => ""))) return done;
  const message = `${path.relative(root, folder)} was changed by hand: it is built anew`;
  onEvent({ type: "warning", message });
  return 0;
}

async function copySources(source: Checkout, folder: string): Promise<void> {
  await removeStamp(folder);
  await fs.rm(folder, { recursive: true, force: true });
  const isSource = (file: string) => path.basename(file) !== ".git";
  await fs
    .cp(source.dir, folder, { recursive: true, verbatimSymlinks: true, filter: isSource })
    .catch(async (error) => {
      // Node finds nothing by a name that is not UTF-8.
      if (errnoOf(error) === "ENOENT") await entriesOf(source.dir);
      throw error;
    });
  await fs.writeFile(logOf(folder), "");
}

function logOf(folder: string): string {
  return `${folder}.log`;
}

function runOf(
  { instance, project, version, source, stage }: BuildRequest & { readonly stage: OwnStage },
  folder: string,
) {
  const names = { FACS_INSTANCE: instance, FACS_PROJECT: project, FACS_VERSION: version, FACS_STAGE: stage.name };
  return { project, stage, folder, log: logOf(folder), env: { ...names, SRC_DIR: source.dir, BUILD_DIR: folder } };
}

/** Milliseconds after which the lock of a run that died is taken over. Its commands died with it. */
const STALE_MS = 10_000;

async function locked<T>(
  folder: string,
  { root, onEvent, signal }: PipelineContext,
  work: () => Promise<T>,
): Promise<T> {
  const { lock } = await import("proper-lockfile");
  await fs.mkdir(path.dirname(folder), { recursive: true });
  const attempt = () => lock(folder, { realpath: false, stale: STALE_MS, onCompromised: () => undefined });
  let isTold = false;
  for (;;) {
    signal?.throwIfAborted();
    const unlock = await attempt().catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ELOCKED") throw error;
    });
    if (unlock !== undefined) return work().finally(() => unlock().catch(() => undefined));
    if (!isTold) {
      const message = `another facs is building in ${path.relative(root, folder)}: waiting for it`;
      const hint = `If it was killed, this goes on within ${STALE_MS / 1000} s.`;
      onEvent({ type: "warning", message, hint });
    }
    isTold = true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
