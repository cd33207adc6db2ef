import fs from "node:fs/promises";
import { FacsimileError } from "@facsimile/core";
import type { Content, TreeNode } from "./types.ts";

/** A node and the overlay's file that gave it. */
export interface Made {
  readonly node: TreeNode;
  /** As people know it. */
  readonly name: string;
}

export type MadeTree = Map<string, Made>;

/** Lays `stronger` over `tree`, path by path; a file hides all that a folder of its name holds. */
export function layOver(tree: MadeTree, stronger: MadeTree): void {
  for (const [path, made] of stronger) {
    const weaker = tree.get(path);
    if (weaker?.node.type === "dir" && made.node.type !== "dir") {
      for (const other of [...tree.keys()]) if (other.startsWith(`${path}/`)) tree.delete(other);
    }
    tree.set(path, made);
  }
}

/** Adds what another target of the same host gives: equal rank, so that each path may be given in one way only. */
export async function layBeside(tree: MadeTree, other: MadeTree): Promise<FacsimileError[]> {
  const problems: FacsimileError[] = [];
  for (const [path, made] of other) {
    const given = tree.get(path);
    if (given === undefined) tree.set(path, made);
    else if (!(await sameNode(given.node, made.node))) problems.push(conflict(path, given, made));
  }
  return problems;
}

async function sameNode(a: TreeNode, b: TreeNode): Promise<boolean> {
  if (a.type === "link") return b.type === "link" && a.target === b.target;
  if (a.type === "dir") return b.type === "dir" && a.mode === b.mode;
  if (b.type !== "file" || a.mode !== b.mode) return false;
  return (await bytesOf(a.content)).equals(await bytesOf(b.content));
}

async function bytesOf(content: Content): Promise<Buffer> {
  return "bytes" in content ? Buffer.from(content.bytes) : fs.readFile(content.file);
}

function conflict(path: string, a: Made, b: Made): FacsimileError {
  return new FacsimileError("TEMPLATE_CONFLICT", `${path} is given in two ways: by ${a.name} and by ${b.name}`, {
    hint: "A host that has both targets can hold one only. Make them equal, or move the file to _DEPLOY_/ or _HOST_/.",
  });
}
