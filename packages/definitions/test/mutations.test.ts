import fs from "node:fs";
import path from "node:path";
import {
  type FacsimileError,
  isFacsimileError,
  type Position,
  parseInstance,
  parseProject,
  problemsOf,
} from "@facsimile/core";
import { describe, expect, it } from "vitest";
import { parseSource } from "../src/files/source-file.ts";
import { type Conglomerate, conglomerateOf, resolve, type Value } from "../src/index.ts";
import { isMap } from "../src/value.ts";
import { leafPaths } from "./arbitrary.ts";
import { CORPUS } from "./corpus.ts";
import { mutated, randomFrom } from "./mutate.ts";

const SEED = 20261122;
const INPUTS = 10_000;
const MAX_MS = 1000;

const errors = fs.readFileSync(path.resolve(import.meta.dirname, "../../../docs/errors.md"), "utf8");
const CODES: ReadonlySet<string> = new Set(Array.from(errors.matchAll(/^\| `([A-Z_]+)`/gm), ([, code]) => code ?? ""));
const BUILT_IN = [Object.prototype, Array.prototype, Function.prototype].map(
  (each) => [each, Reflect.ownKeys(each)] as const,
);

describe.each(Object.entries(CORPUS))("10,000 damaged definitions in %s", (format, corpus) => {
  const file = `define/beta.${format}`;

  it("give a value, or an error with a code and a place in the text, in time", async () => {
    for (const text of inputs(corpus)) {
      await outcome(text, { work: () => parseSource({ file, text }).value, texts: new Map([[file, text]]) });
    }
  });

  it("give, as an instance, a definition, or errors with a place in a file, in time", async () => {
    const maps = [...inputs(corpus)].filter((text) => isMap(valueIn(file, text)));
    expect(maps.length).toBeGreaterThan(1000);
    for (const text of maps) {
      const texts = new Map([...AROUND, [file, text]]);
      await outcome(text, { work: () => lookAt(conglomerateOf(texts, { root: "/nowhere" })), texts });
    }
  });
});

const AROUND: ReadonlyMap<string, string> = new Map([
  [
    "define/facsimile.json5",
    "{ projects: { shop: { repo: 'x', targets: ['web', 'db'] } }, home: 'shop', list: [1, 2], map: { k: 1 }, kept: {} }",
  ],
  ["define/shop.yaml", "deploy: { user: shop }\nmap: { k: 2, l: [x] }\n"],
  ["define/base.json5", "{ a: { from: 'base' } }"],
  ["define/common/x.json5", "{ extends: 'base' }"],
  [
    "define/modules.json",
    '[{ "name": "worker", "logical_name": "W", "service": { "queue": ["p"] } }, { "name": "mail" }]',
  ],
]);

/** All that can be asked of a definition. */
async function lookAt(conglomerate: Conglomerate): Promise<void> {
  const options = {
    instance: parseInstance("beta"),
    project: parseProject("shop"),
    env: { HOME: "/home/r", USER: "r" },
  };
  const { values, hosts, view, modulesOf, origin } = await resolve(conglomerate, options);
  for (const host of hosts.slice(0, 3)) JSON.stringify([view(host), modulesOf(host)]);
  for (const each of leafPaths(values as Value).slice(0, 20)) origin(each);
}

function* inputs(corpus: readonly string[]): Generator<string> {
  const random = randomFrom(SEED);
  for (let count = 0; count < INPUTS; count++) yield mutated(corpus, random);
}

function valueIn(file: string, text: string): Value | undefined {
  try {
    return parseSource({ file, text }).value;
  } catch {
    return undefined;
  }
}

interface Trial {
  readonly work: () => unknown;
  /** By the name that positions have. */
  readonly texts: ReadonlyMap<string, string>;
}

async function outcome(text: string, trial: Trial): Promise<void> {
  const wrong = (await tried(trial)) ?? builtInWrong();
  if (wrong === undefined) return;
  throw new Error(`${wrong.message}, seed ${SEED}: ${JSON.stringify(text)}`, { cause: wrong.cause });
}

interface Wrong {
  readonly message: string;
  readonly cause?: unknown;
}

async function tried(trial: Trial): Promise<Wrong | undefined> {
  const started = performance.now();
  const wrong = await errorOf(trial);
  const isSlow = performance.now() - started > MAX_MS;
  if (wrong !== undefined || !isSlow) return wrong;
  // A machine that is busy with something else is slow once.
  const again = performance.now();
  await errorOf(trial);
  return performance.now() - again > MAX_MS ? { message: `more than ${MAX_MS} ms` } : undefined;
}

async function errorOf({ work, texts }: Trial): Promise<Wrong | undefined> {
  try {
    await work();
    return undefined;
  } catch (cause) {
    if (!isFacsimileError(cause)) return { message: "an error without a code", cause };
    return problemsOf(cause).flatMap((problem) => wrongIn(problem, texts) ?? [])[0];
  }
}

function builtInWrong(): Wrong | undefined {
  const isSame = BUILT_IN.every(([object, keys]) => Reflect.ownKeys(object).length === keys.length);
  return isSame ? undefined : { message: "what all objects inherit was changed" };
}

function wrongIn(cause: FacsimileError, texts: ReadonlyMap<string, string>): Wrong | undefined {
  const message = CODES.has(cause.code) ? wrongPlace(cause, texts) : `the code ${cause.code} is not in docs/errors.md`;
  return message === undefined ? undefined : { message, cause };
}

function wrongPlace(
  { code, position, message }: FacsimileError,
  texts: ReadonlyMap<string, string>,
): string | undefined {
  // These are about what was asked for.
  if (position === undefined) return code === "UNKNOWN_PROJECT" ? undefined : `no position: ${message}`;
  const text = texts.get(position.file);
  if (text === undefined) return `a position in a file that is not there: ${position.file}`;
  return isWithin(position, text) ? undefined : `a position outside of the text: ${JSON.stringify(position)}`;
}

/** One past a line's last character is its end. */
function isWithin({ line, column, length = 0 }: Position, text: string): boolean {
  const row = text.replace(/^\ufeff/, "").split(/\r\n|\r|\n/)[line - 1];
  return row !== undefined && column >= 1 && column + length <= row.length + 1;
}

it("a chain of references longer than anybody writes ends with a value or an error with a code", async () => {
  const chain = Array.from({ length: 20_000 }, (_, n) => `"k${n}": "\${k${n + 1}}"`).join(",");
  const texts = new Map([...AROUND, ["define/beta.json", `{${chain},"k20000":1}`]]);
  await outcome("{…}", { work: () => lookAt(conglomerateOf(texts, { root: "/nowhere" })), texts });
});
