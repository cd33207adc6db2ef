import { randomBytes } from "node:crypto";
import { FacsimileError } from "@facsimile/core";
import type { SealOptions } from "./draft.ts";
import { decryptExport, type MessageOptions } from "./export-message.ts";
import type { Scalar } from "./format/document.ts";
import { type LeafContent, pointerOf } from "./format/leaf.ts";
import { Shape } from "./format/shape.ts";
import { keysOf, type ValueName } from "./format/value-name.ts";
import { FINGERPRINT, openpgp } from "./keys/pgp.ts";
import { recipientKeys } from "./keys/recipients.ts";
import { innerOf, type State } from "./state.ts";
import { createFile } from "./store/files.ts";
import { badSignature, canonicalSignature, verifyDetached } from "./trust/signature.ts";
import { valuesOf } from "./values.ts";

/** One value of an export, in clear. */
export interface ExportedValue extends ValueName {
  readonly content: LeafContent;
}

/** Everything that a state holds. */
export interface StateExport {
  readonly id: string;
  readonly scope: string;
  readonly serial: number;
  /** sha256 of the file that was exported. */
  readonly digest: string;
  /** ISO 8601, UTC. */
  readonly exported: string;
  readonly recipients: readonly string[];
  readonly values: readonly ExportedValue[];
  readonly settings: Readonly<Record<string, Scalar>>;
  readonly uiids: Readonly<Record<string, number>>;
  readonly signer: string;
}

/**
 * The whole state as one ordinary OpenPGP message, which gpg opens by hand: JSON as `docs/formats/export-1.md` has it,
 * signed inside. It is in memory only, and the message holds nothing in clear.
 *
 * @param options `recipients`: fingerprints. Default: the state's own.
 * @returns Armored.
 * @throws `NO_STATE` for one that was never sealed; `NO_PUBLIC_KEY`, `KEY_UNUSABLE` for a recipient
 */
export async function exportState(state: State, options: SealOptions): Promise<string> {
  const { keyring, recipients = state.recipients, now, random = randomBytes } = options;
  const { trust } = innerOf(state);
  const text = await signedText(state, { keyring, now });
  const { keys, when } = await recipientKeys(recipients, { trust, date: now() });
  const { createMessage, encrypt } = await openpgp();
  const message = await createMessage({ binary: Buffer.from(text), date: when, filename: `${state.scope}.json` });
  // As the data key: GnuPG 2.2 opens it, whatever the keys' preferences say.
  const sessionKey = { data: random(32), algorithm: "aes256" } as const;
  const armored = await encrypt({ message, encryptionKeys: [...keys], sessionKey, date: when, config: { aeadProtect: false } }); // biome-ignore format: one line
  return String(armored);
}

async function signedText(state: State, { keyring, now }: Pick<SealOptions, "keyring" | "now">): Promise<string> {
  const { opened } = innerOf(state);
  const { id, digest } = state;
  if (opened === undefined || id === undefined || digest === undefined) throw nothing(state);
  const values = valuesOf(state).flatMap(({ name }) => {
    const content = opened.leaves.get(pointerOf(keysOf(name)));
    return content === undefined ? [] : [{ ...name, content }];
  });
  const uiids = Object.fromEntries(state.daemons().map((daemon) => [daemon, state.uiid(daemon) ?? 0]));
  const exported: StateExport = {
    ...{ id, scope: state.scope, serial: state.serial, digest, exported: now().toISOString() },
    ...{ recipients: state.recipients, values, settings: state.settings(), uiids, signer: keyring.fingerprint },
  };
  const bytes = Buffer.from(format(exported, []));
  const signature = await canonicalSignature(await keyring.sign(bytes, { date: now() }));
  return format(exported, signature.trimEnd().split("\n"));
}

