import type { CST } from "yaml";
import { loadYaml } from "../files/lazy.ts";
import { isList, isMap, type Value } from "../value.ts";
import { type Delimited, fillItems, gapOf, insertItem, removeItem } from "./delimited.ts";
import { indentAt, insertion, lineEnd, type Splice } from "./splice.ts";
import type { Step } from "./steps.ts";
import type { Site } from "./yaml-site.ts";
import { styleOver, valueAt, type YamlStyle, yamlStyle } from "./yaml-style.ts";
import { yamlFlow, yamlFlowItems } from "./yaml-text.ts";
import { closeOf, type Item, itemEnd, itemStart, slotOf, tokenEnd, tokenStart } from "./yaml-tokens.ts";

/** One step in a flow collection: `{a: 1}`, `[a]`. */
export function editFlow(site: Site, step: Step): readonly Splice[] | undefined {
  const { text, node, items, index, key } = site;
  const list = flowList(text, { token: node.srcToken as CST.FlowCollection, items });
  if (list === undefined) return undefined;
  if (step.kind === "remove") return removeItem(list, index);
  const style = yamlStyle(site, node);
  if (step.kind === "replace") return replace(site, { value: step.value, style });
  const inMap = loadYaml().isMap(node);
  const after = inMap ? items.length - 1 : Number(key) - 1;
  const item = inMap ? yamlFlowItems({ [key]: step.value }, style) : yamlFlow(step.value, style);
  return insertItem(list, { after, item, gap: gapOf(list) ?? " " });
}

export interface Writing {
  readonly value: Value;
  readonly style: YamlStyle;
}

function replace({ text, node, items, index }: Site, { value, style }: Writing): readonly Splice[] | undefined {
  const item = items[index];
  const old = item?.value;
  if (item === undefined) return undefined;
  if (old && tokenEnd(old) > tokenStart(old)) {
    return rewrite(text, { token: old, value, style: styleOver(style, valueAt(node, index)) });
  }
  if (!loadYaml().isMap(node)) return undefined;
  const by = ` ${yamlFlow(value, style)}`;
  const slot = slotOf(item);
  return [slot === undefined ? insertion(itemEnd(item), `:${by}`) : insertion(slot.after, by)];
}

/** Another value in one line; where only comments stand between brackets they stay. */
export function rewrite(
  text: string,
  { token, value, style }: Writing & { readonly token: CST.Token },
): readonly Splice[] {
  const isEmpty = token.type === "flow-collection" && !token.items.some((item) => item.key || item.value);
  const list = isEmpty ? flowList(text, { token, items: [] }) : undefined;
  const isAlike = list !== undefined && (text[list.open - 1] === "{" ? isMap(value) : isList(value));
  if (isAlike && /^\s*#/.test(text.slice(list.open, list.close))) {
    const indent = indentAt(text, list.open) + " ".repeat(style.indent);
    const body = `${indent}${yamlFlowItems(value as readonly Value[], style)}`;
    return fillItems(list, { body, rows: true, pad: "" });
  }
  return [{ start: tokenStart(token), end: tokenEnd(token), by: yamlFlow(value, style) }];
}

function flowList(
  text: string,
  { token, items }: { token: CST.FlowCollection; items: readonly Item[] },
): Delimited | undefined {
  const close = closeOf(token);
  if (close === undefined) return undefined;
  const ranges = items.map((item) => [itemStart(item), itemEnd(item)] as const);
  return { text, open: tokenEnd(token.start), close: close.offset, items: ranges, commentEnd };
}

function commentEnd(text: string, offset: number): number | undefined {
  return text[offset] === "#" ? lineEnd(text, offset) : undefined;
}
