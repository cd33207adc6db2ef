/** What one file's rendering may use; beyond it the rendering ends with `TEMPLATE_LIMIT`. */
export interface Limits {
  /** Seconds for one file; and, once one file reached a bound, for all that come after it. Default 10. */
  readonly seconds: number;
  /** Characters of one template and of one rendered file. Default 16 Mi. */
  readonly characters: number;
  /** Values that filters and ranges of one file may make: list elements, characters. Default 16 Mi. */
  readonly memory: number;
  /** Blocks and partials within one another. Default 100. */
  readonly depth: number;
  /** Characters of all rendered files of a renderer, together. Default 1 Gi. */
  readonly total: number;
}

export const LIMITS: Limits = { seconds: 10, characters: 1 << 24, memory: 1 << 24, depth: 100, total: 1 << 30 };
