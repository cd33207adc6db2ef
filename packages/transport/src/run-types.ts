/** A command on a host. It needs no lock, and nothing deployed. */
export interface RunRequest {
  /** A string goes to `sh -c`; a list is run as it is. */
  readonly run: string | readonly [string, ...string[]];
  /** For FACS_INSTANCE. */
  readonly instance: string;
  /** The folder to run in, where it is there; else, and by default, the login's home. */
  readonly home?: string | undefined;
  /** Seconds; what runs longer is ended. Default: no limit. */
  readonly timeout?: number | undefined;
  /** Told what the command writes, as it comes. */
  readonly onOutput: (output: RunOutput) => void;
}

export interface RunOutput {
  readonly stream: "stdout" | "stderr";
  /** At most some MB; lines may be cut anywhere. */
  readonly bytes: Buffer;
}

export interface RunResult {
  /** As the shell has it; 128 + signal when one ended it, 124 when its time was over. */
  readonly exitCode: number;
  readonly timedOut: boolean;
}
