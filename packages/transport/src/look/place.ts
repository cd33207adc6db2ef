import { FacsimileError, parseInstance, parseProject } from "@facsimile/core";
import type { Place } from "../types.ts";
import { formatMarker } from "../wire/formats.ts";

const HOME = /^[A-Za-z0-9._/@+-]+$/;
const DIR = /^[0-9a-f]{64}(~[A-Za-z0-9._-]+)?$/;
const RELEASE = /^[0-9a-f]{64}$/;
const RUN = /^[A-Za-z0-9._-]+$/;

/** @throws `BAD_HOME` when it is not a path that may hold copies: `/`, one step below it, `.`, `..`, other characters. */
export function checkHome(home: string): void {
  const parts = home.replace(/^\//, "").split("/");
  const shallow = home.startsWith("/") && parts.length < 2;
  if (HOME.test(home) && !shallow && parts.every((part) => !["", ".", ".."].includes(part))) return;
  throw new FacsimileError("BAD_HOME", `${JSON.stringify(home)} cannot be the home of copies`, {
    hint: "Write a path relative to the login's home (shop), or an absolute one of at least two steps (/srv/shop), of A-Z a-z 0-9 . _ / @ + -",
  });
}

/** @throws `BAD_HOME`, `BAD_NAME` */
export function checkPlace({ home, instance, project }: Place): void {
  checkHome(home);
  parseInstance(instance);
  parseProject(project);
  // <home>/.facsimile/lock is the home's lock.
  if (project === "lock")
    throw new FacsimileError("BAD_NAME", "a project cannot be called lock", { hint: "Rename it." });
}

/** How the agent is told of a place; see its at_place. */
export function placeArgs({ home, project, strategy }: Place): [string, string] {
  return [home, strategy === "mirror" ? `=${project}` : project];
}

/** What follows them where a place is to become ours. */
export function claimArgs(place: Place, adopt = false): [string, string] {
  return [formatMarker(place), adopt ? "adopt" : ""];
}

/** @throws when a caller hands over what is not the name of a tree's folder: a bug. */
export function checkDir(dir: string): string {
  if (!isDir(dir)) throw new Error(`${JSON.stringify(dir)} is not the folder of a tree`);
  return dir;
}

/** The name of a tree's folder. */
export function isDir(name: string): boolean {
  return DIR.test(name);
}

export function isRelease(name: string): boolean {
  return RELEASE.test(name);
}

/** @throws when a caller hands over what is not a release id: a bug. */
export function checkRelease(release: string): string {
  if (!isRelease(release)) throw new Error(`${JSON.stringify(release)} is not a release id`);
  return release;
}

/** @throws when a caller hands over what is not the name of a scope: a bug. */
export function checkScope(scope: string): string {
  if (!RUN.test(scope)) throw new Error(`${JSON.stringify(scope)} is not the name of a scope`);
  return scope;
}

/** @throws when a caller hands over what is not a run id: a bug. */
export function checkRun(run: string): string {
  if (!RUN.test(run)) throw new Error(`${JSON.stringify(run)} is not a run id`);
  return run;
}
