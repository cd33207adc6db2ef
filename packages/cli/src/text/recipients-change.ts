import type { RecipientsProposal, SealedStep } from "@facsimile/pipeline";
import { type ValueInfo, valueNameText } from "@facsimile/state";
import { count, type Style } from "./style.ts";
import { grouped, nameText } from "./trust.ts";
import { harmless } from "./value.ts";
import { labelled } from "./words.ts";

type People = RecipientsProposal["people"];

/** Who comes and who leaves, file by file, before the question. */
export function proposalText({ steps, people, key, unread }: RecipientsProposal, style: Style): string {
  const blocks = steps.map(({ state, plan, instances }) => [
    `${state.file}, for ${usersText(instances)}: ${count(plan.before.length, "recipient")} so far, then ${plan.after.length}`,
    ...labelled("comes", keyLines(plan.added, people)),
    ...labelled("leaves", keyLines(plan.removed, people)),
    ...labelled("stays", keyLines(plan.before.filter((name) => plan.after.includes(name)), people)), // biome-ignore format: one line
    ...(plan.removed.length === 0 ? [] : labelled("knew", namesLines(plan.known))),
  ]);
  const file = key === undefined ? [] : [`its key goes to keys/${key.fingerprint}.asc`];
  const lines = [...blocks.flat(), ...file, ...unreadLines(unread, style)];
  return lines.map((line) => `${line}\n`).join("");
}

/** What is true now, and what is left to do. */
export function sealedText(
  { people, key, unread, same, unwished }: RecipientsProposal,
  sealed: readonly SealedStep[],
  style: Style,
): string {
  const written = [...(key === undefined ? [] : [`keys/${key.fingerprint}.asc`]), ...sealed.map(({ state }) => state.file)]; // biome-ignore format: one line
  const leavers = [...new Set(sealed.flatMap(({ step }) => step.plan.removed))];
  const lines = [
    ...same.map(
      (file) => `${file}: as it was${unwished.includes(file) ? "; no definition sets state.recipients" : ""}`,
    ),
    ...sealed.flatMap(stepLines),
    ...leavers.flatMap((name) => [`what ${nameOf(name, people)} could read stays with him: in his copies, and in every old commit of these files`]), // biome-ignore format: one line
    ...unreadLines(unread, style),
    // Where nothing was written, what an earlier command wrote may be uncommitted still.
    ...labelled("next", written.length === 0 ? [] : [`commit and push: git add ${written.join(" ")}`]),
  ];
  return `${lines.join("\n")}\n`;
}

function stepLines({ state, step: { plan, instances }, renewed, left }: SealedStep): readonly string[] {
  const fresh = plan.removed.length === 0 ? "" : ", with a new data key";
  const changes = renewed.length === 0 ? [] : [`${namesText(renewed)}; the value before stays beside each until it is rotated again`]; // biome-ignore format: one line
  const made = left.filter(({ policy }) => policy !== "given");
  const given = left.filter(({ policy }) => policy === "given");
  return [
    `${state.file}: sealed for ${count(plan.after.length, "recipient")}, serial ${state.serial}${fresh}`,
    ...labelled("made new", changes),
    ...labelled("rotate", made.length === 0 ? [] : [namesText(made), rotateHint(instances)]),
    ...labelled("by hand", given.length === 0 ? [] : [`${namesText(given)}: somebody gave them, so ask where they come from`, rotateHint(instances)]), // biome-ignore format: one line
    ...labelled("deploy", plan.known.length === 0 ? [] : [`${usersText(instances)}: hosts hold the old values until then`]), // biome-ignore format: one line
  ];
}

function rotateHint([instance = "INSTANCE"]: readonly string[]): string {
  return `facs secrets rotate ${instance} NAME`;
}

function usersText(instances: readonly string[]): string {
  return instances.length === 0 ? "no instance" : instances.join(", ");
}

function keyLines(fingerprints: readonly string[], people: People): readonly string[] {
  return fingerprints.map((name) => `${grouped(name)}  ${nameText(people.get(name)?.userId)}`);
}

function nameOf(fingerprint: string, people: People): string {
  const userId = people.get(fingerprint)?.userId;
  return userId === undefined ? grouped(fingerprint) : harmless(userId);
}

function namesLines(values: readonly ValueInfo[]): readonly string[] {
  return [values.length === 0 ? "no value" : namesText(values)];
}

/** `passwd/storefront, db/root (dev.dev0)` */
function namesText(values: readonly ValueInfo[]): string {
  const names = values.map(({ name }) => valueNameText(name) + (name.instance === undefined ? "" : ` (${name.instance})`)); // biome-ignore format: one line
  return names.map(harmless).join(", ");
}

function unreadLines(unread: readonly string[], style: Style): string[] {
  return unread.map((instance) => `${style.yellow("!")} ${instance} cannot be read: what it shares is not known`);
}
