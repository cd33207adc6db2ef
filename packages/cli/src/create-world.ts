import { setMaxListeners } from "node:events";
import os from "node:os";
import path from "node:path";
import { type Environment, Redactor } from "@facsimile/core";
import { askerOf } from "./ask.ts";
import { EXIT } from "./exit.ts";
import { guarded, type Output } from "./output.ts";
import { createStyle } from "./text/style.ts";
import type { Process, World } from "./world.ts";

/** The world as this process has it; a first SIGINT or SIGTERM asks the work to stop. */
export async function createWorld(process: Process): Promise<World> {
  const { env } = process;
  const redactor = new Redactor();
  const [stdout, stderr] = [guarded(process.stdout), guarded(process.stderr)];
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // One for each host and child: no leak, whatever Node's default guesses.
  const parting: World["parting"] = {};
  const end = () => {
    stderr.write(redactor.redact(parting.text ?? ""));
    return process.exit(EXIT.interrupted);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    // The first asks, the second ends: locks then free themselves when their lease runs out.
    process.on(signal, () => (stop.signal.aborted ? end() : stop.abort(interrupted(signal))));
  }
  return {
    env,
    cwd: process.cwd(),
    node: process.versions.node,
    configDir: configDirOf(env),
    style: await createStyle({ colour: isColoured(process.stdout, env), unicode: isUnicode(env) }),
    tellStyle: await createStyle({ colour: isColoured(process.stderr, env), unicode: isUnicode(env) }),
    width: process.stdout.columns,
    tellWidth: process.stderr.columns,
    live: process.stderr.isTTY === true && env["TERM"] !== undefined && env["TERM"] !== "dumb",
    redactor,
    signal: stop.signal,
    parting,
    print: (text) => stdout.write(redactor.redact(text)),
    printRaw: stdout.write,
    tell: (text) => stderr.write(redactor.redact(text)),
    outputProblem: stdout.problem,
    outputClosed: stdout.closed,
    // Later, because the first look at process.stdin takes time that most commands need not spend.
    get stdin() {
      return process.stdin;
    },
    get ask() {
      return askerOf(process, { redactor, signal: stop.signal });
    },
  };
}

function configDirOf(env: Environment): string {
  if (env["FACS_CONFIG_DIR"]) return env["FACS_CONFIG_DIR"];
  const home = env["HOME"] || os.userInfo().homedir; // An empty one would mean the current folder.
  return path.join(env["XDG_CONFIG_HOME"] || path.join(home, ".config"), "facsimile");
}

// https://no-color.org, and FORCE_COLOR as most tools know it.
function isColoured({ isTTY }: Output, env: Environment): boolean {
  if (env["NO_COLOR"]) return false;
  if (!["", "0", undefined].includes(env["FORCE_COLOR"])) return true;
  return isTTY === true && env["TERM"] !== "dumb";
}

// Unset means a terminal of today; an explicit other character set gets ASCII.
function isUnicode(env: Environment): boolean {
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  return locale === "" || /utf-?8/i.test(locale) || locale.startsWith("C.");
}

function interrupted(signal: string): Error {
  return Object.assign(new Error(`stopped by ${signal}`), { name: "AbortError" });
}
