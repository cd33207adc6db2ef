import { isFacsimileError } from "@facsimile/core";
import { openKeyring } from "@facsimile/state";
import type { PipelineContext } from "../context.ts";
import { type ListedScope, listRecipients } from "../people/recipients.ts";
import { openScope } from "../secrets/open.ts";
import { checkStates } from "../state/look.ts";
import { targetOf } from "../state/target.ts";
import { type Finding, failure, failures, ok, warning } from "./finding.ts";

/** The user's own key: which it is, and that it can be used. */
export async function keyFindings(context: PipelineContext): Promise<readonly Finding[]> {
  try {
    const { fingerprint, userId } = await openKeyring(context);
    return [ok("key", `${fingerprint} ${userId}`)];
  } catch (error) {
    return failures("key", error);
  }
}

/** Every sealed state, or that of one scope: whether it may be used, and whether the user's key opens it. */
export async function stateFindings(scope: string | undefined, context: PipelineContext): Promise<readonly Finding[]> {
  try {
    const { scopes } = await listRecipients({}, context);
    const sealed = scopes.filter((one) => one.serial > 0 || one.problem !== undefined);
    const wanted = sealed.filter((one) => scope === undefined || one.scope === scope);
    // One after the other: a key in GnuPG asks for its passphrase once.
    const found: Finding[] = [];
    for (const one of wanted) found.push(...(await stateOf(one, context)));
    return found.length > 0 ? found : [ok("state", "none yet: the first deploy makes it")];
  } catch (error) {
    return failures("state", error);
  }
}

async function stateOf(listed: ListedScope, context: PipelineContext): Promise<readonly Finding[]> {
  const { scope, file } = listed;
  const [checked] = await checkStates({ scope }, context);
  if (checked?.problem !== undefined) return [failure(file, checked.problem)];
  try {
    await openScope(scope, { use: "read" }, context);
    return [ok(file, `your key opens it (${othersOf(listed)})`), ...recipientFindings(listed)];
  } catch (error) {
    if (isFacsimileError(error, "NO_KEY")) return []; // The key's own finding says so.
    if (!isFacsimileError(error, "NOT_A_RECIPIENT")) return failures(file, error);
    const next = `Ask one of them to let you in: facs recipients add KEY.asc --scope ${scope}`;
    return [warning(targetOf(scope, context).name, `your key does not open it; ${namesOf(listed)} can`, next)];
  }
}

function othersOf({ keys }: ListedScope): string {
  const others = keys.filter(({ sealed, own }) => sealed && !own).length;
  return others === 0 ? "you alone" : `you and ${others} other${others === 1 ? "" : "s"}`;
}

function namesOf({ keys }: ListedScope): string {
  const sealed = keys.filter((key) => key.sealed);
  return sealed.map(({ userId, fingerprint }) => userId ?? fingerprint).join(", ");
}

/** Keys that the next change could not be encrypted to, and a state that one lost key would take along. */
function recipientFindings({ file, scope, keys, remote }: ListedScope): Finding[] {
  const sealed = keys.filter((key) => key.sealed);
  const unfit = sealed.flatMap(({ fingerprint, userId, problem }) => {
    if (problem === undefined) return [];
    const text = `${userId ?? fingerprint} opens it, but nothing more can be encrypted to that key: ${problem.message}`;
    return [warning(file, text, problem.hint ?? `facs recipients remove ${fingerprint} --scope ${scope}`)];
  });
  const single = warning(
    file,
    "one key alone opens it: if that is lost, so is every value",
    `facs recipients add FILE.asc --scope ${scope}`,
  );
  return remote && sealed.length === 1 ? [...unfit, single] : unfit;
}
