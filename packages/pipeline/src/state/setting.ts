import { FacsimileError } from "@facsimile/core";
import { isSensitive } from "@facsimile/definitions";
import { changeState, type Scalar, type State, valueNameText, valuesOf } from "@facsimile/state";
import type { PipelineContext } from "../context.ts";
import { wishOf } from "../instance/scope-users.ts";
import type { StateOf } from "./state-of.ts";

export interface Setting {
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
  { state, keyring, definition, instance }: StateOf,
  { name, value }: Setting,
  { now, redactor }: Pick<PipelineContext, "now" | "redactor">,
): Promise<State> {
  if (value !== undefined) checkName(name, instance.full);
  const isSecret = typeof value === "string" && redactor.redact(value) !== value;
  if (isSecret || (value !== undefined && isHeld(name, state)))
    throw secret(name, { instance: instance.full, isSecret });
  const options = { keyring, recipients: wishOf(definition), now };
  return changeState(state, [{ type: "setting", name, value }], options);
}

function isHeld(name: string, state: State): boolean {
  return valuesOf(state).some((value) => valueNameText(value.name) === name);
}

function secret(name: string, { instance, isSecret }: { instance: string; isSecret: boolean }): FacsimileError {
  const what = isSecret ? `the value for ${name} holds a secret of this state` : `${name} is a secret of this state`;
  return new FacsimileError("SETTING_SECRET", `${what}, and settings are not encrypted`, {
    hint: `facs secrets set ${instance} ${name}. Nothing was written.`,
  });
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
