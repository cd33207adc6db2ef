import { FacsimileError } from "@facsimile/core";
import { Command } from "commander";

/** A command whose wrong use is a failure like any other: with a code, and what to type next. */
export class Verb extends Command {
  override createCommand(name?: string): Verb {
    return new Verb(name);
  }

  /** @throws `USAGE`, where commander would print and end the process */
  override error(message: string): never {
    // What follows `=` may be a secret.
    const [what = "", near] = message
      .replace(/^error: /, "")
      .replace(/('--?[^'=]*)=[\s\S]*(')/, "$1$2")
      .split("\n");
    const meant = near === undefined ? [] : [near.replace(/^\((.*)\)$/, "$1")];
    throw new FacsimileError("USAGE", what, { hint: [...meant, ...usageOf(this)].join("\n") });
  }
}

function usageOf(command: Verb): readonly string[] {
  const usage = command.createHelp().commandUsage(command).split(/\n\s*/);
  const [path = ""] = (usage[0] ?? "").split(/ [[<]/);
  return [...(command.commands.length > 0 ? [] : usage.map((line) => `Usage: ${line}`)), `More: ${path} --help`];
}