/** The one text of an export. */
function format({ values, ...rest }: StateExport, signature: readonly string[]): string {
  const { id, scope, serial, digest, exported, recipients, settings, uiids, signer } = rest;
  const listed = values.map(({ kind, name, instance, content }) => {
    const { value, created, policy, previous } = content;
    return { kind, name, instance, value, created, policy, previous };
  });
  const content = { facsimile: "export/1", id, scope, serial, digest, exported, recipients, values: listed };
  return `${JSON.stringify({ ...content, settings, uiids, signer, signature }, null, 2)}\n`;
}

/**
 * Opens an export and checks who signed it: anybody can encrypt to a public key.
 *
 * @param options `scope`: the one it must be of.
 * @throws `NOT_A_RECIPIENT`; `EXPORT_INVALID`, `EXPORT_NEWER`; `STATE_WRONG_SCOPE`; what {@link verifyDetached} throws
 */
export async function openExport(
  armored: string,
  { scope, ...options }: MessageOptions & { readonly scope: string },
): Promise<StateExport> {
  const { trust, file } = options;
  const bytes = await decryptExport(armored, options);
  const { content, signature } = parse(bytes, file);
  if (format(content, signature) !== bytes.toString())
    throw badSignature(file, "it is not in the form that facs writes");
  if (content.scope !== scope) throw wrongScope(file, content.scope);
  const signed = Buffer.from(format(content, []));
  const { signer } = await verifyDetached({
    bytes: signed,
    signature: `${signature.join("\n")}\n`,
    trust,
    scope,
    name: file,
  });
  if (signer !== content.signer) throw badSignature(file, "it names another signer than the one who signed");
  return content;
}

function parse(bytes: Uint8Array, file: string): { content: StateExport; signature: readonly string[] } {
  const root = Shape.parse(bytes, { file, format: "export", version: 1 });
  const content: StateExport = {
    id: root.field("id").text(/^[0-9a-f]{32}$/, "32 hex digits"),
    scope: root.field("scope").text(),
    serial: root.field("serial").count(1),
    digest: root.field("digest").text(/^[0-9a-f]{64}$/, "a sha256"),
    exported: root.field("exported").text(),
    recipients: root.field("recipients").list((entry) => entry.text(FINGERPRINT, "a fingerprint of 40 hex digits")),
    values: root.field("values").list(readValue),
    settings: Object.fromEntries(root.field("settings").map((entry) => entry.scalar())),
    uiids: Object.fromEntries(root.field("uiids").map((entry) => entry.count(1, 255))),
    signer: root.field("signer").text(FINGERPRINT, "a fingerprint of 40 hex digits"),
  };
  return { content, signature: root.field("signature").list((line) => line.text(/^[^\r\n]*$/, "one line")) };
}

function readValue(entry: Shape): ExportedValue {
  const text = (name: string) => entry.field(name).text();
  const kind = entry.field("kind").text(/^(passwd|secrets)$/, "passwd or secrets") as ValueName["kind"];
  const instance = entry.has("instance") ? { instance: text("instance") } : {};
  const previous = entry.has("previous") ? entry.field("previous") : undefined;
  const before = previous && { value: previous.field("value").text(), until: previous.field("until").text() };
  const content = { value: text("value"), created: text("created"), policy: text("policy") };
  return { kind, name: text("name"), ...instance, content: { ...content, ...(before && { previous: before }) } };
}

/** Writes an export (0600) where nothing is yet. @throws `EXPORT_EXISTS`, `STATE_WRITE_FAILED` */
export async function writeExport(file: string, armored: string): Promise<void> {
  if (await createFile(file, armored)) return;
  throw new FacsimileError("EXPORT_EXISTS", `${file} exists already and was left as it is`, {
    hint: "Name another file, or move that one away.",
  });
}

function nothing({ file, scope }: State): FacsimileError {
  return new FacsimileError("NO_STATE", `there is no ${file} yet`, {
    hint: `The first deploy of an instance of ${scope} makes it.`,
  });
}

function wrongScope(file: string, scope: string): FacsimileError {
  return new FacsimileError("STATE_WRONG_SCOPE", `${file} is an export of the scope ${JSON.stringify(scope)}`, {
    hint: "Name an instance of that scope. Nothing was used.",
  });
}
