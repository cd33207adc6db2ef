import type { Hook } from "@facsimile/definitions";
import { expect, it } from "vitest";
import type { HostRun, Step } from "./host-run.ts";
import { onceHooks } from "./once.ts";
import { outcomeOf } from "./outcome.ts";

const migrate: Hook = { run: "migrate", once: true, target: "database" };
const tell: Hook = { run: "tell", once: true };
const restart: Hook = { run: "restart" };

function run(targets: readonly string[], kind: Step["kind"] = "tree"): HostRun {
  const copy = { project: "shop", hooks: { precmd: [], postcmd: [migrate, tell, restart], health: [] } };
  // The project is of none of these targets.
  return { host: { targets }, steps: [{ copy, kind, host: { targets: [] } }] } as unknown as HostRun;
}
const stepOf = ({ steps }: HostRun) => steps[0] as Step;

it("gives each command to the first host that would run it", () => {
  const [same, web, db, other] = [
    run(["web", "database"], "record"),
    run(["web"]),
    run(["database"]),
    run(["database"]),
  ];
  const once = onceHooks([same, web, db, other], ["postcmd"]);
  const firsts = (hook: Hook) => [same, web, db, other].map((one) => once.isFirst(stepOf(one), hook));
  expect(firsts(migrate)).toEqual([false, false, true, false]);
  expect(firsts(tell)).toEqual([false, true, false, false]);
  expect(firsts(restart)).toEqual([false, false, false, false]);
});

it("knows who still owes a command to all others", () => {
  const [web, db] = [run(["web"]), run(["database"])];
  const once = onceHooks([web, db], ["precmd", "postcmd"]);
  once.ran(stepOf(web), tell);
  expect([web, db].map(once.owes)).toEqual([false, true]);
  expect([web, db].map(once.leads)).toEqual([false, false]);
  expect([web, db].map(onceHooks([web, db], ["precmd"]).owes)).toEqual([false, false]);
});

it("calls a run failed only where all run what they ran before", () => {
  const host = (outcome: HostRun["outcome"], more: object = {}) =>
    ({ steps: [{}], switched: [], irreversible: false, outcome, ...more }) as unknown as HostRun;
  const idle = host("unchanged", { steps: [] });
  expect(outcomeOf([host("done"), idle], 0)).toBe("done");
  expect(outcomeOf([host("done")], 1)).toBe("partial");
  expect(outcomeOf([idle], 1)).toBe("partial");
  expect(outcomeOf([host("reverted"), host("failed"), host("not tried"), idle], 0)).toBe("failed");
  expect(outcomeOf([host("done"), host("failed")], 0)).toBe("partial");
  expect(outcomeOf([host("failed", { switched: [{}] }), host("reverted")], 0)).toBe("partial");
  expect(outcomeOf([host("failed", { irreversible: true })], 0)).toBe("partial");
});
