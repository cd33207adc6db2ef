import { FacsimileError, type Redactor, Secret } from "@facsimile/core";
import { type Definition, isSecretSet } from "@facsimile/definitions";
import type { TakenUp } from "./resume.ts";

/** What `--set` said, as a journal may hold it: of a secret the path alone, without `=`. */
export function notedSet(
  set: readonly string[],
  { secrets, redactor }: Pick<Definition, "secrets"> & { readonly redactor: Redactor },
): readonly string[] {
  const isHidden = (text: string) => isSecretSet(text, { secrets }) || redactor.redact(text) !== text;
  return set.map((text) => (isHidden(text) ? pathOf(text) : text));
}

/** The texts among what `--set` said that are secrets, as they were typed and without quotes: commands may print them. */
export function secretsGiven(set: readonly string[], { secrets }: Pick<Definition, "secrets">): readonly Secret[] {
  return set
    .filter((text) => isSecretSet(text, { secrets }))
    .flatMap((text) => {
      const path = pathOf(text);
      const typed = text.slice(path.length + 1);
      return [typed, typed.replace(/^(["'])(.*)\1$/s, "$2")].map((value) => new Secret(value, `--set ${path}`));
    });
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
