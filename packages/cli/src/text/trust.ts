import { formatProblem } from "@facsimile/core";
import type { PipelineContext, TrustAddition, TrustRemoval, TrustRemoved } from "@facsimile/pipeline";
import type { Scopes, TrustedKey, TrustListing } from "@facsimile/state";
import { columns, type Style } from "./style.ts";
import { harmless } from "./value.ts";
import { labelled } from "./words.ts";

type RootCandidate = Parameters<NonNullable<PipelineContext["confirmRoot"]>>[0];

/** Everybody who is trusted, a line each, and what is wrong. */
export function trustListText(
  { keys, list, problem }: TrustListing,
  { style, configDir }: { readonly style: Style; readonly configDir: string },
): string {
  const rows = columns(keys.map(keyCells), { indent: 0 });
  const nobody = [
    `nobody is trusted: no root is pinned in ${configDir}/trust.json`,
    "  pin whom you know: facs trust add --root FINGERPRINT",
  ];
  const signed =
    list === undefined ? [] : [`keys/signers.json: serial ${list.serial}, signed by ${grouped(list.signedBy)}`];
  const problems = [...keys.flatMap((key) => key.problem ?? []), ...(problem === undefined ? [] : [problem])];
  const told = problems.map((one) => `${style.yellow("!")} ${harmless(formatProblem(one))}${hintText(one.hint)}`);
  return `${[...(keys.length === 0 ? nobody : rows), ...signed, ...told].join("\n")}\n`;
}

function keyCells({ fingerprint, role, scopes, origin, added, userId }: TrustedKey): readonly string[] {
  const since = added === undefined ? "" : `, ${harmless(added.slice(0, 10))}`;
  return [role, grouped(fingerprint), scopesText(scopes), nameText(userId), `${origin}${since}`];
}

/** Who it is, before the question. */
export function additionText(
  { fingerprint, userId, key, signers, unusedScopes, overruled }: TrustAddition,
  style: Style,
): string {
  const scopes = signers?.signers.get(fingerprint);
  const before = signers?.before?.signers.get(fingerprint);
  const may =
    signers === undefined
      ? "would be a root of yours: whatever it signs is taken"
      : `may sign ${scopesText(scopes ?? [])}`;
  const lines = [
    ...labelled("key", [grouped(fingerprint), nameText(userId)]),
    ...labelled("then", [may, ...(before === undefined ? [] : [`so far ${scopesText(before)}`])]),
    ...(key === undefined ? [] : labelled("file", [`keys/${fingerprint}.asc is written`])),
    ...unusedScopes.map(({ scope, near }) => `${style.yellow("!")} ${unusedText(scope)}${near === undefined ? "" : `; did you mean ${near}?`}`), // biome-ignore format: one line
    ...(overruled ? [`${style.yellow("!")} ${OVERRULED}`] : []),
  ];
  return `${lines.join("\n")}\n`;
}

export function unusedText(scope: string): string {
  return `no instance has the scope ${scope}, and there is no state/${scope}.json`;
}

const OVERRULED = "FACS_TRUSTED_SIGNERS is set and used in the place of trust.json";

/** What is true now. */
export function addedText(
  { fingerprint, userId, signers, changed }: TrustAddition,
  written: readonly string[],
): string {
  const who = `${grouped(fingerprint)} ${nameText(userId)}`;
  const scopes = scopesText(signers?.signers.get(fingerprint) ?? []);
  const now = changed ? "now" : "already";
  const title = signers === undefined ? `${who}: ${now} a root of yours` : `${who}: may ${now} sign ${scopes}`;
  const shared = written.filter((file) => file !== "trust.json");
  const lines = [
    title,
    ...(written.length === 0 ? [] : labelled("written", [written.join(" ")])),
    ...(shared.length === 0 ? [] : labelled("next", ["commit and push keys/: until then nobody else knows of it"])),
  ];
  return `${lines.join("\n")}\n`;
}

