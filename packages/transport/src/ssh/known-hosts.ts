import { createHash, createHmac } from "node:crypto";

/** A host's public key, as one line of a `known_hosts` file has it. sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. */
export interface HostKey {
  /** `ssh-ed25519` */
  readonly type: string;
  /** Base64. */
  readonly key: string;
}

/** What a `known_hosts` file says of one host. */
export interface OnRecord {
  readonly keys: readonly HostKey[];
  /** What ssh takes from it in no case. */
  readonly revoked: readonly HostKey[];
}

/** The lines that ssh would go by: also where names are hashed or patterns. Those of authorities are passed over. */
export function onRecord(text: string, name: string): OnRecord {
  const mine = text.split("\n").flatMap((line) => {
    const entry = parseLine(line);
    return entry !== undefined && isFor(entry.names, name) ? [entry] : [];
  });
  const marked = (wanted: string) => mine.filter(({ mark }) => mark === wanted).map(({ type, key }) => ({ type, key }));
  return { keys: marked(""), revoked: marked("@revoked") };
}

/** The text without the keys of a host: lines stay for whom they are for besides, and so do marks. */
export function withoutHost(text: string, name: string): string {
  return text
    .split("\n")
    .flatMap((line) => {
      const entry = parseLine(line);
      if (entry === undefined || entry.mark !== "" || !isFor(entry.names, name)) return [line];
      const others = entry.names.startsWith("|") ? [] : entry.names.split(",").filter((one) => one.toLowerCase() !== name.toLowerCase()); // biome-ignore format: one line
      if (others.every((one) => one.startsWith("!"))) return [];
      const left = others.join(",");
      return [`${isFor(left, name) ? `${left},!${name}` : left} ${entry.rest}`];
    })
    .join("\n");
}

export function formatKnownHost(name: string, { type, key }: HostKey): string {
  return `${name} ${type} ${key}\n`;
}

/** `SHA256:…`, as ssh-keygen(1) -l prints it. */
export function keyFingerprint({ key }: HostKey): string {
  return `SHA256:${createHash("sha256").update(Buffer.from(key, "base64")).digest("base64").replace(/=+$/, "")}`;
}

interface Entry extends HostKey {
  readonly mark: string;
  readonly names: string;
  /** What follows the names. */
  readonly rest: string;
}

function parseLine(line: string): Entry | undefined {
  const words = line.trim().split(/\s+/);
  const mark = words[0]?.startsWith("@") ? (words.shift() ?? "") : "";
  const [names = "", ...rest] = words;
  const [type, key] = rest;
  if (names.startsWith("#") || type === undefined || key === undefined) return undefined;
  return { mark, names, type, key, rest: rest.join(" ") };
}

/** As ssh does it: without regard to case. */
function isFor(names: string, name: string): boolean {
  const wanted = name.toLowerCase();
  if (names.startsWith("|")) return isHashOf(names, wanted);
  const patterns = names.toLowerCase().split(",");
  const isMeant = (pattern: string) => isLike(pattern, wanted);
  return patterns.some(isMeant) && !patterns.some((one) => one.startsWith("!") && isMeant(one.slice(1)));
}

/** `|1|SALT|HASH` */
function isHashOf(names: string, wanted: string): boolean {
  const [, kind, salt = "", hash] = names.split("|");
  return kind === "1" && createHmac("sha1", Buffer.from(salt, "base64")).update(wanted).digest("base64") === hash;
}

/** `*` stands for any characters, `?` for one. As no expression: those may take for ever. */
function isLike(pattern: string, text: string): boolean {
  /** How much of the text may be what was read of the pattern. */
  let lengths = [0];
  for (const one of pattern) {
    const [least = text.length + 1] = lengths;
    lengths =
      one === "*"
        ? Array.from({ length: text.length + 1 - least }, (_, more) => least + more)
        : lengths.filter((n) => n < text.length && (one === "?" || one === text[n])).map((n) => n + 1);
  }
  return lengths.at(-1) === text.length;
}
