import { FacsimileError, isFacsimileError } from "@facsimile/core";
import type { PipelineContext } from "../context.ts";
import { type Finding, failure, ok, warning } from "./finding.ts";

/** The programs of this machine that the work is done with, in one line; those that are missing or too old, each in its own. */
export async function toolFindings({ node }: { node: string }, context: PipelineContext): Promise<readonly Finding[]> {
  const asked = await Promise.all(TOOLS.map(async (tool) => ({ tool, version: await versionOf(tool, context) })));
  const there = asked.flatMap(({ tool, version }) => (version === undefined ? [] : [`${tool.name} ${version}`]));
  const missing = asked.filter(({ version }) => version === undefined).map(({ tool }) => missingTool(tool));
  return [ok("tools", [`node ${node}`, ...there].join("   ")), ...missing];
}

interface Tool {
  readonly name: string;
  readonly ask: readonly string[];
  readonly pattern: RegExp;
  /** Why it is needed; only what every command needs is a failure. */
  readonly use: string;
  readonly isNeeded?: true;
}

const TOOLS: readonly Tool[] = [
  { name: "git", ask: ["--version"], pattern: /git version (\S+)/, use: "sources and states", isNeeded: true },
  { name: "ssh", ask: ["-V"], pattern: /OpenSSH_(?:for_\w+_)?([\w.]+)/, use: "hosts" },
  { name: "rsync", ask: ["--version"], pattern: /^rsync +version v?(\d+(?:\.\d+)*)/m, use: "hosts" },
  { name: "gpg", ask: ["--version"], pattern: /gpg \(GnuPG[^)]*\) (\S+)/, use: "keys that GnuPG keeps" },
];

async function versionOf({ name, ask, pattern }: Tool, { exec, signal }: PipelineContext): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await exec(name, ask, { signal, timeout: 10 });
    return pattern.exec(`${stdout}${stderr}`)?.[1]; // ssh(1) -V writes to stderr.
  } catch (error) {
    if (isFacsimileError(error, "EXEC_NOT_FOUND")) return undefined;
    throw error;
  }
}

function missingTool({ name, use, isNeeded }: Tool): Finding {
  const text = `not there, or another program of that name; it is needed for ${use}`;
  if (isNeeded) return failure(name, new FacsimileError("EXEC_NOT_FOUND", text, { hint: `Install ${name}.` }));
  return warning(name, text, `Install ${name}, if you have use for it.`);
}
