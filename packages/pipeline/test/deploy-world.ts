import fs from "node:fs/promises";
import path from "node:path";
import { type Fleet, type FleetOptions, fleet } from "@facsimile/testing";
import type { PipelineContext } from "../src/context.ts";
import { type DeployRequest, deploy } from "../src/deploy/deploy.ts";
import type { DeployReport } from "../src/deploy/reports.ts";
import type { RollbackReport } from "../src/deploy/rollback/report.ts";
import type { RollbackRequest } from "../src/deploy/rollback/request.ts";
import { rollback } from "../src/deploy/rollback/rollback.ts";
import { verify } from "../src/deploy/verify.ts";
import type { PipelineEvent } from "../src/events.ts";
import { init } from "../src/people/init.ts";
import { contextAt } from "./context-at.ts";
import { commit, repository, write } from "./world.ts";

/** A fleet, a conglomerate of one project for the instance `staging`, and whoever deploys: all real. */
export interface DeployWorld {
  readonly root: string;
  readonly fleet: Fleet;
  readonly context: PipelineContext;
  /** What happened in the last deploy. */
  readonly events: PipelineEvent[];
  /** Writes `define/staging.json5`: `deploy` and other keys, in JSON5. */
  define(more: {
    readonly deploy?: string;
    readonly hosts?: Readonly<Record<string, string>>;
    readonly banner?: string;
  }): Promise<void>;
  deploy(request?: Omit<DeployRequest, "instance">, stop?: AbortSignal): Promise<DeployReport>;
  rollback(request?: Omit<RollbackRequest, "instance">): Promise<RollbackReport>;
  /** A file in a host's home; `undefined` where there is none. */
  read(host: string, file: string): Promise<string | undefined>;
  /** Makes a file in a host's home, or takes it away. */
  mark(host: string, file: string, there?: boolean): Promise<void>;
  /** What each host runs: the banner of its release, in the order of the fleet. */
  banners(): Promise<string[]>;
  /** Everything that is not as its release says; empty when all is well. */
  verify(): Promise<string[]>;
  /** Lines of the journal of a run. */
  journal(run: string): Promise<Record<string, unknown>[]>;
  stopAll(): Promise<void>;
}

export interface DeployWorldOptions extends Pick<FleetOptions, "env"> {
  /** Default: `shop` alone. */
  readonly projects?: readonly string[];
}

/** Hosts are `web1.eu` and the like: their targets are `frontend` or, for `db…`, `database`; what follows the dot is the region. */
export async function deployWorld(
  names: readonly string[],
  { env, projects = ["shop"] }: DeployWorldOptions = {},
): Promise<DeployWorld> {
  const hosts = await fleet(names, env === undefined ? {} : { env });
  const root = path.join(hosts.dir, "conglomerate");
  await repository(path.join(hosts.dir, "source"), { "bin/run": "#!/bin/sh\n" }, "1");
  commit(path.join(hosts.dir, "source"), "2");
  const each = (text: (project: string) => string) => projects.map(text).join(", ");
  await write(root, {
    "define/facsimile.json5": `{
      projects: { ${each((name) => `${name}: { repo: "../source", targets: ["frontend", "database"] }`)} },
      regions: { eu: {}, us: {} }, versions: { ${each((name) => `${name}: "1"`)} }, home: "shop", banner: "one",
      install: { groups: [{ type: "copy", dir: "$SRC_DIR$/bin" }] },
    }`,
    ...Object.fromEntries(projects.map((name) => [`tmpl/${name}/_ALL_/_DEPLOY_/etc/banner`, "{{ instance.banner }}"])),
    "hosts/known_hosts": hosts.knownHosts,
  });
  const { events, ...context } = { ...contextAt(root), sshConfig: hosts.sshConfig, now: () => new Date() };
  const homeOf = (name: string) => hosts.hosts.find((host) => host.name === name)?.home ?? "";
  const current = (name: string, file: string) => path.join(homeOf(name), "shop/shop/current", file);
  const define: DeployWorld["define"] = async ({ deploy: said = "", hosts: extra = {}, banner = "one" }) => {
    const entry = ({ name, address }: Fleet["hosts"][number]) =>
      `"${name}": { address: "${address}", region: "${name.split(".")[1]}", ${extra[name] ?? ""} }`;
    const target = (isDatabase: boolean) =>
      JSON.stringify(names.filter((name) => name.startsWith("db") === isDatabase));
    await write(root, {
      "define/staging.json5": `{
        banner: "${banner}",
        deploy: { nodes: { frontend: ${target(false)}, database: ${target(true)} }, ${said} },
        hosts: { ${hosts.hosts.map(entry).join(", ")} },
      }`,
    });
  };
  await define({});
  await init(context);
  return {
    root,
    context,
    fleet: hosts,
    events,
    define,
    deploy: (request = {}, stop) => {
      events.length = 0;
      return deploy({ instance: "staging", yes: true, ...request }, { ...context, signal: stop });
    },
    rollback: (request = {}) => rollback({ instance: "staging", yes: true, ...request }, context),
    read: (name, file) => fs.readFile(path.join(homeOf(name), file), "utf8").catch(() => undefined),
    mark: (name, file, there = true) =>
      there ? fs.writeFile(path.join(homeOf(name), file), "") : fs.rm(path.join(homeOf(name), file), { force: true }),
    banners: () => Promise.all(names.map((name) => fs.readFile(current(name, "etc/banner"), "utf8").catch(() => "-"))),
    verify: async () => {
      const report = await verify({ instance: "staging" }, context);
      return report.hosts.flatMap(({ host, problem, projects }) => [
        ...(problem === undefined ? [] : [`${host}: ${problem.message}`]),
        ...projects.flatMap(({ differences }) => differences.map(({ kind, path }) => `${host}: ${kind} ${path}`)),
      ]);
    },
    journal: async (run) => {
      const text = await fs.readFile(path.join(root, "RELEASE/staging/runs", `${run}.jsonl`), "utf8");
      return text.trim().split("\n").map((line) => JSON.parse(line)); // biome-ignore format: one line
    },
    stopAll: () => hosts.stopAll(),
  };
}

/** How each host ended, in the order of the report. */
export function outcomes({ hosts }: Pick<DeployReport, "hosts">): Record<string, string> {
  return Object.fromEntries(hosts.map(({ host, outcome, why }) => [host, why === undefined ? outcome : `${outcome}: ${why}`])); // biome-ignore format: one line
}

/** Commands that note what runs, in the host's home, and fail where a file there says so; `more` in place of the `postcmd`. */
export function hooks(more?: string): string {
  const postcmd = `'echo "post $(cat etc/banner) $(date +%s%N)" >> $HOME/trace; test ! -e $HOME/bad-postcmd'`;
  return `
    precmd: 'echo "pre $(cat $HOME/shop/shop/current/etc/banner 2>/dev/null)" >> $HOME/trace; test ! -e $HOME/bad-precmd',
    postcmd: ${more ?? postcmd},
    health: { run: 'test ! -e $HOME/unwell', retries: 0 },
  `;
}
