import { formatPath, type KeyPath, meantOr } from "@facsimile/core";
import { type Finding, nearest, unknownKey, wrongValue } from "../checks/finding.ts";
import type { SourceFile } from "../files/source-file.ts";
import { isList, isMap, type Value, type ValueMap } from "../value.ts";
import { soundValues } from "./check.ts";
import { BOUNDS, KEYWORDS, type Keyword, TOP_KEYWORDS, usualMistake } from "./keywords.ts";
import { refusedName } from "./names.ts";
import type { UserKeywords, UserNode, UserType } from "./node.ts";
import { compilePattern } from "./pattern.ts";

export interface Place {
  readonly source: SourceFile;
  readonly at: KeyPath;
  /** It describes several values, below `items` or `additionalProperties`. */
  readonly many: boolean;
  report(finding: Finding): void;
}

/** What a map of keywords says, without what is wrong in it; reports that. */
export function readNode(written: ValueMap, place: Place): UserNode {
  const understood = understoodIn(written, place);
  const types = typesOf(understood);
  const says = bounded(ofTypes(understood, { types, place }), place);
  const matches = matcherOf(says, place);
  const { items, additionalProperties } = says;
  const properties = propertiesOf(says, place);
  const node: UserNode = {
    source: place.source,
    at: place.at,
    types,
    says: only(says, (key) => !OF_NODES.has(key) && (key !== "pattern" || matches !== undefined)) as UserKeywords,
    matches,
    properties,
    required: requiredOf(says, place).filter((key) => properties.has(key)),
    items: isMap(items) ? readNode(items, ofMany(place, "items")) : undefined,
    additional: isMap(additionalProperties)
      ? readNode(additionalProperties, ofMany(place, "additionalProperties"))
      : (additionalProperties as false | undefined),
  };
  return { ...node, says: soundValues(node, place) };
}

/** Keywords that are more than what is written: a node has them itself. */
const OF_NODES = new Set(["$schema", "type", "properties", "required", "items", "additionalProperties"]);

/** The keywords that are there to be used, with what they take. */
function understoodIn(written: ValueMap, { at, many, report }: Place): ValueMap {
  const keywords = at.length === 0 ? TOP_KEYWORDS : KEYWORDS;
  return only(written, (key, value) => {
    const path = [...at, key];
    const keyword = keywords.get(key);
    if (keyword === undefined) report(unknownKey(path, [...keywords.keys()]));
    else if (!keyword.takes(value)) report(wrongKeyword(path, { value, keyword }));
    else if (many && OF_ONE.includes(key)) report(refused(path, "is for one value, but here many are described"));
    else return true;
    return false;
  });
}

/** Keywords that need one place to be about. */
const OF_ONE = ["default", "renamedFrom"];

function wrongKeyword(path: KeyPath, { value, keyword }: { value: Value; keyword: Keyword }): Finding {
  const finding = wrongValue({ path, value, expected: keyword.expected });
  const hint = path.length === 1 ? undefined : usualMistake(path.at(-1) ?? "", value);
  return { ...finding, hint: hint ?? finding.hint };
}

/** As said; else the types that the keywords are about, so that `minimum` alone means a number. */
function typesOf(says: ValueMap): readonly UserType[] | undefined {
  const said = says["type"];
  if (said !== undefined) return [...new Set(isList(said) ? said : [said])] as readonly UserType[];
  const implied = Object.keys(says).flatMap((key) => KEYWORDS.get(key)?.of?.[0] ?? []);
  return implied.length === 0 ? undefined : [...new Set(implied)];
}

/** Without the keywords that are about other types. */
function ofTypes(says: ValueMap, { types, place }: { types: UserNode["types"]; place: Place }): ValueMap {
  return only(says, (key) => {
    const of = KEYWORDS.get(key)?.of;
    if (of === undefined || types === undefined || of.some((type) => types.includes(type))) return true;
    place.report(refused([...place.at, key], `is about ${of.join(" or ")}, but the type is ${types.join(" or ")}`));
    return false;
  });
}

/** Without upper bounds that are below the lower ones. */
function bounded(says: ValueMap, { at, report }: Place): ValueMap {
  return only(says, (key, value) => {
    const lower = BOUNDS.find(([, upper]) => upper === key)?.[0] ?? "";
    const least = says[lower];
    if (typeof least !== "number" || typeof value !== "number" || least <= value) return true;
    report({ ...refused([...at, key], `is ${value}, but ${lower} is ${least}`), part: "value" });
    return false;
  });
}

function matcherOf({ pattern }: UserKeywords, { at, report }: Place): UserNode["matches"] {
  if (pattern === undefined) return undefined;
  const compiled = compilePattern(pattern);
  if ("matches" in compiled) return compiled.matches;
  const hint = "Patterns are RE2: no look-around, no back-references.";
  report({ ...refused([...at, "pattern"], `is not a pattern: ${compiled.wrong}`), part: "value", hint });
  return undefined;
}

function propertiesOf({ properties = {} }: ValueMap, place: Place): UserNode["properties"] {
  const entries = Object.entries(properties as ValueMap).flatMap(([key, value]) => {
    const path = [...place.at, "properties", key];
    const wrong = refusedName(key, { isTop: place.at.length === 0 });
    if (wrong !== undefined) place.report({ ...refused(path, wrong.why), hint: wrong.hint });
    else if (!isMap(value)) place.report(wrongValue({ path, value, expected: "a map of keywords" }));
    else return [[key, readNode(value, { ...place, at: path })] as const];
    return [];
  });
  return new Map(entries);
}

/** A name that nothing describes would be a slip that no definition could ever satisfy. */
function requiredOf({ required = [], properties = {} }: ValueMap, { at, report }: Place): readonly string[] {
  const names = Object.keys(properties as ValueMap);
  const described = new Set(names);
  const keys = required as readonly string[];
  keys.forEach((key, index) => {
    if (described.has(key)) return;
    const path = [...at, "required", String(index)];
    const hint = meantOr(nearest(key, names), `Describe it: ${JSON.stringify(key)}: {}.`);
    report({
      ...refused(path, `names ${JSON.stringify(key)}, which properties does not describe`),
      part: "value",
      hint,
    });
  });
  return [...new Set(keys)].filter((key) => described.has(key));
}

function ofMany(place: Place, keyword: string): Place {
  return { ...place, at: [...place.at, keyword], many: true };
}

function refused(path: KeyPath, why: string): Finding {
  return { code: "INVALID_VALUE", path, part: "key", message: `${formatPath(path)} ${why}` };
}

function only(map: ValueMap, keep: (key: string, value: Value) => boolean): ValueMap {
  return Object.fromEntries(Object.entries(map).filter(([key, value]) => keep(key, value)));
}
