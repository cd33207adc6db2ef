import path from "node:path";
import { FacsimileError } from "@facsimile/core";
import type { LibraryOffer, LibraryQuestion, Session } from "@facsimile/transport";
import { type HostNeeds, needsOf, type ProjectNeeds } from "../../elf/needs.ts";
import { isOffered, isRunBy, librariesOf } from "../../elf/offered.ts";
import { foldersOf } from "../../elf/search.ts";
import type { Evaluation } from "../evaluate.ts";
import type { Survey } from "../look/survey.ts";

export interface LibraryRequest {
  /** Do not look whether hosts have the shared libraries that a release needs. Default `false`. */
  readonly skipLibcheck?: boolean | undefined;
}

/** What releases need of their hosts. */
export interface LibraryCheck {
  /** Asks a host, in one round trip; not at all where no file needs anything. */
  readonly ask: (session: Session) => Promise<LibraryOffer | undefined>;
  /** `LIBRARY_MISSING`, naming all that the host lacks; of trees that it runs already nothing is said. */
  readonly problemOn: (found: {
    readonly host: string;
    readonly offer: LibraryOffer | undefined;
    readonly projects: ReadonlyMap<string, Survey>;
  }) => FacsimileError | undefined;
}

/** Reads which shared libraries the files of all copies need; nothing of them is run. */
export async function libraryCheck(
  evaluation: Pick<Evaluation, "copies" | "projects">,
  { skipLibcheck = false }: LibraryRequest,
): Promise<LibraryCheck | undefined> {
  const needs = skipLibcheck ? new Map<string, never>() : await needsOf(evaluation);
  if (needs.size === 0) return undefined;
  return {
    ask: async (session) => {
      const mine = needs.get(session.host);
      return mine === undefined ? undefined : session.libraries(questionOf(mine, session));
    },
    problemOn: ({ host, offer, projects }) => {
      const mine = needs.get(host);
      if (mine === undefined || offer?.system !== "Linux") return undefined;
      const isNew = ({ project, treeId }: ProjectNeeds) => projects.get(project)?.probe.current?.tree !== treeId;
      const lines = mine.projects
        .filter(isNew)
        .flatMap((one) => missingLines(one, { host, offer, brings: mine.brings }));
      return lines.length === 0 ? undefined : missing(lines);
    },
  };
}

function questionOf({ projects, brings }: HostNeeds, { userHome }: Pick<Session, "userHome">): LibraryQuestion {
  const libraries = projects
    .flatMap(({ files }) => files.flatMap(({ elf }) => librariesOf(elf)))
    .filter((library) => !brings(path.posix.basename(library)));
  const folders = projects.flatMap(({ files, treeId, project, home, isMirror, shared }) => {
    const base = path.posix.resolve(userHome, home, project);
    const links = isMirror ? {} : Object.fromEntries(shared.map((link) => [link, `${base}/shared/${link}`]));
    return files.flatMap((file) =>
      foldersOf(file, { root: isMirror ? path.posix.dirname(base) : `${base}/releases/${treeId}`, shared: links }),
    );
  });
  const all = [...new Set(libraries)];
  return {
    names: all.filter((library) => !library.includes("/")),
    paths: all.filter((library) => library.includes("/")),
    folders: [...new Set(folders)],
  };
}

/** A line for each library. */
function missingLines(
  { project, files, ignored }: ProjectNeeds,
  { host, offer, brings }: { host: string; offer: LibraryOffer; brings: HostNeeds["brings"] },
): string[] {
  const needing = new Map<string, string[]>();
  for (const { path: file, elf } of files.filter((one) => isRunBy(offer.machine, one.elf))) {
    for (const library of librariesOf(elf)) {
      const name = path.posix.basename(library);
      if (brings(name) || ignored.has(name) || isOffered(library, { elf, offer })) continue;
      needing.set(library, [...(needing.get(library) ?? []), file]);
    }
  }
  return [...needing].map(([library, by]) => `${host} lacks ${library}, which ${project} needs for ${someOf(by)}`);
}

/** More files than this are only counted. */
const NAMED = 3;

function someOf(files: readonly string[]): string {
  // Names of files may hold what moves the cursor.
  const names = files.slice(0, NAMED).map((file) => JSON.stringify(file).slice(1, -1));
  return files.length > NAMED ? `${names.join(", ")} and ${files.length - NAMED} more` : names.join(", ");
}

function missing(lines: readonly string[]): FacsimileError {
  return new FacsimileError("LIBRARY_MISSING", lines.join("\n"), {
    hint: "Install what is missing there, bring it along in the release, or name it in deploy.libcheck_ignorelist.",
  });
}
