import path from "node:path";
import { type Environment, FacsimileError, isFacsimileError, type Secret } from "@facsimile/core";
import { parseValueName, valueNameText, valuesOf } from "@facsimile/state";
import { isNotFound, runChild, withoutKeys } from "../child.ts";
import { makeFifo, serveFifo } from "../fifo.ts";
import { withMemoryFolder } from "../memory-folder.ts";
import { notHeld, type Opened, openScope, type SecretsInvocation } from "./secrets.ts";

export interface SecretsExecOptions {
  readonly only?: readonly string[];
  readonly fifo?: readonly string[];
}

export interface SecretsExecInvocation extends SecretsInvocation<SecretsExecOptions> {
  /** The program and its arguments. */
  readonly words: readonly string[];
}

/** Runs a command that has secrets in its environment, or pipes to read them from. Its exit status is ours. */
export async function secretsExecCommand(invocation: SecretsExecInvocation): Promise<void> {
  const { words, options, world, run } = invocation;
  if (options.json) throw noDocument();
  const pipes = (options.fifo ?? []).map(parsePipe);
  refuseTaken(pipes, world.env);
  const opened = await openScope(invocation, "read");
  const seen = await secretsOf(opened);
  const asked = options.only ?? (pipes.length > 0 ? [] : [...seen.keys()]);
  const pick = (name: string) => seen.get(name) ?? missing(name, opened);
  const values = variables(asked.map((name) => [name, pick(name)]), { env: world.env, pipes }); // biome-ignore format: one line
  const piped = pipes.map(({ name, variable }) => ({ variable, secret: pick(name) }));
  const env = { ...withoutKeys(world.env), ...values };
  const isTerminal = world.stdin.isTTY === true;
  world.signal.throwIfAborted();
  const work = (more: Environment) => runChild(words, { cwd: world.cwd, env: { ...env, ...more }, isTerminal }).catch((error) => notRun(error, invocation)); // biome-ignore format: one line
  const { status } = piped.length === 0 ? await work({}) : await withPipes(piped, { opened, env: world.env, work });
  run.status = status;
}

/** Told, with the status that shells give: POSIX, "Exit Status for Commands". */
async function notRun(error: unknown, { world, run }: SecretsExecInvocation): Promise<{ readonly status: number }> {
  if (!isFacsimileError(error, "EXEC_NOT_FOUND")) throw error;
  const { problemsText } = await import("../text/problems.ts");
  world.tell(problemsText(error, { root: run.root, style: world.tellStyle }));
  return { status: isNotFound(error.cause) ? 127 : 126 };
}

function noDocument(): FacsimileError {
  return new FacsimileError("USAGE", "exec prints what its command prints, and no document", {
    hint: "Where --json is for the command, put -- before it: facs secrets exec INSTANCE -- COMMAND … --json",
  });
}

interface Pipe {
  readonly name: string;
  readonly variable: string;
}

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

function parsePipe(text: string): Pipe {
  const at = text.lastIndexOf("=");
  const [name, variable] = [text.slice(0, at), text.slice(at + 1)];
  if (at > 0 && VARIABLE.test(variable)) return { name: valueNameText(parseValueName(name)), variable };
  throw new FacsimileError("USAGE", `--fifo ${text}: expected NAME=VARIABLE`, { hint: "--fifo tls/key=TLS_KEY_FILE" });
}

/** Every value that the instance sees, by name. */
async function secretsOf({ scope }: Opened): Promise<ReadonlyMap<string, Secret>> {
  const { secretSeen } = await import("@facsimile/pipeline");
  const names = new Set(valuesOf(scope.state).map(({ name }) => valueNameText(name)));
  const found = [...names].map((name) => [name, secretSeen(name, { ...scope, previous: false })] as const);
  return new Map(found.filter((entry): entry is readonly [string, Secret] => entry[1] !== undefined));
}

function missing(name: string, { scope }: Opened): never {
  throw notHeld(parseValueName(name), scope);
}

/** `DB_ROOT` for `db/root`. */
export function variableOf(name: string): string {
  const upper = name.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
  return /^[0-9]/.test(upper) ? `_${upper}` : upper;
}

/** @throws `ENV_CLASH`, `SECRET_INVALID` */
function variables(
  secrets: readonly (readonly [string, Secret])[],
  { env, pipes }: { readonly env: Environment; readonly pipes: readonly Pipe[] },
): Record<string, string> {
  const owners = new Map<string, string>(pipes.map(({ name, variable }) => [variable, `--fifo ${name}`]));
  const made: Record<string, string> = {};
  for (const [name, secret] of secrets) {
    const variable = variableOf(name);
    const owner = owners.get(variable) ?? (env[variable] === undefined ? undefined : SET_ALREADY);
    if (owner !== undefined && owner !== name) throw clash({ name, variable, owner });
    const value = secret.reveal();
    if (value.includes("\0")) throw unfit(name);
    owners.set(variable, name);
    made[variable] = value;
  }
  return made;
}

/** @throws `ENV_CLASH` for a pipe whose variable is set already, or is that of another pipe */
function refuseTaken(pipes: readonly Pipe[], env: Environment): void {
  const owners = new Map<string, string>();
  for (const { name, variable } of pipes) {
    const owner = owners.get(variable) ?? (env[variable] === undefined ? undefined : SET_ALREADY);
    if (owner !== undefined) throw clash({ name: `--fifo ${name}`, variable, owner });
    owners.set(variable, `--fifo ${name}`);
  }
}

const SET_ALREADY = "what the environment has already";

function clash({ name, variable, owner }: { name: string; variable: string; owner: string }): FacsimileError {
  return new FacsimileError("ENV_CLASH", `${name} would be ${variable}, and so is ${owner}`, {
    hint: "Choose what the command needs: --only NAME. Or name it yourself: --fifo NAME=VARIABLE.",
  });
}

function unfit(name: string): FacsimileError {
  return new FacsimileError("SECRET_INVALID", `${name} holds a NUL, which no environment can`, {
    hint: `Hand it over by a pipe: --fifo ${name}=VARIABLE`,
  });
}

/** Puts pipes into a folder in memory, which is gone when the work is done, however it ends. */
async function withPipes<T>(
  pipes: readonly { readonly variable: string; readonly secret: Secret }[],
  { opened, env, work }: { readonly opened: Opened; readonly env: Environment; readonly work: (more: Environment) => Promise<T> }, // biome-ignore format: one line
): Promise<T> {
  const done = new AbortController();
  return withMemoryFolder(env, async (folder) => {
    const made = pipes.map(({ variable, secret }) => ({ variable, secret, file: path.join(folder, variable) }));
    for (const { file } of made) await makeFifo(file, opened.context.exec);
    const serving = Promise.all(made.map(({ file, secret }) => serveFifo(file, secret, done.signal)));
    serving.catch(() => undefined); // It is told below, when the work is done.
    try {
      return await work(Object.fromEntries(made.map(({ variable, file }) => [variable, file])));
    } finally {
      done.abort();
      await serving;
    }
  });
}
