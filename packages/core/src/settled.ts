import { type FacsimileError, isFacsimileError, problemsOf, throwProblems } from "./errors.ts";

/** What all of `work` gives, once nothing of it runs any more. @throws the problems of all at once; a bug as it is */
export async function settled<T extends readonly Promise<unknown>[] | []>(
  work: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const results = await Promise.allSettled(work);
  const reasons = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
  const bug = reasons.find((reason) => !isFacsimileError(reason));
  if (bug !== undefined) throw bug;
  throwProblems((reasons as FacsimileError[]).flatMap(problemsOf));
  return Promise.all(work);
}
