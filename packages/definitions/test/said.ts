import { formatPosition, formatProblem, isFacsimileError, parseInstance, parseProject, problemsOf } from "@facsimile/core"; // biome-ignore format: one line
import { conglomerateOf, resolve } from "../src/index.ts";

export interface Asked {
  readonly instance?: string;
  /** Default `storefront`; null for none. */
  readonly project?: string | null;
  readonly set?: readonly string[];
}

export const FACSIMILE = `{
  projects: {
    storefront: { repo: "sources/storefront", targets: ["frontend", "database"] },
    ledger: { repo: "sources/ledger", targets: ["database"] },
  },
  home: "shop",
  regions: { eu: {}, us: {} },
  admins: ["ann"],
}`;

/** Everything that is said about files in `define/`, errors or warnings; names without an extension are of JSON5. */
export async function said(files: Readonly<Record<string, string>>, asked: Asked = {}): Promise<readonly string[]> {
  const named = Object.entries(files).map(
    ([name, text]) => [`define/${name.includes(".") ? name : `${name}.json5`}`, text] as const,
  );
  const conglomerate = conglomerateOf(new Map([["define/facsimile.json5", FACSIMILE], ...named]), { root: "/nowhere" });
  const { instance = "staging", project = "storefront", set } = asked;
  try {
    const { warnings } = await resolve(conglomerate, {
      instance: parseInstance(instance),
      project: project === null ? undefined : parseProject(project),
      set,
    });
    return warnings.flatMap(({ code, message, hint, position }) => [
      `${position === undefined ? "" : `${formatPosition(position)}: `}warning ${code}: ${message}`,
      ...(hint === undefined ? [] : [`  ${hint}`]),
    ]);
  } catch (error) {
    if (!isFacsimileError(error)) throw error;
    return problemsOf(error).flatMap((problem) => [
      `${problem.code} ${formatProblem(problem)}`,
      ...(problem.hint === undefined ? [] : [`  ${problem.hint}`]),
    ]);
  }
}
