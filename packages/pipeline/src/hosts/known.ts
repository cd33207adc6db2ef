import fs from "node:fs/promises";
import path from "node:path";
import { didYouMean, errnoOf, FacsimileError, meantOr, parseInstance, throwProblems } from "@facsimile/core";
import { type Definition, findConglomerate, type Host, resolve } from "@facsimile/definitions";
import {
  fanOut,
  formatKnownHost,
  type HostKey,
  keyFingerprint,
  type OnRecord,
  onRecord,
  scanHostKey,
  withoutHost,
} from "@facsimile/transport";
import type { PipelineContext } from "../context.ts";
import { problemOf } from "../deploy/look/hosts.ts";
import { assertSomeUp } from "../instance/chosen-hosts.ts";
import { isUp } from "../instance/wanted-hosts.ts";

export interface HostsRequest {
  readonly instance: string;
  /** Names. Default: all of the instance. */
  readonly hosts?: readonly string[] | undefined;
}

/** A key and its fingerprint. */
export interface ShownKey extends HostKey {
  readonly fingerprint: string;
}

/** What is on record for a host, and what it shows now. */
export interface KnownHost {
  readonly host: string;
  readonly region: string | undefined;
  readonly address: string;
  readonly port: number | undefined;
  readonly known: readonly ShownKey[];
  /** Undefined where it was not asked, or did not answer. */
  readonly shown?: ShownKey | undefined;
  readonly problem?: FacsimileError | undefined;
  /** Declared down: why. It was not asked. */
  readonly down?: string | undefined;
  /** `new`: nothing is on record; `changed`: another key of this type is, or none of it but of others; `revoked`: it is, as `@revoked`. */
  readonly verdict: "unasked" | "known" | "new" | "changed" | "revoked" | "unreachable";
}

export interface HostKeys {
  readonly schema: "hosts/1";
  readonly instance: string;
  /** Relative to the root. */
  readonly file: string;
  readonly hosts: readonly KnownHost[];
}

/** Which keys `hosts/known_hosts` has for the hosts of an instance. No host is asked. @throws `UNKNOWN_HOST` */
export async function listHostKeys(request: HostsRequest, context: PipelineContext): Promise<HostKeys> {
  const { hosts, file, known } = await recorded(request, context);
  return keysOf(request, {
    file,
    context,
    hosts: hosts.map((host) => ({ ...about(host, known), verdict: "unasked" })),
  });
}

/** Asks each host that is not declared down for its key, and compares. Nothing is written. @throws `UNKNOWN_HOST`, `NO_HOSTS` */
export async function checkHostKeys(request: HostsRequest, context: PipelineContext): Promise<HostKeys> {
  const { hosts, file, known, definition } = await recorded(request, context);
  const [up, down] = [hosts.filter(isUp), hosts.filter((host) => !isUp(host))];
  assertSomeUp({ hosts: up, down }, definition.instance.full);
  const asked = await fanOut(up, {
    limit: definition.values.deploy.parallel,
    work: (host) => shownBy(host, { ...context, known: known(host.name).keys }),
  });
  const judged = asked.map((outcome): KnownHost => {
    const { item: host } = outcome;
    if (outcome.status === "done") return judge(about(host, known), outcome.value, known(host.name));
    const problem = problemOf(outcome.status === "failed" ? outcome.error : undefined, host);
    return { ...about(host, known), problem, verdict: "unreachable" };
  });
  const left = down.map((host): KnownHost => ({ ...about(host, known), down: host.down, verdict: "unasked" }));
  return keysOf(request, { file, context, hosts: [...judged, ...left] });
}

/** Puts what the hosts showed on record, in place of other keys that they had. Other lines stay as they are. */
export async function trustHostKeys({ hosts }: HostKeys, context: PipelineContext): Promise<void> {
  const file = fileOf(context);
  const news = hosts.filter(({ verdict }) => verdict === "new" || verdict === "changed");
  const kept = news.reduce((text, { host }) => withoutHost(text, host), await readText(file));
  const before = kept.replace(/\n*$/, /[^\n]/.test(kept) ? "\n" : "");
  const lines = news.flatMap(({ host, shown }) => (shown === undefined ? [] : [formatKnownHost(host, shown)]));
  await fs.mkdir(path.dirname(file), { recursive: true });
  const { default: writeFileAtomic } = await import("write-file-atomic");
  await writeFileAtomic(file, `${before}${lines.join("")}`);
}

interface Recorded {
  readonly definition: Definition;
  readonly hosts: readonly Host[];
  readonly file: string;
  readonly known: (host: string) => OnRecord;
}

async function recorded({ instance, hosts: names = [] }: HostsRequest, context: PipelineContext): Promise<Recorded> {
  const conglomerate = await findConglomerate(context.root);
  const definition = await resolve(conglomerate, { instance: parseInstance(instance), env: context.env });
  if (definition.local) throw new FacsimileError("NO_HOSTS", `${instance} is on this machine: it has no hosts to know`);
  const all: readonly string[] = definition.hosts.map(({ name }) => name);
  throwProblems(names.filter((name) => !all.includes(name)).map((name) => unknownHost(name, { instance, all })));
  const file = fileOf(context);
  const hosts = definition.hosts.filter(({ name }) => names.length === 0 || names.some((wanted) => wanted === name));
  const text = await readText(file);
  return { definition, hosts, file, known: (host) => onRecord(text, host) };
}

function unknownHost(name: string, { instance, all }: { instance: string; all: readonly string[] }): FacsimileError {
  const hint = meantOr(didYouMean(name, all), `Hosts: ${all.join(", ")}`);
  return new FacsimileError("UNKNOWN_HOST", `${instance} has no host ${name}`, { hint });
}

async function shownBy(
  { name, address, port, user }: Host,
  { env, sshConfig, signal, known }: PipelineContext & { readonly known: readonly HostKey[] },
): Promise<ShownKey> {
  const endpoint = { kind: "ssh", name, address, ...(port && { port }), ...(user && { user }) } as const;
  return named(await scanHostKey(endpoint, { env, sshConfig, signal, known: known.map(({ type }) => type) }));
}

function about({ name, region, address, port }: Host, known: Recorded["known"]): Omit<KnownHost, "verdict"> {
  return { host: name, region, address, port, known: known(name).keys.map(named) };
}

function judge(host: Omit<KnownHost, "verdict">, shown: ShownKey, { revoked }: OnRecord): KnownHost {
  if (revoked.some(({ key }) => key === shown.key)) return { ...host, shown, verdict: "revoked" };
  if (host.known.length === 0) return { ...host, shown, verdict: "new" };
  return { ...host, shown, verdict: host.known.some(({ key }) => key === shown.key) ? "known" : "changed" };
}

function named({ type, key }: HostKey): ShownKey {
  return { type, key, fingerprint: keyFingerprint({ type, key }) };
}

function keysOf(
  { instance }: HostsRequest,
  { file, context, hosts }: { file: string; context: PipelineContext; hosts: readonly KnownHost[] },
): HostKeys {
  return { schema: "hosts/1", instance, file: path.relative(context.root, file), hosts };
}

function fileOf({ own }: PipelineContext): string {
  return path.join(own, "hosts", "known_hosts");
}

async function readText(file: string): Promise<string> {
  try {
    return await fs.readFile(file, "utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return "";
    throw error;
  }
}
