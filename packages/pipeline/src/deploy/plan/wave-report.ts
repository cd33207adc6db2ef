import type { Host } from "@facsimile/definitions";
import type { PlannedWave } from "./waves.ts";

export interface WaveReport {
  /** `eu`, `eu database`; `the others`. */
  readonly name: string;
  /** Those that had something to do. */
  readonly hosts: readonly string[];
}

/** Where a rolling run did not go on. */
export interface Stopped {
  /** Of its waves, from 1. */
  readonly wave: number;
  /** Whether any of that wave was begun. */
  readonly begun: boolean;
}

export function waveReport({ name, members }: PlannedWave<{ readonly host: Host }>): WaveReport {
  return { name, hosts: members.map(({ host }) => host.name) };
}
