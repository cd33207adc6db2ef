import type { HostKeys, KnownHost } from "@facsimile/pipeline";
import { columns, count, type Style } from "./style.ts";
import { harmless, harmlessLines } from "./value.ts";
import { groupBy, hostProblem } from "./words.ts";

/** A line for each key that is on record or was shown; what to do where they are not the same. */
export function hostKeysText({ instance, hosts }: HostKeys, style: Style): string {
  const rows = columns(
    [...groupBy(hosts, ({ region }) => region).values()].flat().flatMap((host) => keyRows(host, style)),
    { indent: 0 },
  );
  const problems = hosts.flatMap((host) => problemLines(host, style));
  return [...rows, ...problems, ...againLines(instance, hosts), ...adviceFor(hosts)]
    .map((line) => `${line}\n`)
    .join("");
}

function problemLines(at: KnownHost, { red, bad }: Style): string[] {
  const { host, problem } = at;
  if (problem === undefined) return [];
  const text = hostProblem(host, problem);
  const placed = text.startsWith(host) ? text.slice(host.length) : `: ${text}`;
  const hint = problem.hint === undefined ? [] : harmlessLines(problem.hint).split("\n");
  return [`${red(bad)} ${placeOf(at)}${placed}`, ...hint.map((line) => `  ${line}`)];
}

function againLines(instance: string, hosts: readonly KnownHost[]): string[] {
  const lost = hosts.filter(({ verdict }) => verdict === "unreachable").map(({ host }) => host);
  return lost.length === 0 ? [] : [`To ask again: facs hosts check ${[instance, ...lost].join(" ")}`];
}

function placeOf({ host, region }: KnownHost): string {
  return `${region === undefined ? "" : `${region}/`}${host}`;
}

function keyRows(at: KnownHost, style: Style): string[][] {
  const { known, shown, verdict, down } = at;
  const address = `${at.address}${at.port === undefined ? "" : `:${at.port}`}`;
  const row = (sign: string, key: { type: string; fingerprint: string } | undefined, what: string) => [`${sign} ${placeOf(at)}`, address, key?.type ?? "", key?.fingerprint ?? "", what]; // biome-ignore format: one line
  if (down !== undefined) return [row(style.yellow("!"), undefined, `not asked: ${harmless(down)}`)];
  if (verdict === "unasked" && known.length === 0) return [row(style.yellow("!"), undefined, "no key on record")];
  if (verdict === "unasked") return known.map((key) => row(" ", key, ""));
  if (verdict === "known") return [row(style.green(style.ok), shown, "as on record")];
  if (verdict === "new") return [row(style.yellow("!"), shown, "not on record")];
  if (verdict === "unreachable") return unaskedRows(known).map((key) => row(style.red(style.bad), key, key === undefined ? "no answer, and no key on record" : "on record; no answer")); // biome-ignore format: one line
  if (verdict === "revoked") return [row(style.red(style.bad), shown, "marked as @revoked on record")];
  const before = known.map((key) => row(" ", key, "on record"));
  return [row(style.red(style.bad), shown, "another key than the one on record"), ...before];
}

function unaskedRows(known: KnownHost["known"]): readonly (KnownHost["known"][number] | undefined)[] {
  return known.length === 0 ? [undefined] : known;
}

function adviceFor(hosts: readonly KnownHost[]): string[] {
  const isChanged = hosts.some(({ verdict }) => verdict === "changed");
  const news = hosts.filter(({ verdict }) => verdict === "new" || verdict === "changed");
  const revoked = hosts.some(({ verdict }) => verdict === "revoked") ? ["Others may have a key that is revoked: it is not taken. Make the host a new one."] : []; // biome-ignore format: one line
  if (news.length === 0) return revoked;
  const files = new Set(news.map(({ shown }) => KEY_FILES.get(shown?.type ?? "") ?? "ed25519"));
  return [
    ...revoked,
    ...(isChanged ? ["A host that was set up anew shows another key. So does somebody in between."] : []),
    "Compare each fingerprint with what the host itself says, on its console or with whoever runs it:",
    ...[...files].map((file) => `  ssh-keygen -lf /etc/ssh/ssh_host_${file}_key.pub`),
  ];
}

/** How sshd(8) names their files. */
const KEY_FILES = new Map([
  ["ssh-rsa", "rsa"],
  ["ecdsa-sha2-nistp256", "ecdsa"],
  ["ecdsa-sha2-nistp384", "ecdsa"],
  ["ecdsa-sha2-nistp521", "ecdsa"],
]);

/** What is on record now. */
export function trustedText({ file, hosts }: HostKeys, written: number): string {
  const answered = hosts.filter(({ verdict }) => verdict !== "unreachable" && verdict !== "unasked");
  if (answered.length === 0) return "No host answered; nothing was written.\n";
  if (written === 0 && answered.some(({ verdict }) => verdict === "revoked")) return "Nothing was written.\n";
  if (written === 0) return "Every host that answered is on record already.\n";
  return `${file}: ${count(written, "key")} written. Next: git add ${file} && git commit\n`;
}
