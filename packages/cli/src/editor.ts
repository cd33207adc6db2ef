import fs from "node:fs/promises";
import path from "node:path";
import { type Environment, FacsimileError } from "@facsimile/core";
import { runChild, withoutKeys } from "./child.ts";
import { wipe } from "./memory-folder.ts";
import type { World } from "./world.ts";

/**
 * Lets the user change a text in an editor, in a folder that is memory. The file is overwritten and gone afterwards.
 *
 * @returns The text as it was saved.
 * @throws `NO_EDITOR`; `EDITOR_FAILED` where the editor gave up or was stopped
 */
export async function editText(
  { folder, name, text }: { readonly folder: string; readonly name: string; readonly text: string },
  { env, cwd, stdin, tell, tellStyle: style }: Pick<World, "env" | "cwd" | "stdin" | "tell" | "tellStyle">,
): Promise<string> {
  const inner = await fs.mkdtemp(path.join(folder, "edit-"));
  const file = path.join(inner, name);
  try {
    await fs.writeFile(file, text, { mode: 0o600, flag: "wx" });
    const { argv: editor, unknown } = await editorOf(env);
    if (unknown !== undefined)
      tell(`${style.yellow("!")} ${unknown} is not known here: it may keep copies elsewhere\n`);
    const argv = [...editor, file];
    // Whatever else the editor writes aside stays in memory too.
    const options = {
      cwd,
      env: { ...withoutKeys(env), TMPDIR: inner },
      isTerminal: stdin.isTTY === true,
      onSignal: () => wipe(inner),
    };
    const { status, isStopped } = await runChild(argv, options);
    if (status !== 0 || isStopped) throw failed(status);
    return await fs.readFile(file, "utf8");
  } finally {
    wipe(inner);
  }
}

interface Editor {
  readonly argv: readonly string[];
  /** Its name, where nothing keeps it from leaving copies. */
  readonly unknown: string | undefined;
}

async function editorOf(env: Environment): Promise<Editor> {
  const chosen = (env["VISUAL"] || env["EDITOR"] || "").trim();
  if (chosen === "") throw new FacsimileError("NO_EDITOR", "neither VISUAL nor EDITOR names an editor", {
    hint: "Name one: EDITOR=nano facs secrets edit …",
  }); // biome-ignore format: one call
  const [file = "", ...args] = chosen.split(/\s+/);
  const program = path.basename(await programOf(file, env));
  const known = WITHOUT_TRACES.find(([names]) => names.test(program));
  return { argv: [file, ...args, ...(known?.[1] ?? [])], unknown: known === undefined ? program : undefined };
}

/** What keeps an editor from leaving copies: swap, backup, undo, history. Told by the program that runs in the end. */
const WITHOUT_TRACES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^n?vim|^vim?$|^gvim/, ["-n", "-i", "NONE", "-c", "set nobackup nowritebackup noundofile noswapfile"]],
  [/^nano|^rnano/, ["--ignorercfiles"]],
  [
    /^emacs(?!client)/,
    [
      "--eval",
      "(setq make-backup-files nil auto-save-default nil create-lockfiles nil auto-save-list-file-prefix nil)",
    ],
  ],
];

/** Behind links: `vi` is many programs. */
async function programOf(file: string, env: Environment): Promise<string> {
  const folders = file.includes("/") ? [""] : (env["PATH"] ?? "").split(path.delimiter);
  for (const folder of folders) {
    const found = await fs.realpath(path.join(folder, file)).catch(() => undefined);
    if (found !== undefined) return found;
  }
  return file;
}

function failed(status: number): FacsimileError {
  return new FacsimileError("EDITOR_FAILED", `the editor ended with status ${status}`, {
    hint: "Nothing was written, and nothing of it is left.",
  });
}
