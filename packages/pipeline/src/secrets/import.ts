import path from "node:path";
import { FacsimileError, Secret } from "@facsimile/core";
import { parsePlainTexts } from "@facsimile/definitions";
import { type Change, parseValueName, type State, valueNameText } from "@facsimile/state";
import { parseDotenv } from "./dotenv.ts";
import { infoOf } from "./places.ts";

export const IMPORT_FORMATS = ["dotenv", "json", "yaml", "python"] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** What a file holds that a state can take over. */
export interface Imported {
  readonly secrets: readonly Secret[];
  /** By daemon. */
  readonly uiids: ReadonlyMap<string, number>;
  /** By name. */
  readonly settings: ReadonlyMap<string, string>;
}

/**
 * Reads a file of secrets. No message holds a value.
 *
 * @param format Default: by the name of the file; `state.json` is that of the Python tool.
 * @throws `USAGE` where the format cannot be known; `FILE_SYNTAX`, `NOT_A_MAP`, `DUPLICATE_KEY`, `INVALID_VALUE`, `BAD_NAME`,
 *   `SECRET_INVALID`
 */
export function parseImport({
  file,
  text,
  format = formatOf(file),
}: {
  readonly file: string;
  readonly text: string;
  readonly format?: ImportFormat | undefined;
}): Imported {
  if (format === "python") return parsePython({ file, text });
  const parse = format === "dotenv" ? parseDotenv : parsePlainTexts;
  const secrets = [...parse({ file, text })].map(([name, value]) => namedSecret(name, value));
  return { secrets, uiids: new Map(), settings: new Map() };
}

/** @throws `SECRET_INVALID` */
function namedSecret(name: string, value: string): Secret {
  // JSON can spell half of a character: "\ud800".
  if (Buffer.from(value).toString() !== value) {
    const hint = "Write it as text, or encode it, for instance in base64. Nothing was written.";
    throw new FacsimileError("SECRET_INVALID", `the value of ${JSON.stringify(name)} is no valid Unicode`, { hint });
  }
  return new Secret(value, valueNameText(parseValueName(name)));
}

function formatOf(file: string): ImportFormat {
  const name = path.basename(file);
  if (/^\.env(?:\.|$)|\.env$/.test(name)) return "dotenv";
  if (name === "state.json") return "python";
  if (name.endsWith(".json")) return "json";
  if (/\.ya?ml$/.test(name)) return "yaml";
  throw new FacsimileError("USAGE", `what is ${name === "-" ? "on stdin" : name}?`, {
    hint: `Say it: --format ${IMPORT_FORMATS.join(", ")}`,
  });
}

/** `{passwd: {<user>: …}, instances: {inmap: {<daemon>: {uiid}}}, directories: {<name>: …}}`, as the Python tool wrote it. */
function parsePython({ file, text }: { readonly file: string; readonly text: string }): Imported {
  const texts = parsePlainTexts({ file, text });
  const below = (start: string) =>
    [...texts].flatMap(([name, value]) => (name.startsWith(start) ? [[name.slice(start.length), value] as const] : []));
  const uiids = below("instances/inmap/").flatMap(([name, value]) => {
    const [, daemon] = /^(.*)\/uiid$/.exec(name) ?? [];
    return daemon === undefined ? [] : [[daemon, Number(value)] as const];
  });
  return {
    secrets: below("passwd/").map(([user, value]) => namedSecret(`passwd/${user}`, value)),
    uiids: new Map(uiids),
    settings: new Map(below("directories/")),
  };
}

/** What an import would do; names only. */
export interface ImportPlan {
  readonly changes: readonly Change[];
  readonly fresh: readonly string[];
  readonly replaced: readonly string[];
  /** There already, and left as they are. */
  readonly kept: readonly string[];
}

/** Compares a file with a state. What is there stays, unless `overwrite`; a uiid always stays. */
export function planImport(
  { secrets, uiids, settings }: Imported,
  { state, instance, overwrite }: { readonly state: State; readonly instance: string | undefined; readonly overwrite: boolean }, // biome-ignore format: one line
): ImportPlan {
  const values = secrets.map((secret) => {
    const name = parseValueName(secret.name, instance);
    const isThere = infoOf(name, state) !== undefined;
    return { shown: secret.name, isThere, stays: !overwrite, change: { type: "set", name, value: secret.reveal() } } as const; // biome-ignore format: one line
  });
  const numbers = [...uiids].map(([daemon, uiid]) => {
    const isThere = state.uiid(daemon) !== undefined;
    return { shown: `uiid ${daemon} = ${uiid}`, isThere, stays: true, change: { type: "uiid", daemon, uiid } } as const;
  });
  const facts = [...settings].map(([name, value]) => {
    const isThere = state.setting(name) !== undefined;
    return { shown: `setting ${name}`, isThere, stays: !overwrite, change: { type: "setting", name, value } } as const;
  });
  const all = [...values, ...numbers, ...facts];
  const done = all.filter(({ isThere, stays }) => !(isThere && stays));
  const shown = (some: readonly { readonly shown: string }[]) => some.map((each) => each.shown);
  return {
    changes: done.map(({ change }) => change),
    fresh: shown(done.filter(({ isThere }) => !isThere)),
    replaced: shown(done.filter(({ isThere }) => isThere)),
    kept: shown(all.filter(({ isThere, stays }) => isThere && stays)),
  };
}
