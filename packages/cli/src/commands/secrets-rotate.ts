import { FacsimileError } from "@facsimile/core";
import { type Change, type Policy, parseValueName, policyText, type ValueName, valueNameText, valuesOf } from "@facsimile/state"; // biome-ignore format: one line
import { givenOptions } from "../confirm.ts";
import { readSecret } from "../secret-input.ts";
import type { ChangedSecret } from "../text/secrets.ts";
import { mayChange, notHeld, type Opened, openScope, report, type SecretsInvocation } from "./secrets.ts";
import { placeOf, type SecretsSetOptions } from "./secrets-set.ts";

export interface SecretsRotateInvocation extends SecretsInvocation<SecretsSetOptions & { readonly all?: true }> {
  readonly names: readonly string[];
}

/** Replaces values by new ones, and keeps those before as the previous ones. */
export async function secretsRotateCommand(invocation: SecretsRotateInvocation): Promise<void> {
  const { instance, names, options, world } = invocation;
  if (names.length > 0 === (options.all === true)) throw usage();
  for (const name of names) parseValueName(name);
  const opened = await openScope(invocation, "write");
  const { changeSecrets, seenBy } = await import("@facsimile/pipeline");
  const { rotations, left } = await rotationsOf(invocation, opened);
  const seen = new Set(rotations.flatMap(({ place }) => seenBy(place, opened.scope)));
  const sharers = opened.scope.sharers.filter((sharer) => seen.has(sharer));
  const shown = rotations.map(({ place }) => valueNameText(place)).join(", ");
  if (shown !== "" && !options.json)
    world.tell(`rotating ${shown}: seen by ${sharers.map((sharer) => sharer.instance).join(", ") || "nobody"}\n`);
  const command = ["facs secrets rotate", instance, ...names, ...givenOptions(options)].join(" ");
  if (!(await mayChange({ sharers, what: `Rotate ${shown}`, yes: options.yes, command }, invocation))) return;
  const changes: Change[] = [];
  for (const { place, policy } of rotations) {
    const by = policy ?? (await givenValue(valueNameText(place), invocation));
    changes.push({ type: "rotate", name: place, by });
  }
  const state = await changeSecrets(opened.scope, changes, opened.context);
  const notes = [
    ...left,
    ...(rotations.length === 0 ? [] : [`the values before are kept: facs secrets get ${instance} NAME --previous`]),
  ];
  report({ opened, state, changes: rotations.map(rotatedText), sharers, notes }, invocation);
}

interface Rotation {
  readonly place: ValueName;
  /** Undefined where a person has to give it. */
  readonly policy: Policy | undefined;
}

async function rotationsOf(
  { names, options, world }: SecretsRotateInvocation,
  opened: Opened,
): Promise<{ readonly rotations: readonly Rotation[]; readonly left: readonly string[] }> {
  const { infoOf, rotationOf } = await import("@facsimile/pipeline");
  const { scope } = opened;
  const withPolicy = (place: ValueName) => ({ place, policy: rotationOf(place, scope) });
  if (options.all) {
    const whose = options.only ? scope.instance.full : undefined;
    const here = valuesOf(scope.state).filter(({ name }) => name.instance === whose).map(({ name }) => withPolicy(name)); // biome-ignore format: one line
    const given = here.filter(({ policy }) => policy === undefined).map(({ place }) => valueNameText(place));
    const left = given.map((name) => `left, as a person gave it: ${name}: facs secrets rotate ${scope.instance.full} ${name}`); // biome-ignore format: one line
    return { rotations: here.filter(({ policy }) => policy !== undefined), left };
  }
  const places = [...new Set(names)].map((name) => placeOf(name, opened, options));
  const missing = places.find((place) => infoOf(place, scope.state) === undefined);
  if (missing !== undefined) throw notHeld(missing, scope);
  const rotations = places.map(withPolicy);
  const asked = rotations.filter(({ policy }) => policy === undefined);
  const isTyped = world.stdin.isTTY === true && options.file === undefined;
  if (asked.length > 1 && !isTyped) throw tooMany(asked);
  return { rotations, left: [] };
}

async function givenValue(
  name: string,
  { options, world }: SecretsRotateInvocation,
): Promise<{ readonly value: string }> {
  return { value: (await readSecret({ name, file: options.file }, world)).reveal() };
}

function rotatedText({ place, policy }: Rotation): ChangedSecret {
  const by = policy === undefined ? "given" : policyText(policy);
  return { name: valueNameText(place), only: place.instance, change: "rotated", policy: by };
}

function tooMany(asked: readonly Rotation[]): FacsimileError {
  const names = asked.map(({ place }) => valueNameText(place));
  return new FacsimileError(
    "USAGE",
    `${names.join(", ")}: a person gave these values, and only one can be given here`,
    {
      hint: "Rotate them one by one, or on a terminal, where each is asked for.",
    },
  );
}

function usage(): FacsimileError {
  return new FacsimileError("USAGE", "rotate what: names, or --all?", {
    hint: "facs secrets rotate INSTANCE NAME…, or facs secrets rotate INSTANCE --all",
  });
}
