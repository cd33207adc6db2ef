/** How long a run took, without the time in which somebody was asked. */
export interface Stopwatch {
  readonly ms: () => number;
  /** The same question; while it is open, the watch stands. */
  readonly pausing: <Asked, Answer>(ask: (asked: Asked) => Promise<Answer>) => (asked: Asked) => Promise<Answer>;
}

/** Runs from now on. */
export function stopwatch(now: () => Date): Stopwatch {
  const began = now().getTime();
  let stood = 0;
  return { ms: () => now().getTime() - began - stood, pausing };

  function pausing<Asked, Answer>(ask: (asked: Asked) => Promise<Answer>): (asked: Asked) => Promise<Answer> {
    return async (asked) => {
      const since = now().getTime();
      try {
        return await ask(asked);
      } finally {
        stood += now().getTime() - since;
      }
    };
  }
}
