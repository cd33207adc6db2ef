import nodeFs from "node:fs/promises";
import type { FileSystem } from "../src/store/files.ts";

/** The file system; `onCall` hears of every call before it is made: it may throw in its place, or hold it up. */
export function watched(onCall: (name: string) => unknown): FileSystem {
  const guard = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(_, name) {
        const method = Reflect.get(target, name, target);
        if (typeof method !== "function") return method;
        return async (...args: unknown[]) => {
          // close(2): what fails to close is closed nevertheless.
          if (name === "close") await method.apply(target, args);
          await onCall(String(name));
          const result = name === "close" ? undefined : await method.apply(target, args);
          return name === "open" ? guard(result) : result;
        };
      },
    });
  return guard(nodeFs);
}
