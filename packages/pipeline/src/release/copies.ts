import type { Host } from "@facsimile/definitions";
import type { PipelineContext } from "../context.ts";
import { assemble } from "../install/assemble.ts";
import { idleRules } from "../install/idle-rules.ts";
import type { Outline } from "../instance/outline.ts";
import { tellWarning } from "../instance/warnings.ts";
import type { OpenedState } from "../secrets/open.ts";
import { withSecretHints } from "../secrets/references.ts";
import { moduleContextOf, secretContext } from "../secrets/values.ts";
import { provenanceOf } from "../sources/checkout.ts";
import type { PreparedProject } from "../sources/prepare.ts";
import { whileStill } from "../sources/while-still.ts";
import { type Copy, type Hooks, releaseId } from "./release.ts";

/** Evaluates every project against the state: what each host is to hold. */
export async function copiesOf(
  { outline, projects, state }: { outline: Outline; projects: readonly PreparedProject[]; state: OpenedState },
  context: PipelineContext,
): Promise<Copy[]> {
  const lookup = { ...state, instance: outline.instance };
  const [setting, secret] = [state.state.settings(), secretContext(lookup)];
  const copies = await Promise.all(
    projects.map(async ({ project, version, definition, source, own, build }) => {
      const values = { setting, secret, moduleOf: (host: Host) => moduleContextOf({ definition, host }, lookup) };
      const { root, onEvent } = context;
      const request = { root, onEvent, own, definition, project, version, source: source.dir, build, values };
      const doing = () => withSecretHints(outline.instance.full, () => assemble(request));
      const hosts = await whileStill(source, { ...context, doing });
      const trees = Object.fromEntries(hosts.map(({ host, treeId }) => [host, treeId]));
      const named = { instance: outline.instance.full, project, version };
      return {
        ...named,
        id: releaseId({ ...named, hosts: trees }),
        source: provenanceOf(source),
        hosts,
        hooks: hooksOf(definition),
      };
    }),
  );
  const ruled = projects.map(({ definition }, index) => ({ definition, hosts: copies[index]?.hosts ?? [] }));
  for (const warning of idleRules(ruled)) tellWarning(warning, context);
  return copies;
}

function hooksOf({ values }: PreparedProject["definition"]): Hooks {
  const { precmd, postcmd, health } = values.deploy;
  return { precmd, postcmd, health };
}
