import { FacsimileError } from "@facsimile/core";
import type { FileChange, HostPlan, HostProjectPlan, Plan, ValueChange } from "@facsimile/pipeline";
import { describe, expect, it } from "vitest";
import { planText } from "./plan.ts";
import { fileChangeLines } from "./plan-diffs.ts";
import { createStyle } from "./style.ts";

const style = await createStyle({ colour: false, unicode: false });
const entry = (path: string, size = 3) => ({ path, type: "file" as const, mode: 0o644, size, sha256: "" });
const changed = (path: string) => ({ kind: "changed" as const, path, expected: entry(path, 9), actual: entry(path) });

const shop = (more: Partial<HostProjectPlan> = {}): HostProjectPlan => ({ project: "shop", tree: "new", current: "old", changes: [changed("etc/a")], drift: [], files: 1, bytes: 9, secrets: [], newSecrets: [], release: false, ...more }); // biome-ignore format: one line
const host = (name: string, more: Partial<HostPlan> = {}): HostPlan => ({ host: name, region: "eu", targets: ["web"], projects: [shop()], ...more }); // biome-ignore format: one line
const hooks = { precmd: [], postcmd: [], health: [] };

function plan(hosts: readonly HostPlan[], more: Partial<Plan> = {}): Plan {
  const state = { scope: "staging", serial: 3, passwords: [], secrets: [], uiids: {} };
  const projects = [{ project: "shop", from: ["1"], to: "1", position: { file: "f", line: 1, column: 1 }, release: "3f", hooks }]; // biome-ignore format: one line
  return { schema: "plan/1", instance: "staging", local: false, hosts, projects, state, made: [], values: [], notes: [], ...more }; // biome-ignore format: one line
}

const hundred = (more: (index: number) => Partial<HostPlan> = () => ({})) =>
  Array.from({ length: 100 }, (_, index) => host(`web${index}`, more(index)));

it("counts a path of two projects twice: each has a tree of its own", () => {
  const projects = [shop(), shop({ project: "ledger", changes: [changed("etc/a"), changed("etc/b")], files: 2 })];
  expect(planText(plan([host("web1", { projects })]), style)).toContain("    eu  web  web1  +0 ~3 -0  3 files, 18 B\n");
});

it("a version that the other hosts run as it is to be is new on one that has none, and no other content", () => {
  const missing = { kind: "missing" as const, path: "etc/a", expected: entry("etc/a") };
  const empty = host("web2", { projects: [shop({ current: undefined, changes: [missing] })] });
  const same = host("web1", { projects: [shop({ current: "new", changes: [], files: 0, bytes: 0, release: true })] });
  expect(planText(plan([same, empty]), style)).toContain("  shop  1  new on 1 host\n");
  expect(planText(plan([host("web1"), empty]), style)).toContain("  shop  1  other content\n");
});

describe("a plan for a hundred hosts", () => {
  it("has one line for all that change alike, one for each path, and one for what was edited by hand", () => {
    const drift = [{ ...changed("bin/x"), kind: "mode" as const }];
    const text = planText(plan(hundred(() => ({ projects: [shop({ drift, newSecrets: ["passwd/x"] })] }))), style);
    expect(text).not.toContain("web7");
    expect(text.split("\n").filter((line) => line.includes("100 hosts"))).toEqual([
      "staging: 1 project, 100 hosts (eu 100), state staging serial 3",
      "    eu  web  100 hosts  +0 ~1 -0  1 file, 9 B",
      expect.stringMatching(/^ {4}100 hosts {2}shop {2}mode {2}bin\/x {2}/),
      "    passwd/x  new on 100 hosts",
      "100 hosts would change. Run: facs deploy staging",
    ]);
    expect(text).toContain("  files\n    ~ etc/a  3 B -> 9 B\n");
  });

  it("has those alike that differ in their bytes alone, and says how many at most", () => {
    const text = planText(plan(hundred((index) => ({ projects: [shop({ bytes: index })] }))), style);
    expect(text).toContain("    eu  web  100 hosts  +0 ~1 -0  1 file, up to 99 B\n");
  });

  it("tells apart the one that was edited by hand, by region and by target", () => {
    const odd = [{ projects: [shop({ drift: [changed("etc/b")] })] }, { region: "us" }, { targets: ["db"] }];
    const lines = planText(plan(hundred((index) => odd[index] ?? {})), style).split("\n  files\n")[0]?.split("\n") ?? []; // biome-ignore format: one line
    expect(lines.filter((line) => /^ {4}(eu|us)/.test(line)).map((line) => line.split(/ +/)[3])).toEqual([
      "web0",
      "web1",
      "web2",
      "97",
    ]);
  });
});

