import { FacsimileError, formatPath, type KeyPath, parsePath } from "@facsimile/core";
import { loadJson5 } from "../files/lazy.ts";
import type { Layer } from "../merge/steps.ts";
import { freeze, nest, type Value, type ValueMap } from "../value.ts";
import { givenValue } from "./given-value.ts";

const FORBIDDEN = ["__proto__", "constructor", "prototype"];

/** `home="/srv/x"` as the strongest layer: the value is JSON5, else a text. @throws `BAD_SET`, `BAD_PATH`, and as {@link givenValue} */
export function setLayer(text: string): Layer {
  const equals = text.indexOf("=");
  if (equals < 1) {
    throw new FacsimileError("BAD_SET", `--set ${text}: there is no "="`, { hint: "Write --set path=value." });
  }
  const path = parsePath(text.slice(0, equals));
  if (path.some((key) => FORBIDDEN.includes(key))) {
    throw new FacsimileError("BAD_SET", `--set ${formatPath(path)}: this key is not allowed in a definition`);
  }
  const body = freeze(nest(path, givenValue(path, text.slice(equals + 1))) as ValueMap);
  // Without the value, which may be a secret.
  return { name: `--set ${formatPath(path)}`, root: "set", role: "set", source: undefined, at: [], body };
}

/** What {@link givenValue} would give, whether or not a definition may hold it. */
export function readValue(path: KeyPath, text: string): Value {
  if (path[0] === "versions" && !/^["']/.test(text)) return text;
  try {
    return loadJson5().parse<Value>(text);
  } catch {
    return text;
  }
}
