/** Options that several commands have. */
export const SET = ["--set <path=value>", "a value that wins over every file; may be given again"] as const;

/** Takes an option as often as it is given. */
export function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}
