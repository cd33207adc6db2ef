import type { FacsimileError } from "@facsimile/core";
import { LiquidError, Output, type Template, type Token, UndefinedVariableError } from "liquidjs";
import { excerpt, Fault, LimitFault, PlacedLimit } from "../problems.ts";
import { type StrictContext, UnknownVariable } from "./context.ts";
import type { Emitter, RenderTemplates, Step } from "./fast/step.ts";
import { stepOf } from "./fast/steps.ts";
import { positionAt } from "./where.ts";

/** Says why a path is not known, and what may have been meant. `text` is as the template has it. */
export type Unknown = (path: readonly string[], text: string, context: StrictContext) => Fault;

/**
 * LiquidJS's way through a list of templates, but that what fails is noted and the next is tried, so that one run tells
 * all that is wrong; only a bound that was reached ends it.
 */
export function createRenderTemplates(unknown: Unknown): RenderTemplates {
  const compiled = new WeakMap<readonly Template[], readonly Step[]>();
  const stepsOf = (templates: readonly Template[]) => {
    const steps = compiled.get(templates) ?? templates.map((template) => stepOf(template, renderTemplates));
    compiled.set(templates, steps);
    return steps;
  };
  return renderTemplates;

  function renderTemplates(
    templates: readonly Template[],
    context: StrictContext,
    emitter: Emitter = new BoundedEmitter(context),
  ): string {
    const { session } = context;
    const steps = stepsOf(templates);
    session.enter();
    try {
      session.step(context.renderLimit);
      // By index, here where every step of every loop comes by: an iterator makes objects.
      for (let index = 0; index < steps.length; index++) {
        try {
          session.step(context.renderLimit);
          steps[index]?.(context, emitter);
        } catch (error) {
          noteOrThrow(error, { template: templates[index] as Template, context, unknown });
        }
        if (context.breakCalled || context.continueCalled) break;
      }
    } finally {
      session.leave();
    }
    return emitter.buffer;
  }
}

/** A bound of LiquidJS, or of the machine's stack, as ours; anything else as it is. */
export function asLimit(error: unknown): unknown {
  const original = LiquidError.is(error) ? (error.originalError ?? error) : error;
  if (original instanceof LimitFault || !(original instanceof Error)) return original;
  const limit = LIMIT_TEXTS.get(original.message);
  return limit === undefined ? error : new LimitFault(limit);
}

interface Failing {
  readonly template: Template;
  readonly context: StrictContext;
  readonly unknown: Unknown;
}

function noteOrThrow(error: unknown, { template, context, unknown }: Failing): void {
  const limit = asLimit(error);
  const { token } = template;
  // Without a file it is the name in `include "{{ x }}"`: the tag around it is what people find.
  if (token.file === undefined && !(limit instanceof LimitFault)) throw error;
  if (limit instanceof PlacedLimit) throw limit;
  if (limit instanceof LimitFault) throw new PlacedLimit(limit.at(positionAt(token), error));
  context.session.note(template, () => problemOf(error, { template, context, unknown }));
  forgiveUse(template, context);
}

function problemOf(error: unknown, { template, context, unknown }: Failing): FacsimileError {
  const { token } = template;
  const cause = error instanceof UndefinedVariableError ? error.originalError : error;
  const variable =
    cause instanceof UnknownVariable && cause.token === undefined && LiquidError.is(error)
      ? error.token
      : (cause as { token?: Token }).token;
  if (!(cause instanceof UnknownVariable) || variable === undefined) {
    return faultOf(cause, context).at(positionAt(token), error);
  }
  // An expression that a filter was given has a text of its own, which may be made of a secret.
  const isOwn = variable.input === token.input;
  const text = isOwn || context.session.secrets.size === 0 ? excerpt(variable.getText()) : "in an expression";
  const fault = requiredFault(template, variable) ?? unknown(cause.path, text, context);
  if (!isOwn) return fault.at(positionAt(token));
  const position = positionAt({ input: token.input, begin: variable.begin, file: token.file });
  return fault.at({ ...position, length: variable.size() });
}

// `{{ x | required: "why" }}`: the reason tells more than the name.
function requiredFault(template: Template, variable: Token): Fault | undefined {
  const [filter] = template instanceof Output ? template.value.filters : [];
  const reason = filter?.name === "required" ? filter.args[0] : undefined;
  if (typeof reason !== "object" || !("content" in reason)) return undefined;
  return new Fault("TEMPLATE_UNKNOWN_VARIABLE", `${variable.getText()} is required: ${String(reason.content)}`);
}

function faultOf(error: unknown, { session }: StrictContext): Fault {
  const original = LiquidError.is(error) ? (error.originalError ?? error) : error;
  if (original instanceof Fault) return original;
  // LiquidJS quotes what it could not use.
  if (session.secrets.size > 0) return new Fault("TEMPLATE_VALUE", "a value cannot be used here", "It is not shown: the file holds secrets."); // biome-ignore format: one line
  const message = original instanceof Error ? original.message : String(original);
  const filter = /^undefined filter: (.*)$/.exec(message)?.[1];
  if (filter !== undefined) return new Fault("TEMPLATE_UNKNOWN_FILTER", `there is no filter "${filter}"`);
  return new Fault("TEMPLATE_VALUE", excerpt(message.replace(/, line:\d+, col:\d+$/, "")));
}

// What a failed tag would have set is null, lest each use of it be reported too.
function forgiveUse({ token }: Template, context: StrictContext): void {
  const [, name] = /^\{%-?\s*(?:assign|capture)\s+([\w-]+)/.exec(token.getText()) ?? [];
  if (name !== undefined) (context.bottom() as Record<string, unknown>)[name] = null;
}

class BoundedEmitter implements Emitter {
  buffer = "";
  readonly #context: StrictContext;

  constructor(context: StrictContext) {
    this.#context = context;
  }

  write(text: unknown): void {
    const string = String(text ?? "");
    this.#context.session.written(string.length);
    this.buffer += string;
  }
}

const LIMIT_TEXTS: ReadonlyMap<string, string> = new Map([
  ["Maximum call stack size exceeded", "blocks and partials lie too deep within one another"],
  ["Invalid string length", "its filters and ranges make too many values"],
  ["Invalid array length", "its filters and ranges make too many values"],
  ["template render limit exceeded", "it takes too long"],
  ["memory alloc limit exceeded", "its filters and ranges make too many values"],
  ["parse length limit exceeded", "the template is too long"],
]);
