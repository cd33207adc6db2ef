import { createHash } from "node:crypto";

/** A host's public key, as one line of a `known_hosts` file has it. sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. */
export interface HostKey {
  /** `ssh-ed25519` */
  readonly type: string;
  /** Base64. */
  readonly key: string;
}

/** The keys on record for each name. Lines with marks, patterns or hashed names are passed over. */
export function parseKnownHosts(text: string): ReadonlyMap<string, readonly HostKey[]> {
  const known = new Map<string, HostKey[]>();
  for (const line of text.split("\n")) {
    const [names = "", type, key] = line.trim().split(/\s+/);
    if (/^[#@|]/.test(names) || type === undefined || key === undefined) continue;
    for (const name of names.split(",")) known.set(name, [...(known.get(name) ?? []), { type, key }]);
  }
  return known;
}

export function formatKnownHost(name: string, { type, key }: HostKey): string {
  return `${name} ${type} ${key}\n`;
}

/** `SHA256:…`, as ssh-keygen(1) -l prints it. */
export function keyFingerprint({ key }: HostKey): string {
  return `SHA256:${createHash("sha256").update(Buffer.from(key, "base64")).digest("base64").replace(/=+$/, "")}`;
}
