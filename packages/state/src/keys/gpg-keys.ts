import { FacsimileError } from "@facsimile/core";
import { failed, type Gpg } from "./gpg.ts";
import { FINGERPRINT, LONG_FINGERPRINT, wrongVersion } from "./pgp.ts";

/** A secret key as GnuPG lists it. */
export interface GpgKey {
  /** Upper-case hex, of the primary key. */
  readonly fingerprint: string;
  readonly userId: string;
  /** Why it cannot do all that is wanted of it: `expired on 2026-01-02`. */
  readonly doubt: string | undefined;
}

/** Why GnuPG has no key to use. */
export interface NoGpgKey {
  readonly why: string;
  /** The fingerprint of a key that would do, had it not expired. */
  readonly expired?: string | undefined;
}

/** The key that `chosen` names, else the only usable one, else gpg's `default-key`; or why there is none. */
export async function chooseKey(gpg: Gpg, chosen: string | undefined): Promise<GpgKey | NoGpgKey> {
  const wanted = chosen && parseChosen(chosen);
  const keys = await listKeys(gpg);
  // An expired key that was named still opens what was encrypted to it.
  const named = keys.find(({ fingerprint }) => fingerprint === wanted);
  if (named !== undefined) return named;
  if (keys.length === 0) return { why: "GnuPG has no secret key" };
  if (wanted) return { why: `GnuPG has no such secret key, but ${keys.map(described).join(", ")}` };
  const usable = keys.filter(({ doubt }) => doubt === undefined);
  const [only, second] = usable;
  if (only === undefined)
    return { why: `of GnuPG's secret keys ${keys.map(described).join(", ")}`, expired: expiredOf(keys) };
  return second === undefined ? only : ((await defaultKey(gpg, usable)) ?? ambiguous(usable));
}

function expiredOf(keys: readonly GpgKey[]): string | undefined {
  return keys.find(({ doubt }) => doubt?.includes("expired on"))?.fingerprint;
}

function parseChosen(text: string): string {
  const fingerprint = text.replace(/\s|^0x/g, "").toUpperCase();
  if (FINGERPRINT.test(fingerprint)) return fingerprint;
  const what = LONG_FINGERPRINT.test(fingerprint)
    ? `names ${wrongVersion("5 or 6")}`
    : `is ${JSON.stringify(text)}, not a fingerprint of 40 hex digits`;
  throw new FacsimileError("KEY_INVALID", `FACS_GPG_KEY ${what}`, {
    hint: "gpg --list-secret-keys shows it. Names and short key ids can be forged.",
  });
}

async function listKeys(gpg: Gpg, name?: string): Promise<GpgKey[]> {
  const said = await gpg(["--with-colons", "--list-secret-keys", ...(name === undefined ? [] : ["--", name])]);
  if (said.ok) return parseSecretKeys(said.stdout.toString());
  if (name !== undefined) return [];
  throw failed("gpg did not list its secret keys", said.words);
}

/** Asks gpgconf, since gpg tells nobody what its `default-key` is; it may be a name, so gpg says whose. */
async function defaultKey(gpg: Gpg, usable: readonly GpgKey[]): Promise<GpgKey | undefined> {
  const { stdout } = await gpg(["--list-options", "gpg"], { program: "gpgconf" });
  const name = /^default-key:(?:[^:]*:){8}"(.+)$/m.exec(stdout.toString())?.[1];
  if (name === undefined) return undefined;
  const [only, second] = await listKeys(gpg, decodeURIComponent(name));
  return second === undefined ? usable.find(({ fingerprint }) => fingerprint === only?.fingerprint) : undefined;
}

function ambiguous(keys: readonly GpgKey[]): never {
  const message = `GnuPG has ${keys.length} secret keys that can sign and decrypt: ${keys.map(described).join(", ")}`;
  throw new FacsimileError("KEY_AMBIGUOUS", message, {
    hint: "Set FACS_GPG_KEY to the fingerprint of one, or default-key in gpg.conf. A key for Facsimile alone: GNUPGHOME=/none facs init",
  });
}

function described({ fingerprint, userId, doubt }: GpgKey): string {
  return `${fingerprint} (${userId})${doubt === undefined ? "" : ` ${doubt}`}`;
}

/** Reads `--with-colons`, as doc/DETAILS of GnuPG has it. */
export function parseSecretKeys(text: string): GpgKey[] {
  const records = text.split("\n").map((line) => line.split(":"));
  const starts = records.flatMap(([type], index) => (type === "sec" ? [index] : []));
  return starts.map((start, index) => keyOf(records.slice(start, starts[index + 1])));
}

function keyOf(records: readonly (readonly string[])[]): GpgKey {
  const fingerprint = records.find(([type]) => type === "fpr")?.[9] ?? "";
  const names = records.filter(([type]) => type === "uid");
  const name = names.find(([, validity]) => validity !== "r") ?? names[0];
  const userId = name?.[9]?.replaceAll("\\x3a", ":") ?? fingerprint;
  return { fingerprint, userId, doubt: doubtOf(records, fingerprint) };
}

function doubtOf(records: readonly (readonly string[])[], fingerprint: string): string | undefined {
  const parts = records.filter(([type = ""]) => type === "sec" || type === "ssb").map(partOf);
  const [primary] = parts;
  if (!FINGERPRINT.test(fingerprint)) return `is ${wrongVersion("5 or 6")}`;
  if (primary?.fault !== undefined) return primary.fault;
  if (primary?.uses.includes("D")) return "is disabled";
  return whyNot(parts, { use: "s", verb: "sign" }) ?? whyNot(parts, { use: "e", verb: "decrypt" });
}

/** The primary key or a subkey. */
interface Part {
  readonly uses: string;
  /** What is wrong with it, wherever it is. */
  readonly fault: string | undefined;
  /** On this machine or a card; a primary key often is in a drawer. */
  readonly here: boolean;
}

function partOf([, validity = "", , , , , ends = "", , , , , uses = "", , , place]: readonly string[]): Part {
  const day = ends === "" ? "" : new Date(Number(ends) * 1000).toISOString().slice(0, 10);
  const faults: Readonly<Record<string, string>> = { r: "is revoked", e: `expired on ${day}`, i: "is invalid" };
  return { uses, fault: faults[validity], here: place !== "#" };
}

function whyNot(parts: readonly Part[], { use, verb }: { use: string; verb: string }): string | undefined {
  const able = parts.filter(({ uses }) => uses.includes(use));
  if (able.some(({ fault, here }) => fault === undefined && here)) return undefined;
  const why = able.map(({ fault = "is not on this machine" }) => `the part that could ${fault}`);
  return `cannot ${verb}${why.length === 0 ? "" : `: ${why.join(", ")}`}`;
}
