import type { PipelineEvent } from "@facsimile/pipeline";
import type { World } from "./world.ts";

export interface StopWords {
  /** Shows a line. */
  readonly tell: (line: string) => void;
  /** What goes on with a run that was ended at once. */
  readonly again: (run: string) => string;
}

export interface Stopping {
  readonly note: (event: PipelineEvent) => void;
  /** The run is over: whoever stops `facs` now stops no work on hosts. */
  readonly end: () => void;
}

/** While hosts are worked on: answers whoever asks to stop, and leaves a word for whoever does not wait. */
export function watchStop(
  { signal, parting, live }: Pick<World, "signal" | "parting" | "live">,
  { tell, again }: StopWords,
): Stopping {
  let isRunning = false;
  const answer = () => {
    if (isRunning) tell("stopping: what is under way is brought to its end; Ctrl-C again ends facs at once");
  };
  signal.addEventListener("abort", answer, { once: true });
  return {
    note: (event) => {
      if (event.type !== "run") return;
      isRunning = true;
      // A terminal has echoed ^C where the next line begins.
      parting.text = `${live ? "\r\u001b[K" : ""}ended at once: hosts may be switched and not confirmed; locks free themselves within 120 s. To go on: ${again(event.run)}\n`;
    },
    end: () => {
      signal.removeEventListener("abort", answer);
      parting.text = undefined;
    },
  };
}
