import type { ListedSecret, MissingSecret, SecretListing } from "@facsimile/pipeline";
import { policyShown } from "./secrets.ts";
import { columns, count } from "./style.ts";
import { harmless } from "./value.ts";
import { labelled } from "./words.ts";

/** The secrets of a scope for people: names, ages, origins, and what is missing. */
export function secretsListText(listing: SecretListing, now: Date): string {
  const { instance, file, serial, secrets, missing, sharedBy, recipients } = listing;
  const where = serial === 0 ? `${file} does not exist yet` : `${file}, serial ${serial}`;
  const readers = recipients.map(({ fingerprint, userId }) => `${fingerprint}  ${harmless(userId ?? "(no key in keys/)")}`); // biome-ignore format: one line
  const blocks = [
    [`${instance}: ${count(secrets.length, "secret")}; ${where}`],
    columns(secrets.map((secret) => secretCells(secret, { now, sharedBy }))),
    missing.length === 0 ? [] : ["  missing", ...columns(missing.map((one) => missingCells(one, instance)), { indent: 4 })], // biome-ignore format: one line
    [
      ...labelled("shared by", [sharedBy.join(", ")], 13),
      ...(readers.length === 0 ? [] : labelled("readable by", readers, 13)),
    ],
  ];
  const full = blocks.filter((block) => block.length > 0);
  return `${full.map((block) => block.join("\n")).join("\n\n")}\n`;
}

function secretCells(
  { name, only, created, policy, rotated, seenBy }: ListedSecret,
  { now, sharedBy }: { readonly now: Date; readonly sharedBy: readonly string[] },
): readonly string[] {
  const whose = only === undefined ? "" : `of ${only} alone`;
  const age = rotated === undefined ? `made ${ago(created, now)}` : `rotated ${ago(rotated, now)}`;
  const isHidden = only === undefined && seenBy.length < sharedBy.length;
  const seen = isHidden ? `not seen by ${sharedBy.filter((each) => !seenBy.includes(each)).join(", ")}` : "";
  return [harmless(name), whose || seen, policyShown(policy), age];
}

function missingCells({ name, wantedBy, policy }: MissingSecret, instance: string): readonly string[] {
  const how = policy === undefined ? `facs secrets set ${instance} ${name}` : `the next deploy makes it: ${policyShown(policy)}`; // biome-ignore format: one line
  return [harmless(name), harmless(wantedBy), how];
}

const DAY_MS = 86_400_000;

/** `today`, `12 days ago`. A day is one of UTC, as the times of a state are. */
export function ago(iso: string, now: Date): string {
  const days = Math.floor(now.getTime() / DAY_MS) - Math.floor(Date.parse(iso) / DAY_MS);
  if (days <= 0) return "today";
  return `${count(days, "day")} ago`;
}
