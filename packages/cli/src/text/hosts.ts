import type { HostKeys, KnownHost } from "@facsimile/pipeline";
import { columns, count, type Style } from "./style.ts";
import { groupBy, hostProblem } from "./words.ts";

/** A line for each key that is on record or was shown; what to do where they are not the same. */
export function hostKeysText({ hosts }: HostKeys, style: Style): string {
  const rows = columns(
    [...groupBy(hosts, ({ region }) => region).values()].flat().flatMap((host) => keyRows(host, style)),
    { indent: 0 },
  );
  const problems = hosts.flatMap(({ host, problem }) => (problem === undefined ? [] : [`${style.red(style.bad)} ${hostProblem(host, problem)}`])); // biome-ignore format: one line
  return [...rows, ...problems, ...adviceFor(hosts)].map((line) => `${line}\n`).join("");
}

function keyRows({ host, region, address, port, known, shown, verdict }: KnownHost, style: Style): string[][] {
  const name = `${region === undefined ? "" : `${region}/`}${host}`;
  const at = `${address}${port === undefined ? "" : `:${port}`}`;
  const row = (sign: string, key: { type: string; fingerprint: string } | undefined, what: string) => [`${sign} ${name}`, at, key?.type ?? "", key?.fingerprint ?? "", what]; // biome-ignore format: one line
  if (verdict === "unasked" && known.length === 0) return [row(style.yellow("!"), undefined, "no key on record")];
  if (verdict === "unasked") return known.map((key) => row(" ", key, ""));
  if (verdict === "known") return [row(style.green(style.ok), shown, "as on record")];
  if (verdict === "new") return [row(style.yellow("!"), shown, "not on record")];
  const before = known.map((key) => row(" ", key, "on record"));
  return verdict === "changed" ? [row(style.red(style.bad), shown, "another key than the one on record"), ...before] : before; // biome-ignore format: one line
}

function adviceFor(hosts: readonly KnownHost[]): string[] {
  const isChanged = hosts.some(({ verdict }) => verdict === "changed");
  if (!isChanged && !hosts.some(({ verdict }) => verdict === "new")) return [];
  return [
    ...(isChanged ? ["A host that was set up anew shows another key. So does somebody in between."] : []),
    "Compare each fingerprint with what the host itself says, on its console or with whoever runs it:",
    "  ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub",
  ];
}

/** What is on record now. */
export function trustedText({ file }: HostKeys, written: number): string {
  if (written === 0) return "Every host that answered is on record already.\n";
  return `${file}: ${count(written, "key")} written. Next: git add ${file} && git commit\n`;
}
