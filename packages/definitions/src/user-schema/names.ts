/** The keys at the top of a definition that Facsimile describes itself. */
export const WELL_KNOWN_KEYS = [
  "projects",
  "versions",
  "home",
  "protected",
  "deploy",
  "hosts",
  "regions",
  "install",
  "files",
  "modules",
  "config",
  "service",
  "state",
  "compare",
  "build",
  "ssh",
] as const;

/** Those that are none of its values: they steer the loading, or are an old name. */
const OTHERS: readonly string[] = ["extends", "facsimile"];

export interface Refusal {
  readonly why: string;
  readonly hint: string;
}

/** Why the user's schema cannot describe a key of this name. */
export function refusedName(name: string, { isTop }: { isTop: boolean }): Refusal | undefined {
  if (name.startsWith("$")) {
    return { why: "begins with $, as directives do", hint: "Give the key a name without it." };
  }
  if (isTop && name.startsWith("@")) {
    return { why: "begins with @, as views do", hint: "Describe the key itself: that holds in every view." };
  }
  if (!isTop || ![...WELL_KNOWN_KEYS, ...OTHERS].includes(name)) return undefined;
  return { why: "is a well-known key, which Facsimile describes itself", hint: "Describe keys of your own only." };
}
