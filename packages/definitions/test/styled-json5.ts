import { isMap, type Value, type ValueMap } from "../src/value.ts";
import type { Roll } from "./styled.ts";

export interface Json5Options {
  readonly roll: Roll;
  readonly json: boolean;
}

/** A value in rows and lines, with quotes, commas, line ends and comments as the dice fall. */
export function styledJson5(value: Value, options: Json5Options): string {
  return new Writer(options).file(value);
}

class Writer {
  readonly #roll: Roll;
  readonly #json: boolean;
  readonly #eol: string;
  readonly #unit: string;
  readonly #space: string;
  readonly #quote: string;
  readonly #commas: string;
  readonly #hasBareKeys: boolean;
  #comments = 0;

  constructor({ roll, json }: Json5Options) {
    this.#roll = roll;
    this.#json = json;
    this.#eol = this.#pick("\n", "\r\n");
    this.#unit = this.#pick("  ", "\t", "    ");
    this.#space = this.#pick(" ", "");
    this.#quote = json ? '"' : this.#pick('"', "'");
    this.#commas = json ? "between" : this.#pick("behind", "between", "first");
    this.#hasBareKeys = !json && roll(2) === 0;
  }

  file(value: Value): string {
    const inRows = this.#roll(4) > 0;
    return `${this.#pick("", "\ufeff")}${this.#row("")}${this.#value(value, { indent: "", inRows })}${this.#end()}${this.#pick("", this.#eol)}`;
  }

  #value(value: Value, { indent, inRows }: { indent: string; inRows: boolean }): string {
    if (typeof value === "string") return this.#text(value);
    if (typeof value !== "object" || value === null) return JSON.stringify(value);
    const [open, close] = isMap(value) ? "{}" : "[]";
    const inner = indent + this.#unit;
    const items = this.#items(value, (each) =>
      this.#value(each, { indent: inner, inRows: inRows && this.#roll(3) > 0 }),
    );
    if (items.length === 0 && this.#roll(3) > 0) return `${open}${close}`;
    if (!inRows) {
      const line = items.map((item) => `${item}${this.#inLine()}`).join(`,${this.#space}`);
      return `${open}${this.#space}${line}${this.#space}${this.#inLine()}${close}`;
    }
    const rows = items.map((item, nth) =>
      this.#member(item, { indent: inner, isFirst: nth === 0, isLast: nth === items.length - 1 }),
    );
    return `${open}${this.#end()}${this.#eol}${rows.join("")}${this.#row(inner)}${indent}${close}`;
  }

  #items(value: ValueMap | readonly Value[], write: (value: Value) => string): readonly string[] {
    if (!isMap(value)) return value.map(write);
    return Object.entries(value).map(([key, inner]) => {
      const name = this.#hasBareKeys && /^[a-z]\w*$/.test(key) ? key : this.#text(key);
      return `${name}${this.#inLine()}:${this.#space}${this.#inLine()}${write(inner)}`;
    });
  }

  #member(item: string, { indent, isFirst, isLast }: { indent: string; isFirst: boolean; isLast: boolean }): string {
    const before = this.#commas === "first" && !isFirst ? ", " : "";
    const behind = this.#commas === "behind" || (this.#commas === "between" && !isLast) ? "," : "";
    const apart = this.#roll(4) === 0 ? this.#eol : "";
    return `${apart}${this.#row(indent)}${indent}${before}${item}${this.#inLine()}${behind}${this.#end()}${this.#eol}`;
  }

  #text(text: string): string {
    const inner = JSON.stringify(text).slice(1, -1);
    return this.#quote === '"' ? `"${inner}"` : `'${inner.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
  }

  #inLine(): string {
    return this.#json || this.#roll(6) > 0 ? "" : `/* «${++this.#comments}» */`;
  }

  #end(): string {
    return this.#json || this.#roll(4) > 0 ? "" : ` // «${++this.#comments}»`;
  }

  #row(indent: string): string {
    if (this.#json || this.#roll(5) > 0) return "";
    const mark = `«${++this.#comments}»`;
    return `${indent}${this.#pick(`// ${mark}`, `/* ${mark} */`, `/* ${mark}${this.#eol} */`)}${this.#eol}`;
  }

  #pick(...items: readonly string[]): string {
    return items[this.#roll(items.length)] ?? "";
  }
}
