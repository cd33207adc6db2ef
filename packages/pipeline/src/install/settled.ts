import { type FacsimileError, isFacsimileError, problemsOf, throwProblems } from "@facsimile/core";

/** Waits for all, so that none goes on unseen. @throws the problems of all, at once; a bug as it is */
export async function settled<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(work);
  const reasons = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
  const bug = reasons.find((reason) => !isFacsimileError(reason));
  if (bug !== undefined) throw bug;
  throwProblems((reasons as FacsimileError[]).flatMap(problemsOf));
  return Promise.all(work);
}
