import type { Template } from "liquidjs";
import type { StrictContext } from "../context.ts";

/** What renders one piece of a template: LiquidJS's way through it, without a generator for each value. */
export type Step = (context: StrictContext, emitter: Emitter) => void;

export interface Emitter {
  buffer: string;
  write(text: unknown): void;
}

/** Renders a list of templates, as LiquidJS's renderer does. */
export type RenderTemplates = (templates: readonly Template[], context: StrictContext, emitter?: Emitter) => unknown;
