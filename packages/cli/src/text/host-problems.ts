import type { FacsimileError } from "@facsimile/core";
import { groupBy, hostNames, hostProblem, naming } from "./words.ts";

interface Failed {
  readonly host: string;
  readonly problem: FacsimileError;
}

/** What is wrong with hosts: once for all that say the same of themselves, also where two projects have it. One text for all that is wrong with the same hosts. */
export function hostProblems(failed: readonly Failed[]): string[] {
  const said = failed.flatMap(({ host, problem }) => sayings(host, problem).map((saying) => ({ host, saying })));
  const alike = [...groupBy(said, ({ saying }) => saying)].map(([saying, some]) => ({ saying, hosts: [...new Set(some.map(({ host }) => host))] })); // biome-ignore format: one line
  const texts = groupBy(alike, ({ hosts }) => hosts.join(" "));
  return [...texts.values()].map((group) => group.map(({ saying, hosts }) => textOf(saying, hosts)).join("\n"));
}

/** A library that is missing and the next one are two things; the output of a command belongs to its line. */
function sayings(host: string, problem: FacsimileError): string[] {
  return hostProblem(host, problem)
    .replace(naming(host), NAME)
    .split(/\n(?=\0)/);
}

/** Never in a text that is shown: `harmless` takes it out. */
const NAME = "\0";

const PLURAL: Readonly<Record<string, string>> = { is: "are", lacks: "lack", has: "have", holds: "hold", runs: "run" };

/** `web1: it is full` and `web1 lacks it`, of several; elsewhere in a line the name is `each`. */
function textOf(saying: string, hosts: readonly string[]): string {
  const [only = "", ...others] = hosts;
  if (others.length === 0) return saying.replaceAll(NAME, only);
  const names = hostNames(hosts);
  const text = saying
    .replace(/^\0 (\w+)/, (_, verb: string) => `${names} ${PLURAL[verb] ?? verb}`)
    .replace(/^\0/, names)
    .replaceAll(NAME, "each");
  return saying.startsWith(NAME) ? text : `${names}: ${text}`;
}
