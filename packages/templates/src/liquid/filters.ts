import { isSecret } from "@facsimile/core";
import { filters as theirs } from "liquidjs";
import { Fault } from "../problems.ts";
import type { Filter } from "./filter.ts";
import { compared } from "./operators.ts";
import { ours } from "./own-filters.ts";
import { textOf } from "./values.ts";

/**
 * Every filter that templates may use: LiquidJS's without those that depend on clock, chance or the machine's time zone,
 * and ours. A secret that a filter is given is revealed; a map or list where a filter wants text is a fault.
 */
export function allFilters(): Map<string, Filter> {
  const all = new Map<string, Filter>();
  for (const [name, filter] of Object.entries(theirs)) {
    if (typeof filter === "function" && !LEFT_OUT.has(name)) all.set(name, filter as unknown as Filter);
  }
  for (const [name, filter] of Object.entries(ours)) all.set(name, filter);
  return new Map([...all].map(([name, filter]) => [name, guarded(name, filter)]));
}

function guarded(name: string, filter: Filter): Filter {
  const forText = FOR_TEXT.has(name);
  return function (value, ...args) {
    refuseSecrets(name, [value, ...args]);
    const { session, memoryLimit } = this.context;
    memoryLimit.use(extraFor(value));
    const shown = isSecret(value) ? session.reveal(value) : value;
    const given = args.map((one) => (isSecret(one) ? session.reveal(one) : one));
    if (forText) for (const one of [shown, ...given]) if (typeof one !== "string") textOf(one);
    return filter.call(this, shown, ...given);
  };
}

/** @throws a fault where a filter would compare secrets, or take one for an expression */
function refuseSecrets(name: string, [value, ...args]: readonly unknown[]): void {
  if (name.endsWith("_exp") && args.some(isSecret)) throw new Fault("TEMPLATE_VALUE", `${name}: a secret is no expression`); // biome-ignore format: one line
  if (!compares(name, args) || !Array.isArray(value)) return;
  if (value.some((item) => isSecret(propertyOf(item, args[0])))) throw compared();
}

/** Whether a filter compares items; those that look for one without a value to compare with test that it is there. */
function compares(name: string, args: readonly unknown[]): boolean {
  return ORDERING.has(name) || (FINDING.has(name) && args[1] !== undefined);
}

/** Of an item of a list: what a filter that compares looks at. Without a property it is the item. */
function propertyOf(item: unknown, property: unknown): unknown {
  if (typeof property !== "string" || isSecret(item)) return item;
  return property.split(".").reduce<unknown>((at, key) => (isMap(at) ? at[key] : undefined), item);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !isSecret(value);
}

/** What filters make of each item of a long list (pairs to sort by, contexts), which LiquidJS does not count. */
function extraFor(value: unknown): number {
  return Array.isArray(value) && value.length > LONG ? value.length * EACH : 0;
}

const LONG = 10_000;
const EACH = 8;

// `raw` switches off the check of what is printed; `sample` is chance; dates go by the machine's time zone.
const LEFT_OUT: ReadonlySet<string> = new Set([
  "raw",
  "sample",
  "date_to_xmlschema",
  "date_to_rfc822",
  "date_to_string",
  "date_to_long_string",
]);

const FINDING: ReadonlySet<string> = new Set(["where", "reject", "find", "find_index", "has"]);
const ORDERING: ReadonlySet<string> = new Set(["group_by", "sort", "sort_natural", "uniq"]);

const FOR_TEXT: ReadonlySet<string> = new Set(
  `append prepend lstrip rstrip strip downcase upcase remove remove_first remove_last split strip_newlines squish
  capitalize replace replace_first replace_last truncate truncatewords normalize_whitespace number_of_words escape
  xml_escape unescape escape_once newline_to_br strip_html url_decode url_encode cgi_escape uri_escape slugify
  base64_encode base64_decode sha256 hmac_sha256 b64 sh ini indent regex_escape sql sql_id`.split(/\s+/),
);
