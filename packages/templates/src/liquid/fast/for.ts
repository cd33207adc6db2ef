import { Drop, type ForTag, type Template, type Token, toValue, toValueSync } from "liquidjs";
import { operandOf } from "./operand.ts";
import type { RenderTemplates, Step } from "./step.ts";

interface Parts {
  readonly variable: string;
  readonly collection: Token;
  readonly hash: { readonly hash: object };
  readonly templates: Template[];
  readonly elseTemplates: Template[];
}

/** `{% for %}`. With `limit`, `offset` or `reversed` the loop is LiquidJS's; what is in it is not. */
export function forStep(tag: ForTag, render: RenderTemplates): Step {
  const { variable, collection, hash, templates, elseTemplates } = tag as unknown as Parts;
  if (Object.keys(hash.hash).length > 0) {
    return (context, emitter) => void toValueSync(tag.render(context, emitter) as IterableIterator<unknown>);
  }
  const evaluate = operandOf(collection);
  const name = `${variable}-${collection.getText()}`;
  return (context, emitter) => {
    const items = itemsOf(evaluate(context, false));
    if (items.length === 0) return void render(elseTemplates, context, emitter);
    context.setRegister(`continue-${name}`, items.length);
    const forloop = new Loop(items.length, name);
    const scope: Record<string, unknown> = Object.assign(Object.create(null), { forloop });
    context.push(scope);
    for (const item of items) {
      scope[variable] = item;
      context.continueCalled = context.breakCalled = false;
      render(templates, context, emitter);
      if (context.breakCalled) break;
      forloop.i++;
    }
    context.continueCalled = context.breakCalled = false;
    context.pop();
  };
}

/** As LiquidJS goes through a value: a text is one item, a map gives `[key, value]`, a scalar nothing. */
function itemsOf(value: unknown): readonly unknown[] {
  const plain: unknown = toValue(value);
  if (Array.isArray(plain)) return plain;
  if (typeof plain === "string") return plain === "" ? [] : [plain];
  if (typeof plain !== "object" || plain === null) return [];
  return Symbol.iterator in plain ? Array.from(plain as Iterable<unknown>) : Object.entries(plain);
}

/** What `forloop` is in LiquidJS, which does not hand its own out. */
class Loop extends Drop {
  i = 0;
  readonly length: number;
  readonly name: string;

  constructor(length: number, name: string) {
    super();
    this.length = length;
    this.name = name;
  }

  index0(): number {
    return this.i;
  }

  index(): number {
    return this.i + 1;
  }

  first(): boolean {
    return this.i === 0;
  }

  last(): boolean {
    return this.i === this.length - 1;
  }

  rindex(): number {
    return this.length - this.i;
  }

  rindex0(): number {
    return this.length - this.i - 1;
  }

  override valueOf(): string {
    return JSON.stringify({ ...this });
  }
}
