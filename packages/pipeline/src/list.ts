import { type FacsimileError, isFacsimileError, problemsOf } from "@facsimile/core";
import { findConglomerate, listInstances, listProjects, resolve } from "@facsimile/definitions";
import type { PipelineContext } from "./context.ts";

export interface Listing {
  readonly schema: "list/1";
  readonly root: string;
  readonly projects: readonly string[];
  readonly instances: readonly ListedInstance[];
}

export interface ListedInstance {
  readonly instance: string;
  readonly local: boolean;
  readonly protected: boolean;
  /** Project → version. */
  readonly versions: Readonly<Record<string, string>>;
  readonly hosts: readonly {
    readonly host: string;
    readonly region: string | undefined;
    readonly targets: readonly string[];
  }[];
  /** Files read, weakest first. */
  readonly files: readonly string[];
  /** What is wrong with it; the rest is then empty. */
  readonly problems: readonly FacsimileError[];
}

/** Every project and instance of the conglomerate. One that is broken is told, and hides none of the others. */
export async function list(context: PipelineContext): Promise<Listing> {
  const conglomerate = await findConglomerate(context.root);
  const [projects, instances] = await Promise.all([listProjects(conglomerate), listInstances(conglomerate)]);
  const listed = await Promise.all(
    instances.map(async (instance): Promise<ListedInstance> => {
      try {
        const { values, local, hosts, files } = await resolve(conglomerate, { instance, env: context.env });
        return {
          instance: instance.full,
          local,
          protected: values.protected ?? false,
          versions: values.versions ?? {},
          hosts: hosts.map(({ name, region, targets }) => ({ host: name, region, targets })),
          files,
          problems: [],
        };
      } catch (error) {
        if (!isFacsimileError(error)) throw error;
        return {
          instance: instance.full,
          local: false,
          protected: false,
          versions: {},
          hosts: [],
          files: [],
          problems: problemsOf(error),
        };
      }
    }),
  );
  return { schema: "list/1", root: conglomerate.root, projects, instances: listed };
}