it("calls a project new only where a host that is to hold it answered", () => {
  const problem = new FacsimileError("HOST_UNREACHABLE", "web2 is gone");
  const projects = ["shop", "till"].map((project) => ({ project, from: project === "shop" ? ["1"] : [], to: "1", release: "3f", hooks })); // biome-ignore format: one line
  const lost = host("web2", { projects: [], problem });
  const told = (some: readonly HostPlan[]) => planText(plan(some, { projects }), style);
  expect(told([host("web1"), lost])).toContain("till  1  none of its hosts could be asked what runs there\n");
  expect(told([host("web1", { projects: [shop(), shop({ project: "till" })] }), lost])).toContain("till  new -> 1");
});

describe("what changes", () => {
  const value = (more: Partial<ValueChange>): ValueChange => ({ projects: ["shop"], path: "banner", from: "a", to: "b", layer: "define/staging.json5", ...more }); // biome-ignore format: one line

  it("is told value by value: then, now, where, for whom; and why not", () => {
    const position = { file: "define/staging.json5", line: 9, column: 12 };
    const values = [value({ position }), value({ path: "home", to: undefined, layer: "--set home", hosts: ["web1"] })];
    const text = planText(plan([host("web1"), host("web2")], { values, notes: ["not all \u001b[2J"] }), style);
    expect(text).toContain(
      '  values\n    shop  banner        "a" -> "b"      define/staging.json5:9:12\n    shop  home on web1  "a" -> not set  --set home\n    ! not all \\u001b[2J\n',
    );
  });

  it("names what a secret is made for, and the rule that makes it", () => {
    const position = { file: "define/modules.json5", line: 21, column: 5 };
    const made = [
      { name: "passwd/reports", policy: "uuid", modules: ["reports"], position },
      { name: "db/root", policy: "hex 32", modules: [] },
    ];
    expect(planText(plan([host("web1")], { made }), style)).toContain(
      "  state\n    + secret passwd/reports  uuid, for module reports  define/modules.json5:21:5\n    + secret db/root         hex 32\n",
    );
  });

  it("has links, modes, folders with a mode, and counts paths beyond twenty", () => {
    const link = (target: string) => ({ path: "l", type: "link" as const, target });
    const dir = (mode: number) => ({ path: "d", type: "dir" as const, mode });
    const changes = [
      { kind: "mode" as const, path: "d", expected: dir(0o755), actual: dir(0o700) },
      { kind: "missing" as const, path: "e", expected: { ...dir(0o755), path: "e" } },
      { kind: "type" as const, path: "f", expected: { ...dir(0o755), path: "f" }, actual: entry("f") },
      { kind: "extra" as const, path: "gone", actual: entry("gone") },
      { kind: "target" as const, path: "l", expected: link("b"), actual: link("a") },
      ...Array.from({ length: 20 }, (_, index) => ({ kind: "missing" as const, path: `n${index}`, expected: entry(`n${index}`) })), // biome-ignore format: one line
    ];
    const text = planText(plan([host("web1", { projects: [shop({ changes })] })]), style);
    expect(text).toContain("  files\n    ~ d     0700 -> 0755\n    ~ f     3 B -> a folder\n    - gone  removed\n    ~ l     a link to a -> a link to b\n    + n0    3 B\n"); // biome-ignore format: one line
    expect(text).toContain("    + n15   3 B\n    and 4 more: facs plan staging --json\n");
    const typed = "staging shop@2 --hosts web1";
    const words = planText(plan([host("web1", { projects: [shop({ changes })] })]), style, { typed });
    expect(words).toContain("    and 4 more: facs plan staging shop@2 --hosts web1 --json\n");
    expect(words).toMatch(/1 host would change\. Run: facs deploy staging shop@2 --hosts web1\n$/);
  });
});

