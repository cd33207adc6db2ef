import type { Warning } from "./types.ts";

/** Keeps each thing told once: views and chains repeat what is wrong with what they share. */
export class Unique<T extends Warning> {
  readonly all: T[] = [];
  #seen: Set<string> | undefined;

  add(item: T): void {
    const { code, message, position } = item;
    const id = JSON.stringify([code, message, position?.file, position?.line, position?.column]);
    this.#seen ??= new Set();
    if (this.#seen.has(id)) return;
    this.#seen.add(id);
    this.all.push(item);
  }
}
