import { didYouMean, FacsimileError } from "@facsimile/core";

export interface SetWords {
  /** All that is left of the command line without the options that there are. */
  readonly words: readonly string[];
  /** `--file` and so on. */
  readonly known: readonly string[];
}

/** Refuses all but an instance and a name. What may be a value is not repeated. @throws `USAGE` */
export function refuseValues({ words, known }: SetWords): void {
  const at = words.findIndex((word) => word.startsWith("-"));
  if (at < 0 && words.length <= 2 && !words.some((word) => word.includes("="))) return;
  const [option = "", value] = (words[at] ?? "").split(/=(.*)/s);
  const near = at < 0 || known.includes(option) ? undefined : didYouMean(option, known);
  if (near !== undefined) throw unknownOption(`'${option}'`, `Did you mean ${near}?`);
  if (at < 0 || at < words.length - 1 || value !== undefined || /[^a-z-]/.test(option)) throw givenOpenly();
  throw unknownOption("as its last word", "It is not repeated here: if it was a secret, choose another.");
}

function unknownOption(which: string, hint: string): FacsimileError {
  return new FacsimileError("USAGE", `unknown option ${which}`, {
    hint: `${hint}\nUsage: facs secrets set [options] <instance> <name>\nMore: facs secrets set --help`,
  });
}

function givenOpenly(): FacsimileError {
  const message =
    "a value is never an argument: every user of this machine sees arguments, and the shell's history keeps them";
  return new FacsimileError("USAGE", message, {
    hint: "facs secrets set INSTANCE NAME, and type it; or give it on stdin, or by --file FILE.\nIf that was a secret, choose another.",
  });
}
