import type { CommandHost, CommandReport } from "@facsimile/pipeline";
import { count, type Style } from "./style.ts";
import { harmless } from "./value.ts";
import { hostProblem } from "./words.ts";

/** Lines that a host said, each behind its name. Tabs stay. */
export function saidText(
  { host, lines, width }: { readonly host: string; readonly lines: readonly string[]; readonly width: number },
  style: Style,
): string {
  const name = style.dim(`${host.padEnd(width)} |`);
  return lines
    .map((line) => `${line === "" ? name : `${name} ${line.split("\t").map(harmless).join("\t")}`}\n`)
    .join("");
}

/** Whoever was not asked or did not answer, then a line that counts. */
export function commandText({ instance, hosts }: CommandReport, style: Style): string {
  const asked = hosts.filter(({ down }) => down === undefined);
  const left = hosts.flatMap(({ host, down }) => (down === undefined ? [] : [`${style.yellow("!")} ${host} was not asked: ${harmless(down)}`])); // biome-ignore format: one line
  const problems = asked.flatMap(({ host, problem }) => (problem === undefined || isStopped(problem) ? [] : [`${style.red(style.bad)} ${harmless(hostProblem(host, problem))}`])); // biome-ignore format: one line
  const well = asked.filter(isWell).length;
  const isAll = well === asked.length;
  const sign = isAll ? style.green(style.ok) : style.red(style.bad);
  const counted = isAll ? `${isAll && well > 1 ? "all " : ""}${count(well, "host")}` : `${well} of ${count(asked.length, "host")}`; // biome-ignore format: one line
  const line = [`${sign} ${instance}: ${counted} ended with 0`, ...odd(asked)].join("; ");
  return `${[...left, ...problems, line].join("\n")}\n`;
}

/** Ended with 0. */
export function isWell({ exitCode, down }: CommandHost): boolean {
  return exitCode === 0 && down === undefined;
}

function isStopped(problem: CommandHost["problem"]): boolean {
  return problem?.code === "STOPPED";
}

function odd(asked: readonly CommandHost[]): string[] {
  const names = (those: readonly CommandHost[]) => those.map(({ host }) => host).join(" ");
  const failed = asked.filter(
    ({ exitCode, timedOut }) => exitCode !== undefined && exitCode !== 0 && timedOut !== true,
  );
  const late = asked.filter(({ timedOut }) => timedOut === true);
  const stopped = asked.filter(({ problem }) => isStopped(problem));
  const lost = asked.filter(({ problem }) => problem !== undefined && !isStopped(problem));
  return [
    ...(failed.length === 0 ? [] : [failed.map(({ host, exitCode }) => `${host} with ${exitCode}`).join(", ")]),
    ...(late.length === 0 ? [] : [`ended because their time was over: ${names(late)}`]),
    ...(stopped.length === 0 ? [] : [`stopped: ${names(stopped)}`]),
    ...(lost.length === 0 ? [] : [`not known of: ${names(lost)}`]),
  ];
}
