import type { Command } from "commander";
import type { World } from "./world.ts";

/** What a command leaves behind for `main`. */
export interface RunState {
  status: number;
  /** The conglomerate, once it is found: excerpts are read from there. */
  root?: string | undefined;
  /** The one that was typed: hints are filled in with it. */
  instance?: string | undefined;
}

/** Options that every command has. */
export interface CommonOptions {
  readonly root?: string;
  readonly json?: true;
}

/** What a command's action is handed: its arguments by name, its options, the world. */
export interface Invocation<Options = object> {
  readonly options: Options & CommonOptions;
  readonly world: World;
  readonly run: RunState;
}

/** Adds a command with the options that all have. */
export type Add = (usage: string, description: string) => Command;

export type Invoke = <Options>(command: Command) => Invocation<Options>;
