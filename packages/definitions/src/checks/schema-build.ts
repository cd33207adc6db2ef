import * as z from "zod/mini";
import { command, flag, list, match, optional, relativePath, seconds, text, WORD, word } from "./schema-parts.ts";

const commands = list(command, "a list of commands");
const variables = z.record(
  match(/^[A-Za-z_][A-Za-z0-9_]*$/, "a name of a variable"),
  z.string("a text"),
  "a map of variables to texts",
);
const virtualenv = z.union([
  flag,
  z.strictObject(
    {
      requirements: optional(relativePath),
      project: optional(flag),
      dir: optional(relativePath),
      python: optional(match(/^\/(?:[A-Za-z0-9._+@-]+\/)*[A-Za-z0-9._+@-]+$/, "the path of Python on the hosts")),
      options: optional(list(text, "a list of options of pip")),
    },
    "true, or a map with requirements",
  ),
]);

export const build = z.strictObject(
  {
    run: optional(commands),
    env: optional(variables),
    timeout: optional(seconds),
    virtualenv: optional(virtualenv),
  },
  "a map with run",
);

const STAGE = "a name of a stage, or {name, run: […]}";
export const stage = z.union([
  match(WORD, STAGE),
  z.strictObject({ name: word, run: commands, env: optional(variables), timeout: optional(seconds) }, STAGE),
]);
