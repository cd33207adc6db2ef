import { FacsimileError, type Redactor, Secret } from "@facsimile/core";
import { type Definition, isSecretSet, secretsInSet } from "@facsimile/definitions";
import type { TakenUp } from "./resume.ts";

/** What `--set` said, as a journal may hold it: of a secret the path alone, without `=`. */
export function notedSet(
  set: readonly string[],
  { secrets, redactor }: Pick<Definition, "secrets"> & { readonly redactor: Redactor },
): readonly string[] {
  const isHidden = (text: string) => isSecretSet(text, { secrets }) || redactor.redact(text) !== text;
  return set.map((text) => (isHidden(text) ? pathOf(text) : text));
}

/** The secrets in clear among what `--set` said: commands may print them. */
export function secretsGiven(set: readonly string[], { secrets }: Pick<Definition, "secrets">): readonly Secret[] {
  return set.flatMap((text) =>
    secretsInSet(text, { secrets }).map((value) => new Secret(value, `--set ${pathOf(text)}`)),
  );
}

interface Given {
  readonly instance: string;
  readonly set?: readonly string[] | undefined;
}

/**
 * With what a run goes on: all that `--set` said then. What no journal holds must be given again, and nothing else can be.
 *
 * @throws `USAGE`
 */
export function setAgain(
  { run, set: noted }: Pick<TakenUp, "run" | "set">,
  { instance, set = [] }: Given,
): readonly string[] {
  const foreign = set.filter((text) => !noted.includes(text) && !noted.includes(pathOf(text)));
  const missing = noted.filter((text) => !text.includes("=") && !set.some((one) => pathOf(one) === text));
  if (foreign.length > 0) {
    throw new FacsimileError("USAGE", `run ${run} was not given --set ${foreign.map(pathOf).join(", ")} so`, {
      hint: `It goes on with what it was given: leave that out. To deploy with it: without --resume.`,
    });
  }
  if (missing.length > 0) {
    const again = missing.map((path) => ` --set ${path}=...`).join("");
    throw new FacsimileError(
      "USAGE",
      `run ${run} was given --set ${missing.join(", ")}, and no journal holds secrets`,
      {
        hint: `Give it again, as it was: facs deploy ${instance} --resume ${run}${again}`,
      },
    );
  }
  return noted.map((text) => set.findLast((one) => pathOf(one) === text) ?? text);
}

/** What stands before the `=`. */
function pathOf(text: string): string {
  return text.split("=", 1)[0] ?? "";
}
