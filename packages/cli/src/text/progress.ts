import type { Phase, PipelineEvent } from "@facsimile/pipeline";
import { count, type Style } from "./style.ts";

/** A run in few lines, however many hosts it has. */
export interface Progress {
  readonly note: (event: PipelineEvent) => void;
  /** At most 12; none before hosts are worked on. */
  readonly lines: (seconds: number) => string[];
}

/** Waves that are shown: those around the one that is under way. */
const SHOWN = 6;
const BAR = 24;

/** Draws how far the hosts of a run are, and with the policy rolling its waves. */
export function progress(style: Style): Progress {
  let run: Extract<PipelineEvent, { type: "run" }> | undefined;
  let [current, soak] = [0, 0];
  const ended = new Map<Phase, Set<string>>();
  const number = (phase: Phase, hosts?: readonly string[]) => {
    const all = ended.get(phase) ?? new Set();
    return hosts === undefined ? all.size : hosts.filter((host) => all.has(host)).length;
  };
  const note = (event: PipelineEvent) => {
    if (event.type === "run") run = event;
    if (event.type === "wave") [current, soak] = [event.wave, 0];
    if (event.type === "soak") soak = event.seconds;
    if (event.type === "host") ended.set(event.phase, (ended.get(event.phase) ?? new Set()).add(event.host));
  };
  const lines = (seconds: number) => {
    if (run === undefined) return [];
    const { hosts, waves = [], policy } = run;
    const bar = (label: string, done: number) => `  ${label.padEnd(9)}${barOf(done / Math.max(hosts, 1), style)}  ${done}/${hosts}`; // biome-ignore format: one line
    const bad = number("failed") + number("unreachable");
    const rows = waves.map(({ name, hosts }, index) => {
      const sign = index + 1 < current ? style.ok : index + 1 === current ? style.arrow : "";
      const waits = soak > 0 && index + 1 === current ? `  soak ${soak} s` : "";
      return `  ${sign.padEnd(3)}${index + 1}/${waves.length} ${name}  ${number("confirmed", hosts)}/${hosts.length}${waits}`; // biome-ignore format: one line
    });
    return [
      `${run.instance}  run ${run.run}  ${clock(seconds)}`,
      bar("staged", number("staged")),
      number("staged") < hosts && current === 0 ? `  switch   waiting (policy: ${policy})` : bar("switched", number("switched")), // biome-ignore format: one line
      ...around(rows, current - 1),
      ...(bad === 0 ? [] : [`  ${style.red(`${count(bad, "host")} failed`)}`]),
    ];
  };
  return { note, lines };
}

/** As many rows as may be shown; the others are counted. */
function around(rows: readonly string[], at: number): string[] {
  const from = Math.max(0, Math.min(at - 1, rows.length - SHOWN));
  const after = rows.length - from - SHOWN;
  return [
    ...(from > 0 ? [`     ${count(from, "wave")} before`] : []),
    ...rows.slice(from, from + SHOWN),
    ...(after > 0 ? [`     ${count(after, "wave")} after`] : []),
  ];
}

function barOf(part: number, { full, empty }: Style): string {
  const done = Math.round(Math.min(part, 1) * BAR);
  return full.repeat(done) + empty.repeat(BAR - done);
}

function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds) % 60).padStart(2, "0")}`;
}
