import { FacsimileError } from "@facsimile/core";
import type { State } from "../state.ts";

/** A state that somebody deployed, as a host remembers it. */
export interface Deployed {
  readonly scope: string;
  readonly id: string;
  readonly serial: number;
  /** sha256 of its file. */
  readonly digest: string;
}

export interface Judged {
  readonly deployed: Deployed;
  readonly hosts: readonly string[];
  /** What goes on all the same, with `--accept-rollback`, as it was typed. Default: nothing is said of that. */
  readonly command?: string | undefined;
}

/** Why hosts that remember `deployed` must not get what this state says, or `undefined`. Pure. */
export function judgeDeployed(
  state: Pick<State, "file" | "id" | "serial" | "digest">,
  { deployed, hosts, command }: Judged,
): FacsimileError | undefined {
  const { file, id, serial, digest } = state;
  const where = hosts.join(", ");
  const refusal = (code: string, message: string) => refused(code, message, command);
  if (id === undefined) {
    const what = `${file} is gone, but serial ${deployed.serial} of it was deployed to ${where}`;
    return refusal("STATE_MISSING", `${what}; its passwords would all be made anew`);
  }
  if (id !== deployed.id)
    return refusal(
      "STATE_REPLACED",
      `${file} is another file than the one that was deployed to ${where}: its id differs`,
    );
  if (serial < deployed.serial)
    return refusal(
      "STATE_ROLLED_BACK",
      `${file} is of serial ${serial}, but serial ${deployed.serial} was deployed to ${where}`,
    );
  if (serial > deployed.serial || digest === deployed.digest) return undefined;
  return refusal(
    "STATE_ROLLED_BACK",
    `${file} of serial ${serial} is not the one of that serial that was deployed to ${where}`,
  );
}

function refused(code: string, message: string, command: string | undefined): FacsimileError {
  const meant = command === undefined ? "" : `\nIf it is meant: ${command} --accept-rollback`;
  return new FacsimileError(code, message, {
    hint: `Get what was deployed: git pull, or git log --all -- the file.${meant}`,
  });
}
