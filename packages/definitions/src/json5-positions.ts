import type { MemberNode, ValueNode } from "@humanwhocodes/momoa";
import { loadMomoa } from "./lazy.ts";
import type { SourceText } from "./source-file.ts";

/** The syntax tree, comments and all, or undefined where the momoa package does not read what json5 reads. */
export function treeOf({ text }: SourceText): ValueNode | undefined {
  try {
    return loadMomoa().parse(text, { mode: "json5", ranges: true }).body;
  } catch {
    return undefined;
  }
}

export function keyOf({ name }: MemberNode): string {
  return name.type === "Identifier" ? name.name : name.value;
}

/** The last member of that name: json5 keeps the last. */
export function memberOf(node: ValueNode, key: string): MemberNode | undefined {
  return node.type === "Object" ? node.members.findLast((member) => keyOf(member) === key) : undefined;
}