/** What would be lost, before the question. */
export function removalText({ fingerprint, userId, refused, unclear, last }: TrustRemoval, style: Style): string {
  const lines = [
    ...labelled("key", [grouped(fingerprint), nameText(userId)]),
    ...(last ? [`${style.yellow("!")} it is your last root: nothing that is signed would be taken any more`] : []),
    ...(refused.length === 0 ? [] : [`${style.yellow("!")} refused from then on, until somebody trusted signs it:`]),
    ...columns(
      refused.map(({ file, why }) => [file, harmless(why)]),
      { indent: 4 },
    ),
    ...unclearLines(unclear, style),
  ];
  return `${lines.join("\n")}\n`;
}

/** How it is done without leaving files refused. */
export function refusedHint({ role, fingerprint, refused }: TrustRemoval): string {
  if (refused.length === 0) return "";
  return role === "root"
    ? `A root whose key opens them can sign them again: facs trust remove --root --reseal ${fingerprint}\n`
    : "A root whose key opens them can do it in your place, or make you a recipient first.\n";
}

/** What is true now. */
export function removedText(removal: TrustRemoval, { resealed, written }: TrustRemoved, style: Style): string {
  const { fingerprint, userId, role, refused, unclear } = removal;
  const readable = resealed.filter(({ recipients }) => recipients.includes(fingerprint)).map(({ file }) => file);
  const left = removal.signers?.signers.get(fingerprint);
  const signs = left === undefined ? "nothing any more" : `no more than ${scopesText(left)}`;
  const title = role === "root" ? "is no root of yours any more" : `may sign ${signs}`;
  const lines = [
    `${grouped(fingerprint)} ${nameText(userId)}: ${title}`,
    ...labelled("sealed", resealed.map(({ file, serial }) => `${file} again, unchanged, by you: serial ${serial}`)), // biome-ignore format: one line
    ...labelled("refused", columns(refused.map(({ file, why }) => [file, harmless(why)]), { indent: 0 })), // biome-ignore format: one line
    ...(readable.length === 0 ? [] : labelled("reads", [`${readable.join(" ")} still: that key is a recipient`])),
    ...(written.length === 0 ? [] : labelled("next", [`commit and push together: ${written.join(" ")}`])),
    ...unclearLines(unclear, style),
  ];
  return `${lines.join("\n")}\n`;
}

function unclearLines(unclear: TrustRemoval["unclear"], style: Style): string[] {
  return unclear.map(({ problem }) => `${style.yellow("!")} left as it is: ${harmless(formatProblem(problem))}`);
}

/** Who signed, for a user who trusts nobody yet. */
export function firstUseText({ fingerprint, userId, keyFile, signed }: RootCandidate): string {
  const lines = [
    `You trust nobody yet. Nothing of ${signed} is used before you do.`,
    ...labelled("signed by", [grouped(fingerprint), `${nameText(userId)}, so says ${keyFile}`], 11),
    "  Whoever can push could have put that key there. Compare the whole fingerprint with its owner, by another way than",
    "  this repository: on the phone, on a card, in person.",
  ];
  return `${lines.join("\n")}\n`;
}

/** `9F3B 0000 0000 0000 0000  0000 0000 0000 0000 11C2`, as gpg shows it. */
export function grouped(fingerprint: string): string {
  const groups = fingerprint.match(/.{1,4}/g) ?? [];
  return [groups.slice(0, 5).join(" "), groups.slice(5).join(" ")].filter(Boolean).join("  ");
}

export function nameText(userId: string | undefined): string {
  return userId === undefined ? "(no name: its key is not in keys/)" : harmless(userId);
}

function scopesText(scopes: Scopes): string {
  return scopes === "all" ? "every scope" : scopes.map(harmless).join(", ");
}

function hintText(hint: string | undefined): string {
  return (hint?.split("\n") ?? []).map((line) => `\n  ${harmless(line)}`).join("");
}
