import { Secret } from "@facsimile/core";
import { type Definition, moduleContext } from "../src/index.ts";
import { world } from "./world.ts";

// What version 1.x printed for `{{ env|tojson }}` and `{{ module|tojson }}`, recorded case by case. Its users' definitions
// lie in the source's repository; that of the conglomerate only lists projects. Intended differences are named as such, and
// have a row each in docs/from-python.md.

const COMPONENTS = '{ "facsimile": { "components": { "p": { "repo": "repo/p", "definitions": "source" } } } }';
export const GROUPS = [{ type: "tmpl", dir: "tmpl", skip: "^\\." }];
export const BASE = {
  install: { groups: GROUPS },
  home: "home",
  deploy: { user: "root", nodes: { web: ["127.1.0.1"] } },
};

/** Definition files of the source, by name; objects are written as JSON. */
export async function resolved(
  files: Readonly<Record<string, unknown>>,
  { instance = "beta", env = {} } = {},
): Promise<Definition> {
  const texts = Object.entries(files).map(([name, value]) => [
    `SRC/p-1.0.0/config/facsimile/${name}`,
    typeof value === "string" ? value : JSON.stringify(value, null, 1),
  ]);
  const { resolve } = await world({ "define/facsimile.json": COMPONENTS, ...Object.fromEntries(texts) });
  return resolve(instance, { project: "p", source: "SRC/p-1.0.0", env });
}

/** What the tool called `env`: the values as written, without our defaults and the list of projects. */
export function envOf({ values }: Definition): object {
  const { projects: _, modules: __, deploy, ...rest } = values;
  const { user, nodes } = deploy;
  return { ...rest, deploy: { user, ...(nodes && { nodes }) } };
}

export const SHOWN = "SRC/p-1.0.0/config/facsimile";

/** State as the tool kept it: passwords once for each user, uiids counted up, never used again. */
export class State {
  readonly uiids = new Map<string, number>();
  readonly #passwords = new Map<string, string>();

  password(user: string): Secret {
    const known = this.#passwords.get(user) ?? `pw-${this.#passwords.size + 1}`;
    this.#passwords.set(user, known);
    return new Secret(known, `passwd/${user}`);
  }

  uiid(name: string): number {
    const known = this.uiids.get(name) ?? Math.max(0, ...this.uiids.values()) + 1;
    this.uiids.set(name, known);
    return known;
  }
}

type Context = Readonly<Record<string, { readonly password: Secret; readonly daemons?: readonly object[] }>>;

/** What `{{ module|tojson }}` shows, passwords revealed; an empty list of daemons, which the tool did not know, is left out. */
export function printedModules({ modules }: Definition, state = new State()): object {
  const context = moduleContext(modules, state) as Context;
  return Object.fromEntries(
    Object.entries(context).map(([key, { daemons = [], password, ...rest }]) => {
      const runs = daemons.map((daemon) => (daemon as { service: object }).service);
      return [key, { ...rest, password: password.reveal(), ...(runs.length > 0 && { daemons: runs }) }];
    }),
  );
}
