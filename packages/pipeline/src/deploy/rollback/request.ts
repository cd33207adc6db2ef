import { FacsimileError, throwProblems } from "@facsimile/core";
import type { HostFilter } from "../../instance/chosen-hosts.ts";
import type { Outline } from "../../instance/outline.ts";
import type { RollbackPlan } from "./report.ts";

export interface RollbackRequest {
  readonly instance: string;
  /** Projects, or one release by 7 digits of its id. Default: all projects that have an older release. */
  readonly words?: readonly string[] | undefined;
  /** `path=value` pairs that win over every file. */
  readonly set?: readonly string[] | undefined;
  /** Only these hosts. Default: all. */
  readonly filter?: HostFilter | undefined;
  /** Go on by a state that is older than the one that hosts remember, or another, or gone. Default `false`: it is refused. */
  readonly acceptRollback?: boolean | undefined;
  /** Goes on without a question. Default `false`: only a local instance that is not protected does. */
  readonly yes?: boolean | undefined;
  /** The command as it was typed, for whoever is told to type it again. Default: without options. */
  readonly command?: string | undefined;
  /** Shows what would be done, and asks whether it is right. Default: nobody can be asked. */
  readonly confirm?: ((proposal: RollbackProposal) => Promise<boolean>) | undefined;
}

export interface RollbackProposal {
  readonly plan: RollbackPlan;
  readonly isProtected: boolean;
}

/** @throws `CONFIRMATION_NEEDED` */
export function assertAllowed({ instance, isProtected }: Outline, request: RollbackRequest): void {
  const problems: FacsimileError[] = [];
  // Its hosts need not be asked to know that it needs a word.
  if (isProtected && !request.yes && request.confirm === undefined)
    problems.push(unconfirmed(request, `${instance.full} is protected`));
  throwProblems(problems);
}

/** As for a deploy; old secrets are always asked about. Hosts that move meanwhile are noticed under the lock. */
export async function isAgreed(
  { plan, outline: { definition, instance, isProtected } }: { plan: RollbackPlan; outline: Outline },
  request: RollbackRequest,
): Promise<boolean> {
  if (request.yes || (definition.local && !isProtected && plan.rotated.length === 0)) return true;
  if (request.confirm !== undefined) return request.confirm({ plan, isProtected });
  const old = plan.rotated.flatMap(({ secrets }) => secrets);
  const what = old.length === 0 ? `${instance.full} would change` : `${instance.full} would get old values of ${[...new Set(old)].join(", ")}`; // biome-ignore format: one line
  throw unconfirmed(request, what);
}

function unconfirmed(request: RollbackRequest, what: string): FacsimileError {
  return new FacsimileError("CONFIRMATION_NEEDED", `${what}, and nobody can be asked here`, {
    hint: `facs history ${request.instance}, and if it is right: ${typedBack(request)} --yes`,
  });
}

/** The command, to be typed again. */
export function typedBack({ instance, words = [], command }: RollbackRequest): string {
  return command ?? ["facs rollback", instance, ...words].join(" ");
}
