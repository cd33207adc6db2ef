import { type FacsimileError, parseInstance } from "@facsimile/core";
import { expect, it } from "vitest";
import { folder, write } from "../../../test/world.ts";
import type { Outline } from "../../instance/outline.ts";
import type { Copy } from "../../release/release.ts";
import { chosen } from "../chosen.ts";
import { assertSame, assertStillHere, takeUp } from "./resume.ts";

const projects = [
  { project: "shop", version: "1.1.0", release: "3f9c1e7aaaa" },
  { project: "ledger", version: "2.0.0", release: "9b01c44aaaa" },
];
function journal(
  at: string,
  { ends = [], format = "run/1", more = {} }: { ends?: readonly string[]; format?: string; more?: object } = {},
): string {
  const lines = [{ at, facsimile: format, run: "r", instance: "staging" }, { at, event: "begin", ...more, projects, hosts: ["a", "b", "c"] }]; // biome-ignore format: one line
  return [...lines, ...ends.map((host) => ({ at, event: "confirmed", host }))].map((line) => `${JSON.stringify(line)}\n`).join(""); // biome-ignore format: one line
}

async function world(files: Readonly<Record<string, string>>) {
  const work = await folder();
  const placed = Object.entries(files).map(([run, text]) => [`RELEASE/staging/runs/${run}.jsonl`, text]);
  await write(work, Object.fromEntries(placed));
  return { work };
}

const refused = (work: () => unknown) =>
  Promise.resolve()
    .then(work)
    .then(
      () => "taken",
      (error: FacsimileError) => `${error.code} ${error.message} [${error.hint}]`,
    );

it("takes up a run by its name, else the one that began last, whatever its name", async () => {
  const context = await world({
    "20261122-0931-ffff": journal("2026-11-22T09:31:02.000Z", { ends: ["a"] }),
    "20261122-0931-0000": journal("2026-11-22T09:31:40.000Z", { ends: ["a", "b"] }),
  });
  const last = await takeUp({ instance: "staging" }, context);
  expect([last.run, [...last.hosts], [...last.done]]).toEqual(["20261122-0931-0000", ["c"], ["a", "b"]]);
  expect(last.only).toBe(" --hosts a,b,c");
  const named = await takeUp({ instance: "staging", run: "20261122-0931-ffff" }, context);
  // The later run was done with "a", too: what runs there now is to be asked.
  expect([[...named.hosts], [...named.done]]).toEqual([["a", "b", "c"], []]);
});

it("asks a host again to which a later run came, also one that was killed: it may have switched what it never confirmed", async () => {
  const end = { at: "2026-11-22T09:32:00.000Z", event: "end", hosts: ["a", "b", "c"].map((host) => ({ host, outcome: host === "a" ? "failed" : "not tried" })) }; // biome-ignore format: one line
  const later = journal("2026-11-22T09:31:40.000Z", { more: { action: "rollback" } });
  const left = async (text: string) => {
    const context = await world({ r: journal("2026-11-22T09:31:02.000Z", { ends: ["a", "b"] }), later: text });
    return [...(await takeUp({ instance: "staging", run: "r" }, context)).hosts];
  };
  expect(await left(`${later}${JSON.stringify(end)}\n`)).toEqual(["a", "c"]);
  expect(await left(later)).toEqual(["a", "b", "c"]);
});

it("says which runs there are, and reads none that it does not understand", async () => {
  const context = await world({
    "20261122-0931-4f2a": journal("2026-11-22T09:31:02.000Z", { format: "run/2" }),
    "20261123-0931-4f2a": "",
  });
  const ask = (run?: string) => refused(() => takeUp({ instance: "staging", run }, context));
  expect(await ask("20261122-0931-4f2b")).toBe(
    'UNKNOWN_RUN there is no run "20261122-0931-4f2b" of staging in RELEASE/staging/runs [Did you mean 20261122-0931-4f2a? The last ones: 20261123-0931-4f2a, 20261122-0931-4f2a.]',
  );
  expect(await ask("../../x")).toMatch(/^UNKNOWN_RUN /);
  expect(await ask("20261122-0931-4f2a")).toMatch(/^RUN_NEWER .* is of format run\/2; this version reads run\/1/);
  expect(await ask("20261123-0931-4f2a")).toMatch(/^UNKNOWN_RUN run 20261123-0931-4f2a ended before it began/);
  expect(await refused(() => takeUp({ instance: "beta" }, context))).toMatch(/^UNKNOWN_RUN there is no run of beta in/);
});

