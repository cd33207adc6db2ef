import type { Copy } from "../../release/release.ts";
import type { Surveyed } from "../look/survey.ts";
import { comparePlan, isExact } from "./compare.ts";

/** Every host answered, and holds exactly its copies. */
export function allExact(copies: readonly Copy[], surveyed: readonly Surveyed[]): boolean {
  return surveyed.every(
    ({ reached, projects, problem }) =>
      problem === undefined && copies.every((copy) => exactOn(copy, reached.host.name, projects)),
  );
}

function exactOn(copy: Copy, host: string, projects: Surveyed["projects"]): boolean {
  const [found, wanted] = [projects.get(copy.project), copy.hosts.find((one) => one.host === host)];
  return found === undefined || wanted === undefined || isExact(comparePlan({ copy, wanted, found }));
}
