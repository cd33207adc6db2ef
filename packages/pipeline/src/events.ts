import type { WaveReport } from "./deploy/plan/wave-report.ts";

/** What the pipeline reports while it works; only the CLI draws. */
export type PipelineEvent =
  | {
      readonly type: "checkout";
      readonly project: string;
      readonly version: string;
      readonly commit?: string;
      readonly from?: string;
    }
  | { readonly type: "build"; readonly project: string; readonly version: string; readonly log: string }
  | { readonly type: "warning"; readonly message: string; readonly hint?: string }
  | { readonly type: "run"; readonly run: string; readonly instance: string; readonly hosts: number; readonly policy: "together" | "rolling"; readonly waves?: readonly WaveReport[] } // biome-ignore format: one line
  | { readonly type: "wave"; readonly wave: number; readonly of: number; readonly name: string; readonly hosts: number; readonly max: number | undefined } // biome-ignore format: one line
  | { readonly type: "soak"; readonly wave: number; readonly of: number; readonly seconds: number }
  | { readonly type: "state"; readonly scope: string; readonly serial: number; readonly pushed: boolean }
  | { readonly type: "host"; readonly host: string; readonly phase: Phase; readonly message?: string };

/** Where a host is on its way; `failed` and `unreachable` end it. */
export type Phase =
  | "connected"
  | "locked"
  | "staged"
  | "switched"
  | "confirmed"
  | "unchanged"
  | "reverted"
  | "failed"
  | "unreachable";
