/** A release of a project that hosts go back to. */
export interface RollbackGoal {
  readonly project: string;
  /** Its id. */
  readonly release: string;
}

/**
 * What takes hosts to these releases, a command for each. It says which: without that, hosts that are there already would go
 * one further. However often it is typed, and whenever, it leads to the same.
 */
export function rollbackAgain(instance: string, goals: readonly RollbackGoal[]): readonly string[] {
  return goals.map(({ project, release }) => `facs rollback ${instance} ${project} ${release.slice(0, 7)}`);
}
