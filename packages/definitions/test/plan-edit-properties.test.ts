import { type FacsimileError, isFacsimileError, type KeyPath, parseInstance, parseProject } from "@facsimile/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { editText } from "../src/edit/text.ts";
import { type Conglomerate, conglomerateOf, type Definition, type EditRequest, type Effect, planEdit, type ResolveOptions, resolve, type Value } from "../src/index.ts"; // biome-ignore format: one line
import { sameValue, valueAt } from "../src/value.ts";

type Subject = Pick<ResolveOptions, "instance" | "project">;

const SUBJECTS = ["dev", "dev.dev0", "staging"].flatMap((name): Subject[] => {
  const instance = parseInstance(name);
  return [undefined, parseProject("shop"), parseProject("ledger")].map((project) => ({ instance, project }));
});

const HOSTS = {
  deploy: { nodes: { web: ["w1", "w2"], db: ["w2"] } },
  hosts: { w1: { region: "eu" }, w2: { region: "us" } },
};

const value: fc.Arbitrary<Value> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Value>(0, 1, "x", "${s1}", null) },
  fc.constantFrom<Value>({ $delete: true }, { $replace: 1 }),
);
const list: fc.Arbitrary<Value> = fc.oneof(
  fc.subarray<Value>([1, 2, 3]),
  fc.constantFrom<Value>({ $append: [1] }, { $remove: [1] }, { $delete: true }),
);
const map: fc.Arbitrary<Value> = fc.oneof(
  fc.record({ x: value, y: value }, { requiredKeys: [] }),
  fc.constantFrom<Value>({ $delete: true }, { $replace: { x: 1 } }),
);
// Kinds go by keys, so that layers seldom contradict each other.
const values = fc.record({ s1: value, s2: value, l: list, m: map }, { requiredKeys: [] });
const view = fc.constantFrom("@region:eu", "@region:us", "@target:db", "@host:w1", "@system:linux", "@region:mars");
const body = fc
  .tuple(values, fc.dictionary(view, values, { maxKeys: 2 }), fc.constantFrom<Value[]>([], ["base"], []))
  .map(([own, views, parents]) => ({ ...own, ...views, ...(parents.length > 0 ? { extends: parents } : {}) }));

const files = fc
  .record({ facsimile: body, shop: body, dev: body, "dev.dev0": body, staging: body, base: values })
  .map((layers) => {
    const { facsimile, staging, ...others } = layers;
    const projects = { shop: { repo: "x", targets: ["web"] }, ledger: { repo: "y" } };
    const { extends: _, ...weakest } = facsimile as typeof facsimile & { extends?: Value };
    const all = { ...others, facsimile: { ...weakest, projects }, staging: { ...staging, ...HOSTS } };
    return new Map(
      Object.entries(all).map(([name, layer]) => [`define/${name}.json5`, JSON.stringify(layer, null, 1)]),
    );
  });

const change: fc.Arbitrary<Omit<EditRequest, "layer">> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ path: fc.constantFrom(["s1"], ["s2"], ["m", "x"], ["m", "y"]), value }) },
  fc.record({ path: fc.constant(["l"]), value: list }),
  fc.record({ path: fc.constant(["m"]), value: map }),
  fc.record({ path: fc.constantFrom(["s1"], ["l"], ["m"], ["m", "x"], ["extends"]), value: fc.constant(undefined) }),
  fc.record({ path: fc.constantFrom(["s1"], ["l", "0"], ["m"], ["s1", "x"]), value: fc.oneof(value, list, map) }),
);
const request: fc.Arbitrary<EditRequest> = fc
  .record({
    layer: fc.constantFrom("facsimile", "shop", "dev", "dev.dev0", "staging", "base"),
    block: fc.option(view, { freq: 2 }),
    change: fc.oneof({ weight: 9, arbitrary: change }, fc.record({ path: fc.constant([]), value: values })),
  })
  .map(({ layer, block, change: { path, value: wanted } }) => {
    return { layer, path: block === null ? (path.length === 0 ? ["m"] : path) : [block, ...path], value: wanted };
  });

type Seen = readonly Definition["values"][];

/** One instance for one project: what the controller and each host see; undefined where something is wrong. */
interface Look {
  readonly instance: string;
  readonly project: string | undefined;
  readonly old: Seen | undefined;
  readonly fresh: Seen | undefined;
}

