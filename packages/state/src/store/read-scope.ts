import type { Memory, Remembered } from "../trust/memory.ts";
import type { Store } from "./store.ts";

/** A scope's file, and what its reader is to compare it with. */
export interface ScopeRead {
  readonly remembered: Remembered;
  readonly file: Awaited<ReturnType<Store["read"]>>;
  readonly place: string;
}

/** Memory comes first: what is confirmed between the two must not make a good file look old. */
export async function readScopeFile(store: Store, scope: string, memory: Memory): Promise<ScopeRead> {
  const remembered = await memory.read();
  const [file, place] = await Promise.all([store.read(scope), store.place(scope)]);
  return { remembered, file, place };
}
