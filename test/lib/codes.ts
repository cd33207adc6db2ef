import ts from "typescript";
import type { SourceFile } from "./sources.ts";

const CODE = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;
// Names of environment variables look the same; ours, git's, and what tools and libc say are no codes of ours.
const NOT_OURS = /^(FACS_|GIT_|XDG_|ERR_|NO_COLOR$|SSH_AUTH_SOCK$)/;

/**
 * The error codes that a source gives out: the first argument of `new …Error(…)` and `super(…)`, and the first argument of any
 * other call when it has an underscore, as helpers such as `problem("BAD_NAME", …)` are called; also `code: "…"` of an object.
 */
export function codesOf({ tree }: SourceFile): string[] {
  const found = new Set<string>();
  const go = (node: ts.Node): void => {
    for (const { text, sure } of candidates(node)) {
      if (CODE.test(text) && !NOT_OURS.test(text) && (sure || text.includes("_"))) found.add(text);
    }
    ts.forEachChild(node, go);
  };
  go(tree);
  return [...found].sort();
}

function candidates(node: ts.Node): { text: string; sure: boolean }[] {
  if (ts.isNewExpression(node)) {
    const sure = node.expression.getText().endsWith("Error");
    return literals(node.arguments?.[0]).map((text) => ({ text, sure }));
  }
  if (ts.isCallExpression(node)) {
    const sure = node.expression.kind === ts.SyntaxKind.SuperKeyword;
    return literals(node.arguments[0]).map((text) => ({ text, sure }));
  }
  if (ts.isPropertyAssignment(node) && node.name.getText() === "code") {
    return literals(node.initializer).map((text) => ({ text, sure: false }));
  }
  return [];
}

/** The strings that an expression may be: itself, or both ends of `a ? "X" : "Y"`. */
function literals(node: ts.Node | undefined): string[] {
  if (node === undefined) return [];
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isConditionalExpression(node)) return [...literals(node.whenTrue), ...literals(node.whenFalse)];
  return ts.isParenthesizedExpression(node) ? literals(node.expression) : [];
}
