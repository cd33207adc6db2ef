import { didYouMean, type FacsimileError, meantOr } from "@facsimile/core";
import { LiquidError, TypeGuards } from "liquidjs";
import { excerpt, Fault } from "../problems.ts";
import type { TopLevel } from "./tokens.ts";
import { positionAt } from "./where.ts";

/** What LiquidJS could not parse, in our words. */
export function syntaxFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const message = reasonOf(error);
  const tag = /^tag "(.*)" not found$/.exec(message)?.[1];
  if (tag === undefined) return new Fault("TEMPLATE_SYNTAX", message);
  if (tag.startsWith("end")) return new Fault("TEMPLATE_SYNTAX", `{% ${tag} %} closes nothing that is open here`);
  return new Fault("TEMPLATE_SYNTAX", `there is no tag "${excerpt(tag)}"`, TAG_HINTS.get(tag));
}

export function filterFault(name: string, known: readonly string[]): Fault {
  const hint = FILTER_HINTS.get(name) ?? meantOr(didYouMean(name, known), undefined);
  return new Fault("TEMPLATE_UNKNOWN_FILTER", `there is no filter "${excerpt(name)}"`, hint);
}

/** `{# … #}` in the text: a comment in Jinja, ordinary text in Liquid. Not reported inside `raw` and `comment`. */
export function* jinjaComments(tokens: readonly TopLevel[]): Generator<FacsimileError> {
  let quoting: string | undefined;
  for (const token of tokens) {
    if (TypeGuards.isTagToken(token)) {
      if (quoting === undefined && (token.name === "raw" || token.name === "comment")) quoting = `end${token.name}`;
      else if (token.name === quoting) quoting = undefined;
    } else if (quoting === undefined && TypeGuards.isHTMLToken(token)) yield* commentsIn(token);
  }
}

function* commentsIn(token: TopLevel): Generator<FacsimileError> {
  const text = token.getText();
  for (let at = text.indexOf("{#"); at >= 0; at = text.indexOf("{#", at + 1)) {
    const end = text.indexOf("#}", at + 2);
    if (end < 0) break;
    // ${#list[@]} is a length in a shell.
    if (text[at - 1] === "$") continue;
    yield JINJA_COMMENT.at(positionAt({ ...token, begin: token.begin + at }));
    at = end;
  }
}

// LiquidJS appends where it was; that is said by the position.
function reasonOf(error: unknown): string {
  if (!LiquidError.is(error)) return excerpt(error instanceof Error ? error.message : String(error));
  const { message } = error.originalError ?? error;
  const end = message.lastIndexOf(", line:");
  const reason = end < 0 ? message : message.slice(0, end);
  const file = `, file:${error.token.file}`;
  return excerpt(reason.endsWith(file) ? reason.slice(0, -file.length) : reason);
}

const JINJA_COMMENT = new Fault(
  "TEMPLATE_SYNTAX",
  "{# … #} is a comment of Jinja; it would be printed",
  "In Liquid: {% comment %}…{% endcomment %} or {% # … %}; to print it: {% raw %}…{% endraw %}.",
);

const TAG_HINTS: ReadonlyMap<string, string> = new Map([
  ["elif", "In Liquid: {% elsif … %}."],
  ["elseif", "In Liquid: {% elsif … %}."],
  ["set", "In Liquid: {% assign name = value %}."],
  ["extends", 'In Liquid: {% layout "name" %}.'],
  ["macro", 'In Liquid: put it into a file of its own, and {% render "file", name: value %}.'],
  ["import", 'In Liquid: {% render "file", name: value %}.'],
  ["from", 'In Liquid: {% render "file", name: value %}.'],
  ["with", "In Liquid: {% assign name = value %}."],
  ["filter", "In Liquid: {% capture name %}…{% endcapture %}{{ name | filter }}."],
]);

const CLOCK = "Templates have no clock and no chance: the same inputs give the same bytes.";

const FILTER_HINTS: ReadonlyMap<string, string> = new Map([
  ["sample", CLOCK],
  ["random", CLOCK],
  ["d", "In Liquid: default."],
  ["tojson", "In Liquid: json."],
  ["length", "In Liquid: size."],
  ["lower", "In Liquid: downcase."],
  ["upper", "In Liquid: upcase."],
  ["trim", "In Liquid: strip."],
  ["items", "In Liquid: pairs."],
  ["b64encode", "In Liquid: b64."],
  ["quote", "In Liquid: sh."],
  ["safe", "Nothing is escaped here: leave it out."],
]);
