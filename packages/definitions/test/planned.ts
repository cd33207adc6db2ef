import { parsePath } from "@facsimile/core";
import { conglomerateOf, type Effect, type Place, type PlannedEdit, planEdit } from "../src/index.ts";
import { problems } from "./world.ts";

export type Files = Readonly<Record<string, string>>;

export const FACSIMILE = "{ projects: { shop: { repo: 'x', targets: ['web'] } }, home: 'shop', banner: 'hello' }";

/** A conglomerate of `facsimile` and one more file. */
export const beside = (text: string, name = "define/dev.json5"): Files => ({
  "define/facsimile.json5": FACSIMILE,
  [name]: text,
});

/** What `LAYER KEY VALUE` would set, or `LAYER KEY` take out. */
export async function plan(files: Files, command: string): Promise<PlannedEdit> {
  const [, layer = "", key = "", text] = /^(\S*) (\S+)(?: (.*))?$/s.exec(command) ?? [];
  const conglomerate = conglomerateOf(new Map(Object.entries(files)), { root: "/r" });
  return planEdit(conglomerate, { layer, path: parsePath(key), text });
}

/** The text of the file afterwards. */
export async function after(files: Files, command: string): Promise<string> {
  return (await plan(files, command)).after;
}

/** Everything that keeps it from being done. */
export async function refused(files: Files, command: string): Promise<string> {
  return (await problems(plan(files, command))).join("\n");
}

/** `dev shop: seen`, `dev shop: banner hidden by define/x.json5:1:3`, `dev: as define/facsimile.json5:1:9`. */
export async function effects(files: Files, command: string): Promise<readonly string[]> {
  return (await plan(files, command)).effects.map(effectText);
}

function effectText({ instance, project, isSeen, hidden, sameAs, idleView }: Effect): string {
  const parts = [
    ...(isSeen ? ["seen"] : []),
    ...hidden.map(({ path, by }) => `${path.join(".")} hidden by ${placeText(by)}`),
    ...(sameAs === undefined ? [] : [`as ${placeText(sameAs)}`]),
    ...(idleView === undefined ? [] : [`no host in ${idleView}`]),
  ];
  return `${[instance, project].filter(Boolean).join(" ")}: ${parts.join(", ") || "no change"}`;
}

function placeText({ layer, view, position }: Place): string {
  const place = position === undefined ? "" : `:${position.line}:${position.column}`;
  return `${layer}${place}${view === undefined ? "" : ` ${view}`}`;
}
