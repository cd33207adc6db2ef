import { FacsimileError } from "@facsimile/core";
import { isSensitive } from "@facsimile/definitions";
import { changeState, type Scalar, type State } from "@facsimile/state";
import type { PipelineContext } from "../context.ts";
import { type StateOf, stateOf } from "./state-of.ts";

export interface SettingRequest {
  readonly instance: string;
  readonly name: string;
  /** `undefined`: take it out. */
  readonly value: Scalar | undefined;
}

/**
 * Sets a setting of a scope, or takes it out, and seals. Settings are signed, and everybody who has the repository can
 * read them.
 *
 * @throws `SETTING_SECRET` for a name as secrets have; `BAD_NAME`; `NOT_SET`; as `changeState`
 */
export async function changeSetting(
  { instance, name, value }: SettingRequest,
  context: PipelineContext,
): Promise<{ readonly opened: StateOf; readonly state: State }> {
  if (value !== undefined) checkName(name, instance);
  const opened = await stateOf(instance, {}, context);
  const { keyring } = opened;
  const state = await changeState(opened.state, [{ type: "setting", name, value }], { keyring, now: context.now });
  return { opened, state };
}

function checkName(name: string, instance: string): void {
  if (!/^[^\p{C}\s]{1,100}$/u.test(name)) {
    throw new FacsimileError("BAD_NAME", `${JSON.stringify(name)} is not a name of a setting`, {
      hint: "Write 1 to 100 characters without blanks, such as data_dir.",
    });
  }
  if (!isSensitive(name.split(/[./]/))) return;
  throw new FacsimileError("SETTING_SECRET", `${name} is called like a secret, and settings are not encrypted`, {
    hint: `facs secrets set ${instance} ${name}. Nothing was written. If that value was a secret, it is in your shell's history: choose another.`,
  });
}
