import type { Definition, Host, InstanceValues } from "@facsimile/definitions";
import { type Secrets, withSecrets } from "../secrets/values.ts";

/** What templates see beside the definition. */
export interface TemplateValues {
  /** As definitions' `moduleContext()` gives it; the same for hosts of one view. */
  readonly moduleOf: (host: Host) => object;
  readonly setting: Readonly<Record<string, unknown>>;
  readonly secret: Secrets;
}

export interface ContextRequest {
  readonly definition: Definition;
  readonly project: string;
  readonly version: string;
  readonly values: TemplateValues;
}

/** Gives hosts alike in view, region and targets the identical context, so that what they share is rendered once. */
export function templateContexts(request: ContextRequest): (host: Host) => TemplateContext {
  const made = new Map<InstanceValues, Map<string, TemplateContext>>();
  return (host) => {
    const view = request.definition.view(host);
    const byPlace = made.get(view) ?? new Map<string, TemplateContext>();
    made.set(view, byPlace);
    const place = JSON.stringify([host.region, host.targets]);
    const context = byPlace.get(place) ?? templateContext(request, { host, view });
    byPlace.set(place, context);
    return context;
  };
}

/** Where the current tree lies, as the definition writes its home. */
export function rootOf({ home = "", deploy }: Pick<InstanceValues, "home" | "deploy">, project: string): string {
  return deploy.strategy === "mirror" ? home : `${home}/${project}/current`;
}

/** What templates see, by name. */
export interface TemplateContext {
  readonly module: object;
  readonly [name: string]: unknown;
}

function templateContext(
  request: ContextRequest,
  { host, view }: { host: Host; view: InstanceValues },
): TemplateContext {
  const { definition, project, version, values } = request;
  const instance = withSecrets(view, values.secret);
  const home = String(view.home ?? "");
  return {
    instance,
    definition: instance,
    env: instance,
    module: values.moduleOf(host),
    setting: values.setting,
    secret: values.secret,
    project,
    version,
    targets: host.targets,
    region: host.region ?? null,
    facs: { root: rootOf(view, project), home, instance: definition.instance.full, project, version },
  };
}

/** What templates below `_HOST_/` see as `host`. */
export function hostContext(host: Host): object {
  const { name, address, region, targets, system } = host;
  return { name, address, region: region ?? null, targets, system };
}
