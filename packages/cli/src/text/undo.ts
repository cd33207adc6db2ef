import type { DeployReport } from "@facsimile/pipeline";
import { givenOptions } from "../confirm.ts";
import type { Row } from "./deploy-end.ts";
import type { Typed } from "./typed.ts";

/** More names than this are no command that somebody reads. */
const NAMED = 8;

/** The rollback that takes back what was switched, where one can. */
export function undoRows({ undo, instance, hosts }: DeployReport, { chosen = "", set, root }: Typed): Row[] {
  if (undo === undefined) return [];
  const meant = hosts.filter(({ outcome }) => outcome !== "skipped");
  const isTyped = chosen !== "" && meant.every(({ host }) => undo.hosts.includes(host));
  if (!isTyped && undo.hosts.length > NAMED) return [];
  const only = isTyped ? chosen : undo.hosts.length === 0 ? "" : ` --hosts ${undo.hosts.join(",")}`;
  const words = ["facs rollback", instance, ...undo.projects].join(" ");
  return [["undo", [`${words}${only}`, ...givenOptions({ set: set ?? [], root })].join(" ")]];
}
