import { settled } from "@facsimile/core";
import type { Host } from "@facsimile/definitions";
import { createRenderer, type FileRequest, type Renderer, type TreeNode } from "@facsimile/templates";
import { type ContextRequest, hostContext, type TemplateContext, templateContexts } from "./contexts.ts";
import { contextFor, daemonsFor, pathFor } from "./each.ts";
import type { TemplateFile } from "./files.ts";
import type { Part } from "./finish.ts";
import type { EachOverlay, Overlays } from "./overlays.ts";

/** A project's templates, to be rendered for its hosts. Hosts of one view share their rendering. */
export interface Templates {
  /** What the host gets of them. @throws Every problem of every file at once. */
  parts(host: Host): Promise<Part[]>;
  /** One file, also such as lands nowhere. */
  file(file: TemplateFile, host: Host): Promise<TreeNode>;
}

export function createTemplates(request: ContextRequest & { readonly overlays: Overlays }): Templates {
  const { overlays: layers, definition } = request;
  const contextOf = templateContexts(request);
  const tmpl = createRenderer(layers.tmpl, { lib: layers.lib });
  const each = layers.each.map((one) => {
    const renderer = createRenderer(one.overlay, { lib: layers.lib, includes: layers.tmpl });
    return { ...one, renderer, contextOf: onceFor(contextFor) };
  });
  const seenBy = (host: Host) => ({ context: contextOf(host), hostContext: { host: hostContext(host) } });

  return {
    async parts(host) {
      const seen = seenBy(host);
      const request = { ...seen, targets: host.targets };
      const work: Promise<Part>[] = [tmpl.tree(request).then((tree) => ({ from: "tmpl/", tree }))];
      for (const one of each) {
        for (const daemon of daemonsFor(one.group, { definition, host })) {
          work.push(daemonPart({ ...one, daemon }, { ...request, context: one.contextOf(seen.context, daemon) }));
        }
      }
      return settled(work);
    },

    file({ entry, source, daemon }, host) {
      const seen: FileRequest & { context: TemplateContext } = seenBy(host);
      const one = each.find(({ overlay }) => overlay === source);
      if (one === undefined || daemon === undefined) return tmpl.file(entry.path, seen);
      return one.renderer.file(entry.path, { ...seen, context: one.contextOf(seen.context, daemon) });
    },
  };
}

type OneDaemon = EachOverlay & { readonly renderer: Renderer; readonly daemon: string };

async function daemonPart(
  { group, renderer, daemon }: OneDaemon,
  request: Parameters<Renderer["tree"]>[0],
): Promise<Part> {
  const tree = await renderer.tree(request);
  return { from: group.name, tree: new Map([...tree].map(([path, node]) => [pathFor(path, daemon), node])) };
}

/** The identical context for the identical one and daemon, so that what hosts share is rendered once. */
function onceFor(make: typeof contextFor): typeof contextFor {
  const made = new WeakMap<object, Map<string, unknown>>();
  return <Context extends { readonly module: object }>(context: Context, daemon: string): Context => {
    const ofContext = made.get(context) ?? new Map<string, unknown>();
    made.set(context, ofContext);
    const found = (ofContext.get(daemon) as Context | undefined) ?? make(context, daemon);
    ofContext.set(daemon, found);
    return found;
  };
}
