import { type Environment, FacsimileError, formatPath, type KeyPath } from "@facsimile/core";
import { foldOnto } from "./fold.ts";
import { isLocal } from "./hosts.ts";
import { interpolate } from "./interpolate.ts";
import { originOf, placeOf, shownOrigin } from "./origin.ts";
import type { OnProblem, Step } from "./steps.ts";
import type { Warning } from "./types.ts";
import { type ValueMap, valueAt } from "./value.ts";

export interface AssembleOptions {
  readonly env: Environment;
  readonly onProblem: OnProblem;
  onWarning(warning: Warning): void;
}

/** What the steps come to: folded and interpolated, not yet checked. Goes on past what is wrong. */
export function assemble(steps: readonly Step[], options: AssembleOptions): ValueMap {
  const folded = fold(steps, options);
  const { env, onProblem, onWarning } = options;
  const local = isLocal(valueAt(folded, ["deploy", "nodes"]));
  return interpolate(folded, {
    env: local ? env : undefined,
    onProblem: ({ code, path, message, hint }) =>
      onProblem(new FacsimileError(code, message, { hint, position: placeOf(steps, { path }) })),
    onDeprecated(path, spelling) {
      const hint = `Write \${env:${spelling.includes("USER") ? "USER" : "HOME"}}.`;
      const position = placeOf(steps, { path });
      onWarning({ code: "DEPRECATED", message: `${spelling} is an old spelling`, hint, position });
    },
  });
}

function fold(steps: readonly Step[], { onProblem, onWarning }: AssembleOptions): ValueMap {
  return steps.reduce<ValueMap>((base, { values, locate }, index) => {
    const events = {
      conflict(path: KeyPath, what: { over: string; base: string }) {
        const other = shownOrigin(originOf(steps.slice(0, index), path), path);
        const message = `${formatPath(path)} is ${what.over} here, but ${what.base} at ${other}`;
        const hint = "Write {$replace: …} where the change of kind is meant.";
        onProblem(new FacsimileError("KIND_CONFLICT", message, { hint, position: locate(path) }));
      },
      misuse(path: KeyPath, message: string) {
        onProblem(new FacsimileError("BAD_DIRECTIVE", message, { position: locate(path) }));
      },
      idle(path: KeyPath, directive: string) {
        // These are written for a module, where they are folded too.
        if (path[0] === "service" || path[0] === "config") return;
        const message = `${directive} at ${formatPath(path)} finds nothing to work on`;
        onWarning({ code: "DIRECTIVE_IDLE", message, position: locate(path) });
      },
    };
    return foldOnto({ base, over: values }, events);
  }, EMPTY);
}

const EMPTY: ValueMap = Object.freeze({});
