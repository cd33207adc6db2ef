import path from "node:path";
import type { Definition } from "@facsimile/definitions";
import type { Evaluation } from "../deploy/evaluate.ts";
import type { HostCopy } from "../release/release.ts";
import { type ElfFile, elfReader } from "./files.ts";
import { isUncertain } from "./search.ts";

/** What the copies of one host need of it. */
export interface HostNeeds {
  readonly projects: readonly ProjectNeeds[];
  /**
   * Whether a file or link of this name comes with the copies. Such a library counts as found wherever it lies: programs are
   * often started with LD_LIBRARY_PATH, and a false alarm would stop a deploy that is well.
   */
  readonly brings: (name: string) => boolean;
}

export interface ProjectNeeds {
  readonly project: string;
  readonly treeId: string;
  /** As the definition has it; relative to the login's home. */
  readonly home: string;
  /** The tree lies in `home` itself. */
  readonly isMirror: boolean;
  readonly shared: readonly string[];
  /** That need something; what nothing can be said of is left out. */
  readonly files: readonly ElfFile[];
  /** Names that the definition calls no matter of ours: `deploy.libcheck_ignorelist` of the host's targets. */
  readonly ignored: ReadonlySet<string>;
}

/** By host. Hosts that get no file that needs anything are left out. */
export async function needsOf({
  copies,
  projects,
}: Pick<Evaluation, "copies" | "projects">): Promise<ReadonlyMap<string, HostNeeds>> {
  const [read, namesOf] = [elfReader(), nameReader()];
  const parts = copies.flatMap(({ project, hosts }) => hosts.map((wanted) => ({ project, wanted })));
  const needs = new Map<string, ProjectNeeds[]>();
  for (const { project, wanted } of parts) {
    const definition = projects.find((one) => one.project === project)?.definition;
    const files = (await read(wanted)).filter((file) => !isUncertain(file));
    if (definition === undefined || files.length === 0) continue;
    const mine = { project, treeId: wanted.treeId, files, ...saidBy(definition, wanted.host) };
    needs.set(wanted.host, [...(needs.get(wanted.host) ?? []), mine]);
  }
  return new Map(
    [...needs].map(([host, mine]) => {
      const brought = parts.filter(({ wanted }) => wanted.host === host).map(({ wanted }) => namesOf(wanted));
      return [host, { projects: mine, brings: (name: string) => brought.some((names) => names.has(name)) }];
    }),
  );
}

/** The names in a tree, worked out once for each. */
function nameReader(): (copy: HostCopy) => ReadonlySet<string> {
  const known = new Map<string, ReadonlySet<string>>();
  return ({ treeId, manifest }) => {
    const files = known.has(treeId) ? [] : manifest.entries.filter(({ type }) => type !== "dir");
    const names = known.get(treeId) ?? new Set(files.map((entry) => path.posix.basename(entry.path)));
    known.set(treeId, names);
    return names;
  };
}

function saidBy(definition: Definition, name: string): Pick<ProjectNeeds, "home" | "isMirror" | "shared" | "ignored"> {
  const host = definition.hosts.find((one) => one.name === name);
  if (host === undefined) return { home: "", isMirror: false, shared: [], ignored: new Set() };
  const { home = "", deploy } = definition.view(host);
  const ignored = host.targets.flatMap((target) => deploy.libcheck_ignorelist?.[target] ?? []);
  return {
    home,
    isMirror: deploy.strategy === "mirror",
    shared: deploy.shared ?? [],
    ignored: new Set(ignored.map((library) => path.posix.basename(library))),
  };
}