describe("commands", () => {
  const run = (
    hosts: readonly HostPlan[],
    precmd: Plan["projects"][number]["hooks"]["precmd"],
    more: Partial<Plan> = {},
  ) => {
    const projects = plan([]).projects.map((project) => ({ ...project, hooks: { ...hooks, precmd, postcmd: precmd } }));
    return planText(plan(hosts, { projects, ...more }), style);
  };

  it("are told with the number of hosts that would run them, by target, or the one host", () => {
    const hosts = [host("web1"), host("db1", { targets: ["db"] }), host("db2", { targets: ["db"] })];
    const rows = "    shop        3 hosts       ./a --b\n    shop on db  once, on db1  ./c\n";
    const text = run(hosts, [{ run: ["./a", "--b"] }, { run: "./c", target: "db", once: true }]);
    expect(text).toContain(`  before the switch\n${rows}  after the switch\n${rows}\n`);
  });

  it("run for all on the first host in the order of waves, and say past which nothing goes back", () => {
    const waves = [{ name: "db", hosts: ["db1"] }, { name: "the others", hosts: ["web1"] }]; // biome-ignore format: one line
    const text = run([host("web1"), host("db1")], [{ run: "./c", once: true, irreversible: true }, { run: "./d", irreversible: true }], { waves }); // biome-ignore format: one line
    expect(text).toContain("    shop  once, on db1, irreversible  ./c\n    shop  2 hosts, irreversible       ./d\n");
  });

  it("run again on hosts that were switched and never confirmed, and the plan says so", () => {
    const open = { projects: [shop({ current: "new", changes: [], unconfirmed: true })] };
    const done = { projects: [shop({ current: "new", changes: [], release: true })] };
    const text = run([host("web1", open), host("web2", done)], [{ run: "./a" }]);
    expect(text).toContain("  shop  1  switched and never confirmed on 1 host: commands and health run again\n");
    expect(text).toContain("    eu  web  web1  switched, never confirmed  1 file, 9 B\n");
    expect(text).toContain("    shop  1 host  ./a\n");
  });

  it("are none of hosts whose release only gets a new name", () => {
    expect(run([host("web1", { projects: [shop({ current: "new", changes: [] })] })], [{ run: "./a" }])).not.toContain("./a"); // biome-ignore format: one line
  });
});

describe("fileChangeLines", () => {
  const file = (hosts: string[], texts: FileChange["texts"]): FileChange => ({ project: "shop", path: "etc/a", hosts, sizes: { from: 1200, to: 3 }, texts }); // biome-ignore format: one line

  it("has hosts alike once; what lies around is left out where each has its own", () => {
    const own = (name: string) => file([name], { before: `name ${name}\na\n`, after: `name ${name}\nb\n` });
    const [same] = [{ before: "x\na\n", after: "x\nb\n" }];
    expect(fileChangeLines([own("web1"), own("web2")], style)).toEqual([
      "  ~ etc/a   shop, 2 hosts alike",
      "      @@ -1,2 +1,2 @@",
      "      -a",
      "      +b",
    ]);
    expect(fileChangeLines([file(["web1", "web2"], same), own("web3")], style)).toContain("  ~ etc/a   shop, 3 hosts alike"); // biome-ignore format: one line
    expect(fileChangeLines([file(["web1", "web2"], same)], style)).toContain("       x");
  });

  it("says why lines are not shown, and lets no text steer a terminal", () => {
    const told = (texts: FileChange["texts"]) => fileChangeLines([file(["web1"], texts)], style)[1];
    expect(told({ hidden: "secrets" })).toBe("      (holds secrets; what they were is not known)");
    expect(told({ hidden: "large" })).toBe("      (too large to be shown: 1.2 kB -> 3 B)");
    expect(told({ hidden: "binary" })).toBe("      (no text: 1.2 kB -> 3 B)");
    expect(told({ hidden: "unreadable" })).toBe("      (the login may not read it)");
    expect(told({ hidden: "moved" })).toBe("      (it changed while the plan was made)");
    expect(told({ before: "p", after: "p" })).toBe("      (only secrets change)");
    const lines = fileChangeLines([file(["web1"], { before: "", after: "\u001b[2J\n" })], style);
    expect(lines.join("\n")).toContain("+\\u001b[2J");
  });
});

it("names no deploy that would be refused, but why it would be", () => {
  const refused = [new FacsimileError("DEFINITION_DIRTY", "staging is protected, and the definitions have changes that no commit has")]; // biome-ignore format: one line
  const last = (hosts: readonly HostPlan[]) => planText(plan(hosts, { refused }), style).trimEnd().split("\n").at(-1);
  const why = "A deploy would be refused: staging is protected, and the definitions have changes that no commit has.";
  expect(last([host("web1")])).toBe(`1 host would change. ${why}`);
  const problem = new FacsimileError("HOST_UNREACHABLE", "web2 is gone");
  expect(last([host("web1"), host("web2", { projects: [], problem })])).toBe(
    `1 host would change. 1 host could not be asked. ${why}`,
  );
});
