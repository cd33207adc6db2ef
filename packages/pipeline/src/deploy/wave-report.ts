import type { Host } from "@facsimile/definitions";
import type { PlannedWave } from "./waves.ts";

export interface WaveReport {
  /** `eu`, `eu database`; `the others`. */
  readonly name: string;
  /** Those that had something to do. */
  readonly hosts: readonly string[];
}

export function waveReport({ name, members }: PlannedWave<{ readonly host: Host }>): WaveReport {
  return { name, hosts: members.map(({ host }) => host.name) };
}
