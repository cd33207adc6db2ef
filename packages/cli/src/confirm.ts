import { FacsimileError } from "@facsimile/core";
import { isSecretSet } from "@facsimile/definitions";
import type { HostFilter } from "@facsimile/pipeline";
import { hostFilterText } from "./options.ts";
import { shellWord } from "./text/diff.ts";
import type { World } from "./world.ts";

export interface Confirmation {
  /** Ends with a question mark. */
  readonly question: string;
  /** What `--yes` said. */
  readonly yes: boolean;
  /** The command to type where nobody can be asked. */
  readonly command: string;
  /** What was done before. Default: `Nothing was changed.` */
  readonly changed?: string | undefined;
}

/**
 * Whether the user says yes. Anything else, and the end of input, is no.
 *
 * @throws `CONFIRMATION_NEEDED` where nobody can be asked: off a terminal.
 */
export async function confirm(
  { question, yes, command, changed = "Nothing was changed." }: Confirmation,
  { ask }: Pick<World, "ask">,
): Promise<boolean> {
  if (yes) return true;
  if (ask !== undefined) return /^y(es)?$/i.test((await ask(`${question} [y/N] `)).trim());
  throw new FacsimileError("CONFIRMATION_NEEDED", `${question} Nobody can be asked here`, {
    hint: `If it is right: ${command} --yes. ${changed}`,
  });
}

/**
 * The options of a command as they were typed, for {@link Confirmation.command}: what was chosen counts for the next try too.
 * `--yes` and `--json` are left out, and so is a secret that `--set` gives.
 */
export function givenOptions(options: object): readonly string[] {
  const chosen = Object.entries(options).filter(
    ([name, value]) => name !== "yes" && name !== "json" && value !== undefined,
  );
  return chosen.flatMap(([name, value]: [string, unknown]) => {
    const option = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    const words = [value].flat().map((one) => (name === "set" ? shownSet(String(one)) : String(one)));
    return value === true ? [option] : words.flatMap((word) => [option, shellWord(word)]);
  });
}

/** What a plan and a deploy of the same are told: instance, projects, hosts, and all else that says what is meant. */
export function meantWords({ instance, projects, options }: MeantWords): string {
  const { set, srcDir, skipLibcheck, root } = options;
  const words = `${[instance, ...projects].join(" ")}${hostFilterText(options)}`;
  return [words, ...givenOptions({ set, srcDir, skipLibcheck, root })].join(" ");
}

export interface MeantWords {
  readonly instance: string;
  /** As they were typed. */
  readonly projects: readonly string[];
  readonly options: HostFilter & {
    readonly set?: readonly string[];
    readonly srcDir?: string;
    readonly skipLibcheck?: true;
    readonly root?: string;
  };
}

/** `db.password=...`: what is typed again is not shown. */
function shownSet(text: string): string {
  return isSecretSet(text) ? `${text.split("=", 1)[0]}=...` : text;
}