it("goes on with nothing but the same releases, and says what changed", async () => {
  const taken = { run: "r", projects, only: "" };
  const copies = projects.map(({ release, ...one }) => ({ ...one, id: release })) as unknown as Copy[];
  expect(await refused(() => assertSame(taken, copies))).toBe("taken");
  const [shop, ledger] = copies as [Copy, Copy];
  expect(
    await refused(() =>
      assertSame(taken, [
        { ...shop, version: "1.2.0", id: "x" },
        { ...ledger, id: "0123456789" },
      ]),
    ),
  ).toBe(
    "RESUME_DIFFERS run r cannot go on: shop is 1.2.0 now, and was 1.1.0; ledger 2.0.0 has other content or other hosts now (0123456, and was 9b01c44) [Put back what changed; or deploy what is now: without --resume.]",
  );
  expect(await refused(() => assertSame(taken, [ledger]))).toMatch(/shop is not deployed here any more/);
  const some = { ...taken, only: " --hosts a,b" };
  expect(await refused(() => assertSame(some, [ledger]))).toMatch(/deploy what is now: without --resume, with --hosts a,b\.\]$/); // biome-ignore format: one line
  for (const [
    request,
    without,
  ] of [[{ instance: "staging", resume: "r" }, "--resume"], [{ instance: "staging" }, "--only-failed"]] as const) // biome-ignore format: one line
    expect(await refused(() => assertStillHere(some, { request, now: ["ledger"] }))).toMatch(
      new RegExp(`\\[Deploy what is now, without ${without}: facs deploy staging --hosts a,b\\]$`),
    );
});

const hosts = ["a", "b", "c", "d"].map((name) => ({ name, region: "eu", targets: [] }));
const outline = {
  instance: parseInstance("staging"),
  definition: { instance: parseInstance("staging"), hosts, values: { deploy: {} } },
  hosts: hosts.slice(0, 3),
  down: [{ ...hosts[3], down: "moving house" }],
} as unknown as Outline;
const told = (filter: object, run?: { hosts: string[]; done: string[]; since?: [string, string][] }) => {
  const taken = run && { run: "r", projects, set: [], hosts: new Set(run.hosts), done: new Set(run.done), only: "" }; // biome-ignore format: one line
  const { outline: meant, left } = chosen(outline, { filter, taken });
  return [meant.hosts.map(({ name }) => name).join(), ...left.map(({ host, why }) => `${host.name} ${why}`)];
};

it("says of every other host why it is left alone", async () => {
  expect(told({})).toEqual(["a,b,c", "d down: moving house"]);
  expect(told({ hosts: ["b"] })).toEqual(["b", "a not chosen", "c not chosen", "d down: moving house"]);
  const run = { hosts: ["b", "d"], done: ["a"] };
  expect(told({}, run)).toEqual(["b", "a done in run r", "c not in run r", "d down: moving house"]);
  expect(await refused(() => told({ hosts: ["a"] }, run))).toMatch(/^NO_HOSTS run r left b behind, and none that is chosen/); // biome-ignore format: one line
  const down = { hosts: ["d"], done: ["a"] };
  expect(await refused(() => told({}, down))).toMatch(/^NO_HOSTS what run r left behind is down: d/);
  expect(await refused(() => told({}, { hosts: [], done: ["a"] }))).toMatch(/^NO_HOSTS run r left no host behind/);
});

it("goes on with no rollback: that would deploy what was left, and says what to type, for no more hosts than it was for", async () => {
  const begun = journal("2026-11-22T09:31:02.000Z", { more: { action: "rollback" } });
  const end = (outcomes: object) => `${JSON.stringify({ event: "end", hosts: Object.entries(outcomes).map(([host, outcome]) => ({ host, outcome })) })}\n`; // biome-ignore format: one line
  const all = { a: "done", b: "failed", c: "not tried" };
  const told = async (text: string, run?: string) => refused(async () => takeUp({ instance: "staging", run }, await world({ r: text }))); // biome-ignore format: one line
  const hint = (only: string) =>
    `USAGE run r was a rollback; a deploy does not go on with it [To go on with it: facs rollback staging shop 3f9c1e7${only}, and facs rollback staging ledger 9b01c44${only}. To deploy what the definitions say: without --resume and --only-failed.]`;
  for (const run of ["r", undefined]) expect(await told(begun + end(all), run)).toBe(hint(""));
  expect(await told(begun + end({ ...all, d: "skipped" }))).toBe(hint(" --hosts a,b,c"));
  // It was killed: nobody knows whether there are others.
  expect(await told(begun)).toBe(hint(" --hosts a,b,c"));
});
