import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";

/** What a leaf holds. */
export interface LeafContent {
  readonly value: string;
  /** ISO 8601, UTC. */
  readonly created: string;
  /** How the value was made: `uuid`. */
  readonly policy: string;
  /** What a rotation replaced, and when. */
  readonly previous?: { readonly value: string; readonly until: string };
}

/** Where a leaf belongs. Its key and its authentication depend on it, so it opens nowhere else. */
export interface LeafPlace {
  /** The file's id. */
  readonly id: string;
  /** RFC 6901, from the file's root. */
  readonly pointer: string;
  /** 32 bytes. */
  readonly dataKey: Uint8Array;
}

/** Bytes from a source fit for keys. */
export type Random = (length: number) => Uint8Array;

const PREFIX = "e1:";
const NONCE = 12;
const TAG = 16;
const BLOCK = 64;

/** RFC 6901: `~` is `~0`, `/` is `~1`. */
export function pointerOf(keys: readonly string[]): string {
  return keys.map((key) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

export function sealLeaf(content: LeafContent, place: LeafPlace, random: Random): string {
  const nonce = random(NONCE);
  const cipher = createCipheriv("aes-256-gcm", leafKey(place), nonce).setAAD(additionalData(place));
  const sealed = Buffer.concat([nonce, cipher.update(pad(content)), cipher.final(), cipher.getAuthTag()]);
  return PREFIX + sealed.toString("base64url");
}

/** `undefined` when the leaf was made for another place or file, or is damaged. */
export function openLeaf(text: string, place: LeafPlace): LeafContent | undefined {
  const bytes = Buffer.from(text.slice(PREFIX.length), "base64url");
  // Other spellings of the same bytes are refused: there is one text per leaf.
  if (bytes.length < NONCE + TAG + BLOCK || PREFIX + bytes.toString("base64url") !== text) return undefined;
  try {
    const decipher = createDecipheriv("aes-256-gcm", leafKey(place), bytes.subarray(0, NONCE), { authTagLength: TAG });
    decipher.setAAD(additionalData(place)).setAuthTag(bytes.subarray(-TAG));
    return unpad(Buffer.concat([decipher.update(bytes.subarray(NONCE, -TAG)), decipher.final()]));
  } catch {
    return undefined;
  }
}

function leafKey({ id, pointer, dataKey }: LeafPlace): Buffer {
  return Buffer.from(hkdfSync("sha256", dataKey, "", `facsimile/state/1/leaf\0${id}\0${pointer}`, 32));
}

function additionalData({ id, pointer }: LeafPlace): Buffer {
  return Buffer.from(`e1\0${id}\0${pointer}`);
}

// Padding hides how long a value is, to the next 64 bytes.
function pad({ value, created, policy, previous }: LeafContent): Buffer {
  const json = Buffer.from(JSON.stringify({ value, created, policy, ...(previous && { previous }) }));
  const padded = Buffer.alloc(Math.ceil((4 + json.length) / BLOCK) * BLOCK);
  padded.writeUInt32BE(json.length);
  json.copy(padded, 4);
  return padded;
}

function unpad(padded: Buffer): LeafContent | undefined {
  const end = 4 + padded.readUInt32BE();
  if (end > padded.length || padded.length % BLOCK !== 0 || padded.subarray(end).some((byte) => byte !== 0)) {
    return undefined;
  }
  const content = JSON.parse(padded.subarray(4, end).toString()) as LeafContent;
  return typeof content.value === "string" ? content : undefined;
}
