import fs from "node:fs/promises";
import path from "node:path";
import { FacsimileError } from "@facsimile/core";
import type { PipelineContext } from "../../context.ts";
import { runStage, type StageRun } from "../run-stage.ts";
import type { Virtualenv } from "../stages.ts";
import { makeMovable } from "./movable.ts";

/**
 * Makes a Python virtual environment in the build, from its requirements, such that it works wherever it is put: on a host
 * the Python at `python` runs it. pip is not in it.
 *
 * @throws `BUILD_FAILED`
 */
export async function makeVirtualenv(virtualenv: Virtualenv, run: StageRun, context: PipelineContext): Promise<void> {
  const { dir, python } = virtualenv;
  const [made, tools] = [path.join(run.folder, dir), path.join(run.folder, `${dir}.pip`)];
  const builder = await builderOf(python);
  const commands = [
    // pip works from outside: what is deployed holds only what was asked for.
    [builder, "-m", "venv", "--", tools],
    [builder, "-m", "venv", "--without-pip", "--", made],
    ...(await whatOf(virtualenv, run)).map((what) => [...pip(tools, made), ...virtualenv.options, ...what]),
  ];
  await fs.rm(made, { recursive: true, force: true });
  try {
    const env = { ...run.stage.env, PYTHONDONTWRITEBYTECODE: "1" };
    await runStage({ ...run, stage: { ...run.stage, run: commands, env } }, context);
  } finally {
    await fs.rm(tools, { recursive: true, force: true });
  }
  const left = await makeMovable(made, { python, here: run.folder });
  if (left.length === 0) return;
  throw new FacsimileError(
    "BUILD_FAILED",
    `${run.project}: files of ${dir} name the folder of the build: ${left.join(", ")}`,
    {
      position: run.stage.position,
      hint: "They would not be found on a host. Install packages as they are, not by -e and not by links.",
    },
  );
}

/** The Python of the hosts, or the one of its name that is found here. */
async function builderOf(python: string): Promise<string> {
  return fs.access(python, fs.constants.X_OK).then(
    () => python,
    () => path.basename(python),
  );
}

async function whatOf(
  { requirements, project }: Virtualenv,
  { folder, stage, project: name }: StageRun,
): Promise<string[][]> {
  const what = project ? [["."]] : [];
  if (requirements === undefined) return what;
  if (await fs.access(path.join(folder, requirements)).then(() => true, () => false)) return [["-r", requirements], ...what]; // biome-ignore format: one line
  throw new FacsimileError("BUILD_FAILED", `${name}: build.virtualenv needs ${requirements}, and the build has none`, {
    position: stage.position,
    hint: "Name the file as build.virtualenv.requirements, relative to the project's sources.",
  });
}

function pip(tools: string, made: string): readonly string[] {
  const quiet = ["--no-input", "--disable-pip-version-check"];
  // Compiled files hold times and paths: Python makes them on the host.
  return [path.join(tools, "bin/python"), "-m", "pip", "--python", path.join(made, "bin/python"), ...quiet, "install", "--no-compile"]; // biome-ignore format: one line
}
