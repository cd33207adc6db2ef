import ts from "typescript";
import type { SourceFile } from "./sources.ts";

const CODE = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;
// Names of environment variables, and of node's own errors, look the same.
const NOT_OURS = /^(FACS_|XDG_|ERR_|SSH_|GIT_CONFIG_|NO_COLOR$)/;
const MAKES_ERRORS = /(error|fault|problem|super)$/i;

/**
 * The error codes that a source gives out: the first argument of `new …Error(…)`, of `super(…)` and of helpers such as
 * `problem("BAD_NAME", …)`; `code: "…"` of an object; and what doc comments promise behind `@throws`.
 */
export function codesOf(file: SourceFile): string[] {
  const found = new Set(promised(file.text));
  const go = (node: ts.Node): void => {
    for (const { text, sure } of candidates(node)) {
      if (CODE.test(text) && (sure || (text.includes("_") && !NOT_OURS.test(text)))) found.add(text);
    }
    ts.forEachChild(node, go);
  };
  go(file.tree);
  return [...found].sort();
}

function candidates(node: ts.Node): { text: string; sure: boolean }[] {
  if (ts.isNewExpression(node) || ts.isCallExpression(node)) {
    const sure = MAKES_ERRORS.test(node.expression.getText());
    return literals(node.arguments?.[0]).map((text) => ({ text, sure }));
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

function promised(text: string): string[] {
  const comments = text.match(/\/\*\*[\s\S]*?\*\//g) ?? [];
  const throwing = comments.flatMap((comment) => comment.split("@throws").slice(1));
  const quoted = throwing.flatMap((part) => [...part.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`/g)]);
  return quoted.map(([, code]) => code ?? "").filter((code) => !NOT_OURS.test(code));
}
