import { FacsimileError } from "@facsimile/core";

export interface Lost {
  /** Files that the host would lose, and how many of those lie there though no release has them. */
  readonly files: number;
  readonly undeclared?: number | undefined;
  /** All files that it has there. */
  readonly of: number;
}

/** Fewer files than this may always go. */
const FEW = 10;

/** @returns `SHRINKS` where a host would lose more than half of its files: docs/decisions/0012. Pure. */
export function shrinkProblem(
  host: string,
  { project, lost: { files, undeclared = 0, of } }: { project: string; lost: Lost },
): FacsimileError[] {
  if (files <= FEW || files * 2 <= of) return [];
  const which =
    undeclared === 0 ? "" : `; no deploy put ${undeclared === files ? "them" : `${undeclared} of them`} there`;
  return [
    new FacsimileError("SHRINKS", `${host}: ${project} would lose ${files} of its ${of} files${which}`, {
      hint: `Look at the build and the version${undeclared === 0 ? "" : ", and at what else lies there"}.`,
    }),
  ];
}
