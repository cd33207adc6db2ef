#!/usr/bin/env node
import { existsSync, mkdirSync, statSync } from "node:fs";
import module from "node:module";
import os from "node:os";
import path from "node:path";

keepCompiled(process.env);
const { main } = await import("../dist/index.js");
process.exitCode = await main(process);

/** Node 22.8 and newer keep what they compile. Not in their own place for it: on many machines anybody can write there. */
function keepCompiled({ XDG_CACHE_HOME: cache, HOME: home }) {
  if (module.enableCompileCache === undefined) return;
  try {
    const top = cache?.startsWith("/") ? cache : path.join(home || os.homedir(), ".cache");
    const folder = path.join(top, "facsimile", "compiled");
    if (!existsSync(top)) return; // No folder that nobody asked for.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = statSync(folder);
    if (uid === process.getuid?.() && (mode & 0o022) === 0) module.enableCompileCache(folder);
  } catch {
    // A home that cannot be written to, or none: all is compiled anew.
  }
}
