import { createReadStream } from "node:fs";
import path from "node:path";
import { errnoOf, FacsimileError, Secret } from "@facsimile/core";
import { askHidden } from "./ask-hidden.ts";
import type { World } from "./world.ts";

export interface SecretInput {
  /** `passwd/storefront`. */
  readonly name: string;
  /** Taken as it is; `-`: stdin as it is. Default: stdin without one newline at its end or, on a terminal, what is typed twice. */
  readonly file?: string | undefined;
}

type InputWorld = Pick<World, "cwd" | "redactor" | "stdin" | "tell" | "signal">;

/**
 * Takes a value from where nobody else sees it. It is kept out of all output from now on.
 *
 * @throws `SECRET_INVALID`
 */
export async function readSecret({ name, file }: SecretInput, world: InputWorld): Promise<Secret> {
  const text = file === undefined ? ((await typed(name, world)) ?? (await piped(world))) : await readText(file, world);
  const secret = new Secret(text, name);
  world.redactor.add(secret);
  if (text === "") throw invalid(`the value for ${name} is empty`, EMPTY);
  return secret;
}

const EMPTY = "Give it on stdin, by --file, or type it. facs secrets unset takes a value out.";

async function typed(name: string, world: InputWorld): Promise<string | undefined> {
  const lines = await askHidden([`${name}: `, `${name} again: `], world);
  if (lines === undefined) return undefined;
  const [first = "", second] = lines;
  if (first === second) return first;
  world.redactor.add(...lines.map((line) => new Secret(line, name)));
  throw invalid("the two values differ", "Type the same value twice.");
}

async function piped({ stdin }: InputWorld): Promise<string> {
  return textOf(await readAll(stdin, "stdin"), "stdin").replace(/\r?\n$/, "");
}

/** Text that a command reads whole: a file from the current folder, or stdin for `-`. @throws `SECRET_INVALID` */
export async function readText(name: string, world: Pick<World, "cwd" | "stdin">): Promise<string> {
  return name === "-" ? textOf(await readAll(world.stdin, "stdin"), "stdin") : inFile(name, world);
}

async function inFile(file: string, { cwd }: Pick<World, "cwd">): Promise<string> {
  if (file === "") throw invalid("--file names no file", "Name a file that holds the value.");
  let bytes: Buffer;
  try {
    bytes = await readAll(createReadStream(path.resolve(cwd, file)), file);
  } catch (cause) {
    if (errnoOf(cause) === undefined) throw cause;
    const details = { cause, hint: "Name a file that holds the value. Nothing was written." };
    throw new FacsimileError("SECRET_INVALID", `cannot read ${file}: ${(cause as Error).message}`, details);
  }
  return textOf(bytes, file);
}

const MAX_BYTES = 1 << 20;

async function readAll(stream: AsyncIterable<string | Buffer>, name: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk));
    size += chunk.length;
    if (size > MAX_BYTES) throw invalid(`${name} holds more than 1 MiB`, "A state is for secrets, not for files.");
  }
  return Buffer.concat(chunks);
}

function textOf(bytes: Buffer, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalid(`${name} is not UTF-8`, "Encode it first, as base64 does, and decode it in the template.");
  }
}

function invalid(message: string, hint: string): FacsimileError {
  return new FacsimileError("SECRET_INVALID", message, { hint: `${hint} Nothing was written.` });
}
