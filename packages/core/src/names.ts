import { FacsimileError } from "./errors.ts";

declare const brand: unique symbol;
type Name<B extends string> = string & { readonly [brand]: B };
export type ProjectName = Name<"project">;
export type TargetName = Name<"target">;
export type HostName = Name<"host">;

/** `dev.dev0`, taken apart once. */
export interface InstanceName {
  /** The full dotted name. */
  readonly full: string;
  /** `["dev", "dev0"]`; never empty. */
  readonly parts: readonly [string, ...string[]];
}

/** `storefront@1.1.0` as a command line has it. */
export interface ProjectSpec {
  readonly project: ProjectName;
  readonly version: string | undefined;
}

/** Names of files in `define/` that are no instance and no project. */
export const RESERVED_NAMES = ["facsimile", "modules", "schema", "install", "local"] as const;

const WORD = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/;
const HOST = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
// git-check-ref-format(1), less what a shell or a path could misread.
const VERSION = /^[A-Za-z0-9_][A-Za-z0-9._+/-]*$/;

/** @throws `BAD_NAME` when a part is empty or has other characters than `A-Za-z0-9_-`. */
export function parseInstance(text: string): InstanceName {
  const [first, ...rest] = text.split(".");
  if (first === undefined || ![first, ...rest].every((part) => WORD.test(part))) {
    throw badName("instance", text, "parts of letters, digits, _ and -, joined by dots, as in dev.dev0");
  }
  return { full: text, parts: [first, ...rest] };
}

/** @throws `BAD_NAME` */
export function parseProject(text: string): ProjectName {
  if (!WORD.test(text)) throw badName("project", text, "letters, digits, _ and -");
  return text as ProjectName;
}

/** @throws `BAD_NAME` */
export function parseTarget(text: string): TargetName {
  if (!WORD.test(text)) throw badName("target", text, "letters, digits, _ and -");
  return text as TargetName;
}

/** @throws `BAD_NAME` */
export function parseHost(text: string): HostName {
  if (!HOST.test(text)) throw badName("host", text, "letters, digits, dots, _ and -, beginning with a letter or digit");
  return text as HostName;
}

/** @throws `BAD_NAME` */
export function parseVersion(text: string): string {
  if (!VERSION.test(text) || text.includes("..") || text.endsWith("/") || text.endsWith(".lock")) {
    throw badName("version", text, "the name of a git tag, such as 1.1.0");
  }
  return text;
}

/** `storefront` or `storefront@1.1.0`. @throws `BAD_NAME` */
export function parseProjectSpec(text: string): ProjectSpec {
  const at = text.indexOf("@");
  if (at < 0) return { project: parseProject(text), version: undefined };
  if (at === text.length - 1) throw new FacsimileError("BAD_NAME", `${JSON.stringify(text)} is not a name of a project: no version follows the @`, { hint: `Leave the @ out; or name a tag, such as ${text}1.1.0.` }); // biome-ignore format: one line
  return { project: parseProject(text.slice(0, at)), version: parseVersion(text.slice(at + 1)) };
}

function badName(kind: string, text: string, expected: string): FacsimileError {
  return new FacsimileError("BAD_NAME", `${JSON.stringify(text)} is not a name of ${kind}: expected ${expected}`);
}
