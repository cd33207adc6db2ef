import { Redactor, type Secret, sha256 } from "@facsimile/core";
import { type State, valuesOf } from "@facsimile/state";
import { standIn } from "../../secrets/values.ts";
import { type ChangedFile, treeHeldBy } from "./changed-files.ts";
import { type AtHand, isForeign } from "./foreign.ts";
import type { StandIns } from "./stand-ins.ts";
import type { FileChange } from "./types.ts";

export interface Masking {
  readonly file: ChangedFile;
  readonly now: AtHand;
  readonly redactor: Redactor;
  readonly standIns: StandIns;
}

/** Both texts of a file that holds secrets, masked; hidden where it is not sure that no part of a secret is left. */
export async function maskedTexts(
  { before, after }: { readonly before: string; readonly after: string },
  { file, now, redactor, standIns }: Masking,
): Promise<FileChange["texts"]> {
  const { state } = now;
  const masked = { before: redactor.redact(before), after: redactor.redact(after) };
  const isNew = file.node.secrets.length > 0;
  const isOld = isKnownOf(masked.before, { file, now }) && !holdsPiece(masked.before, state.secrets());
  const isWhole = isOld && (!isNew || (await isFullyMasked(after, { file, state, standIns })));
  return isWhole ? masked : { hidden: "secrets" };
}

/** Whether every secret of the tree that the hosts hold is known as it was then: it was found, or is of this state and as old as that. */
function isKnownOf(masked: string, { file, now }: { file: ChangedFile; now: AtHand }): boolean {
  const values = new Map(now.state.secrets().map((secret) => [secret.name, secret]));
  return file.holders.every((holder) => {
    const { release } = holder.found;
    return treeHeldBy(holder)?.secrets.every((name) => {
      if (masked.includes(`‹${name}›`) || masked.includes(`‹${name} (previous)›`)) return true;
      if (release === undefined || isForeign(release, now)) return false;
      return createdOf(name, now.state) <= release.built && (values.get(name)?.reveal().length ?? 0) >= MIN_LENGTH;
    });
  });
}

/**
 * Whether a text in which secrets are masked holds more of one, in letters of either case and whatever stands between them: the
 * templates that it was rendered with are not at hand, and a filter may have made it. Pure.
 */
export function holdsPiece(masked: string, secrets: readonly Secret[]): boolean {
  const text = bare(masked.replace(/‹[^›]*›/g, ""));
  const pieces = new Set(piecesOf(text)); // A state may hold a thousand secrets: the text is cut once.
  const isIn = (form: string) => (form.length < PIECE ? text.includes(form) : piecesOf(form).some((one) => pieces.has(one))); // biome-ignore format: one line
  const isFound = (form: string) => form.length >= MIN_LENGTH && isIn(form);
  return secrets.some((secret) => formsOf(secret.reveal()).some((form) => isFound(bare(form))));
}

/** As it is, backwards, twice in base64 and hashed: what filters make. */
function formsOf(value: string): readonly string[] {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  return [value, [...value].reverse().join(""), base64(value), base64(base64(value)), sha256(Buffer.from(value))];
}

/** Letters and digits alone. */
function bare(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

/** Shorter pieces of a secret may stand anywhere by chance. */
const PIECE = 6;

function piecesOf(text: string): readonly string[] {
  return Array.from({ length: Math.max(0, text.length - PIECE + 1) }, (_, at) => text.slice(at, at + PIECE));
}

/** The redactor looks for no shorter ones. */
const MIN_LENGTH = 4;

function createdOf(name: string, state: State): string {
  const found = valuesOf(state).find(({ name: { kind, name: inner, instance } }) => {
    const plain = `${kind}/${inner}`;
    return name === (instance === undefined ? plain : `overlay/${instance}/${plain}`);
  });
  return found?.created ?? "~"; // After every time: it is not known.
}

/** Rendered with stand-ins it must come to the same: else a filter made something of a secret that nothing would find. */
async function isFullyMasked(
  text: string,
  { file, state, standIns }: Pick<Masking, "file" | "standIns"> & { readonly state: State },
): Promise<boolean> {
  const standing = await standIns(file);
  if (standing === undefined) return false;
  const secrets = state.secrets();
  return redactorOf(secrets).redact(text) === redactorOf(secrets.map(standIn)).redact(standing);
}

function redactorOf(secrets: readonly Secret[]): Redactor {
  const redactor = new Redactor();
  redactor.add(...secrets);
  return redactor;
}
