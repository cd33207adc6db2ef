import { parseInstance, parseProject } from "@facsimile/core";
import { conglomerateOf, resolve } from "@facsimile/definitions";
import { expect, it } from "vitest";
import { tellSingleRecipient, tellWarnings } from "./warnings.ts";

it("tells what projects share once, and an idle directive where it misses in all of them", async () => {
  const texts = new Map([
    ["define/facsimile.json5", "{ projects: { a: { repo: 'x' }, b: { repo: 'x' } }, hoem: 'x' }"],
    ["define/a.json5", "{ tags: ['t'] }"],
    ["define/dev.json5", "{ tags: { $remove: ['t'] },\n gone: { $delete: true } }"],
  ]);
  const conglomerate = conglomerateOf(texts, { root: "/shop" });
  const instance = parseInstance("dev");
  const definitions = await Promise.all(
    ["a", "b"].map((name) => resolve(conglomerate, { instance, project: parseProject(name) })),
  );
  const told: string[] = [];
  tellWarnings(definitions, { onEvent: (event) => told.push((event as { message: string }).message) });
  expect(told).toEqual([
    "define/dev.json5:2:8: DIRECTIVE_IDLE: $delete at gone finds nothing to work on",
    "define/facsimile.json5:1:53: SIMILAR_KEY: the key hoem is close to the well-known home",
  ]);
});

it("tells of a single key where hosts are remote, before the first seal and after it", () => {
  const [one, two] = ["A".repeat(40), "b".repeat(40)];
  const told = (local: boolean, serial: number, recipients: string[], wish?: string[], empty = false) => {
    const events: unknown[] = [];
    const definition = { local, values: { state: { recipients: wish } } } as never;
    const state = { file: "state/live.json", scope: "live", serial, recipients };
    const plan = { empty, passwords: ["a"], secrets: [], policies: {}, uiids: {} };
    tellSingleRecipient({ definition, state, plan }, { onEvent: (event) => events.push(event) });
    return events;
  };
  expect(told(false, 1, [one])).toEqual([
    {
      type: "warning",
      message: "one key alone opens state/live.json: if it is lost, so is every value",
      hint: "Add somebody: facs recipients add FILE.asc --scope live",
    },
  ]);
  // No command can add somebody to a file that is not there.
  expect(told(false, 0, [])).toMatchObject([
    {
      message: expect.stringContaining("will open state/live.json"),
      hint: expect.stringMatching(
        /^Before it is made, name .* keys\/ in the definition: state\.recipients\. Afterwards: facs recipients add/,
      ),
    },
  ]);
  expect([told(true, 1, [one]), told(false, 1, [one, two]), told(false, 0, [], [one, two])]).toEqual([[], [], []]);
  expect(told(false, 1, [one], undefined, true)).toEqual([]);
});