async function seenBy(conglomerate: Conglomerate, subject: Subject): Promise<Seen | undefined> {
  try {
    const definition = await resolve(conglomerate, subject);
    return [definition.values, ...definition.hosts.map((host) => definition.view(host))];
  } catch (error) {
    if (!isFacsimileError(error)) throw error;
    return undefined;
  }
}

function lookAll(before: Conglomerate, after: Conglomerate): Promise<readonly Look[]> {
  const looks = SUBJECTS.map(async (subject) => {
    const { instance, project } = subject;
    return {
      instance: instance.full,
      project,
      old: await seenBy(before, subject),
      fresh: await seenBy(after, subject),
    };
  });
  return Promise.all(looks);
}

/** What the effect on somebody who was right and is right must be. */
function checkEffect(effect: Effect | undefined, { look, edit }: { look: Look; edit: EditRequest }): void {
  const { old = [], fresh = [] } = look;
  expect(effect?.isSeen ?? false).toBe(!sameValue(old, fresh));
  for (const { path, by } of effect?.hidden ?? []) {
    expect(by.position).toBeDefined();
    expect(old.some((values, nth) => sameValue(at(values, path), at(fresh[nth], path)))).toBe(true);
  }
  const isPlain = typeof edit.value === "number" && !edit.path[0]?.startsWith("@");
  if (effect === undefined || !isPlain) return;
  if (fresh.some((values) => at(values, edit.path) !== edit.value)) expect(effect.hidden).not.toEqual([]);
}

const at = (values: unknown, path: KeyPath) => valueAt(values as Value, path);

/** How often each outcome was met: a property that never gets there proves nothing. */
const met = { seen: 0, same: 0, hidden: 0, EDIT_HIDDEN: 0, EDIT_UNSAFE: 0, wrong: 0 };

async function checkPlan(before: Conglomerate, { edit, edited, looks }: Case): Promise<void> {
  const planned = await planEdit(before, edit);
  expect(planned.after).toBe(edited);
  expect(looks.filter(({ old, fresh }) => old !== undefined && fresh === undefined)).toEqual([]);
  if (planned.after === planned.before) return;
  for (const look of looks.filter(({ project, old, fresh }) => project !== undefined && old && fresh)) {
    const effect = planned.effects.find(
      ({ instance, project }) => instance === look.instance && project === look.project,
    );
    checkEffect(effect, { look, edit });
    if (effect !== undefined) met[effect.isSeen ? "seen" : effect.hidden.length > 0 ? "hidden" : "same"]++;
  }
}

function checkRefusal(error: FacsimileError, { edited, text, looks }: Case): void {
  const { code, message } = error;
  if (code === "EDIT_UNSAFE") expect(edited).toBeUndefined();
  else if (code === "EDIT_HIDDEN") {
    expect(edited).not.toBe(text);
    const projects = looks.filter(({ project, old, fresh }) => project !== undefined && old && fresh);
    expect(projects.filter(({ old, fresh }) => !sameValue(old, fresh))).toEqual([]);
  } else expect(message).toContain("with this change");
  met[code === "EDIT_UNSAFE" || code === "EDIT_HIDDEN" ? code : "wrong"]++;
}

interface Case {
  readonly edit: EditRequest;
  readonly text: string;
  /** Undefined where it cannot be. */
  readonly edited: string | undefined;
  readonly looks: readonly Look[];
}

it("an edit tells exactly who sees it and who does not, breaks nobody, and is refused for a reason", async () => {
  const property = fc.asyncProperty(files, request, async (texts, edit) => {
    const file = `define/${edit.layer}.json5`;
    const text = texts.get(file) ?? "";
    const edited = editText({ file, text }, { path: edit.path, value: edit.value });
    const before = conglomerateOf(texts, { root: "/r" });
    const after = conglomerateOf(new Map([...texts, [file, edited ?? text]]), { root: "/r" });
    const example = { edit, text, edited, looks: await lookAll(before, after) };
    try {
      await checkPlan(before, example);
    } catch (error) {
      if (!isFacsimileError(error)) throw error;
      checkRefusal(error, example);
    }
  });
  await fc.assert(property, { numRuns: 400 });
  expect(Object.values(met)).not.toContain(0);
}, 60_000);
