export type Environment = Readonly<Record<string, string | undefined>>;

export interface ExecOptions {
  /** Default: the current folder. */
  readonly cwd?: string;
  /** Variables on top of those that every child gets; `undefined` takes one away. */
  readonly env?: Environment;
  /** What the child reads on standard input. Default: nothing. */
  readonly input?: string | Uint8Array;
  readonly signal?: AbortSignal | undefined;
  /** Seconds until the child is ended. Default: no limit. */
  readonly timeout?: number;
  /**
   * Takes what the child writes, stdout and stderr in one, as it comes; the result then holds none of it. Such a child ends
   * together with all that it started: when it exits, is stopped, its time is up, or this process dies. It gets no input.
   */
  readonly onOutput?: (chunk: Uint8Array) => void;
}

export interface ExecResult {
  /** 128 when a signal ended the child. */
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** `timeout` ran out. */
  readonly timedOut: boolean;
}

/** Runs a program to its end. No shell; `args` reach it as they are. */
export type Exec = (file: string, args: readonly string[], options?: ExecOptions) => Promise<ExecResult>;
