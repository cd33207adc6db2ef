import type { Host } from "@facsimile/definitions";
import type { PipelineContext } from "../context.ts";
import { closeAll, probeProjects, type Reached, reachAll } from "../deploy/look/hosts.ts";
import type { Outline } from "../instance/outline.ts";

/** What a host says that it runs. */
export interface AskedHost {
  readonly host: string;
  /** Project → release id; undefined where it did not answer, or is declared down. */
  readonly running: ReadonlyMap<string, string> | undefined;
}

/** Asks every host of the instance, in one session each, which release of each project is current there. */
export async function askHosts(
  { outline, projects }: { readonly outline: Outline; readonly projects: readonly string[] },
  context: PipelineContext,
): Promise<readonly AskedHost[]> {
  const { definition } = outline;
  const [up, down] = [definition.hosts.filter(isUp), definition.hosts.filter((host) => !isUp(host))];
  const reached = await reachAll({ definition, hosts: up }, context);
  try {
    const asked = await Promise.all(reached.map((one) => askHost(one, { outline, projects })));
    return [...asked, ...down.map(({ name }) => ({ host: name, running: undefined }))];
  } finally {
    await closeAll(reached);
  }
}

function isUp({ down }: Host): boolean {
  return down === undefined;
}

async function askHost(
  reached: Reached,
  { outline: { definition }, projects }: { readonly outline: Outline; readonly projects: readonly string[] },
): Promise<AskedHost> {
  const { host } = reached;
  if (!("session" in reached)) return { host: host.name, running: undefined };
  const probes = await probeProjects(
    reached,
    projects.map((project) => ({ project, definition })),
    [],
  );
  const running = probes.flatMap(({ project, probe: { current } }) =>
    current?.release === undefined ? [] : [[project, current.release] as const],
  );
  return { host: host.name, running: new Map(running) };
}
