import type { Definition, Warning } from "@facsimile/definitions";
import picomatch from "picomatch";
import type { HostCopy } from "../release/release.ts";

/** A project's definition, and what its hosts are to hold. */
export interface Ruled {
  readonly definition: Pick<Definition, "hosts" | "origin" | "values" | "view">;
  readonly hosts: readonly Pick<HostCopy, "host" | "tree">[];
}

/**
 * The rules of `files` that match no file of any host. A rule that projects share may be for one of them: unless all are
 * here, nobody can say.
 */
export function idleRules(copies: readonly Ruled[]): Warning[] {
  const [first] = copies;
  if (first === undefined || copies.length < Object.keys(first.definition.values.projects ?? {}).length) return [];
  const used = new Set(copies.flatMap(usedRules));
  return copies.flatMap(({ definition: { values, origin } }) =>
    (values.files ?? []).flatMap(({ match }, index) => {
      if (used.has(match)) return [];
      used.add(match);
      const position = (origin(["files", String(index), "match"]) ?? origin(["files"]))?.position;
      const hint = "A pattern is for a whole path of the release, without a / at its beginning.";
      return [{ code: "INSTALL_IDLE", message: `files: ${match} matches no file`, hint, position }];
    }),
  );
}

function usedRules({ definition, hosts }: Ruled): string[] {
  return definition.hosts.flatMap((host) => {
    const files = [...(hosts.find(({ host: name }) => name === host.name)?.tree ?? [])].filter(
      ([, { type }]) => type === "file",
    );
    const rules = definition.view(host).files ?? [];
    return rules.flatMap(({ match }) => {
      const matches = picomatch(match, { dot: true });
      return files.some(([name]) => matches(name)) ? [match] : [];
    });
  });
}
