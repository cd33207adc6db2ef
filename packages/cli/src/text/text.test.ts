import { FacsimileError } from "@facsimile/core";
import type { DeployReport, HostPlan, HostProjectPlan, HostReport, Plan, VerifyReport } from "@facsimile/pipeline";
import { describe, expect, it } from "vitest";
import { deployText } from "./deploy.ts";
import { planText } from "./plan.ts";
import { problemsText } from "./problems.ts";
import { bytes, columns, createStyle } from "./style.ts";
import { verifyText } from "./verify.ts";

const style = await createStyle({ colour: false, unicode: false });
const release = { project: "shop", version: "1.1.0", release: "3f9c1e7aa" };
const lost = new FacsimileError("HOST_UNREACHABLE", "web2 cannot be reached", { hint: "Is it up?" });

describe("deployText", () => {
  const report = (more: Partial<DeployReport>): DeployReport => ({ schema: "deploy/1", run: "r", instance: "staging", outcome: "done", projects: [release], hosts: [], recorded: undefined, durationMs: 1234, ...more }); // biome-ignore format: one line
  const host = (name: string, outcome: HostReport["outcome"], problem?: FacsimileError): HostReport => ({
    host: name,
    region: "eu",
    outcome,
    ...(problem && { problem }),
  });

  it("says what is true now, and names the hosts that changed when not all did", () => {
    const text = deployText(report({ hosts: [host("web1", "done"), host("web2", "unchanged")] }), style);
    expect(text).toBe(
      "staging: all 2 hosts hold exactly their copy of shop 1.1.0 (3f9c1e7), verified; 1.2 s\n  changed  web1\n",
    );
  });

  it("calls hosts healthy only where each that is counted was asked in this run", () => {
    const well = (name: string) => ({ ...host(name, "done"), healthy: true as const });
    const told = (...hosts: HostReport[]) => deployText(report({ hosts }), style).split("\n")[0];
    expect(told(well("web1"), well("web2"))).toContain("all 2 hosts hold exactly their copy of shop 1.1.0 (3f9c1e7), verified and healthy;"); // biome-ignore format: one line
    expect(told(well("web1"), { ...host("web2", "unchanged"), healthy: false })).toContain("(3f9c1e7), verified;");
    expect(told(host("web1", "done"), host("web2", "done"))).toContain("(3f9c1e7), verified;");
    expect(told(well("web1"), host("web2", "done"))).toContain("verified and healthy;");
    expect(told(well("web1"), host("web2", "skipped"))).toContain("1 of 2 hosts holds exactly its copy of shop 1.1.0 (3f9c1e7), verified and healthy;"); // biome-ignore format: one line
  });

  it("says at once that nothing switched, which host failed, and what to type", () => {
    const text = deployText(
      report({ outcome: "failed", hosts: [host("web1", "not tried"), host("web2", "unreachable", lost)] }),
      style,
    );
    expect(text).toBe(
      "staging: nothing switched. 1 of 2 hosts was ready, 1 failed; all still run what they ran before.\n" +
        "  unreachable  web2 cannot be reached\n  next         Is it up?\n               then: facs deploy staging --resume r\n" +
        '               or leave it out: say why in hosts."web2".down\n',
    );
  });

  it("tells hosts that were taken back from those that failed, and those left out on purpose", () => {
    const reverted = report({
      outcome: "failed",
      hosts: [host("web1", "reverted"), host("web2", "failed", lost), host("web3", "reverted")],
    });
    expect(deployText(reverted, style)).toContain(
      "staging: reverted. 1 host failed after the switch; 2 hosts run again what they ran before.",
    );
    const skipped = (name: string, why: string) => ({ ...host(name, "skipped"), why });
    const down = report({ hosts: [host("web1", "done"), skipped("web2", "down: moving house"), skipped("web3", "not chosen"), skipped("web4", "not chosen")] }); // biome-ignore format: one line
    expect(deployText(down, style)).toBe(
      "staging: 1 of 4 hosts holds exactly its copy of shop 1.1.0 (3f9c1e7), verified; 1.2 s\n" +
        "  left out  web2 (down: moving house)\n  left out  web3, web4 (not chosen)\n  changed   web1\n",
    );
  });

  it("tells what a host runs that failed after its switch: it went back with all, or kept the new release", () => {
    const sick = new FacsimileError("UNHEALTHY", "web1 is not healthy");
    const back = { ...host("web1", "failed", sick), switched: "back" as const };
    expect(deployText(report({ outcome: "failed", hosts: [back] }), style)).toContain("staging: reverted. 1 host failed after the switch; it runs again what it ran before.\n"); // biome-ignore format: one line
    expect(deployText(report({ outcome: "failed", hosts: [back, host("web2", "reverted")] }), style)).toContain("1 host failed after the switch; all 2 hosts run again what they ran before.\n"); // biome-ignore format: one line
    const untouched = host("web2", "not tried", new FacsimileError("STOPPED", "web2: the run was stopped"));
    expect(deployText(report({ outcome: "failed", hosts: [back, untouched] }), style)).toContain("staging: stopped. 1 host failed after the switch; it runs again what it ran before.\n"); // biome-ignore format: one line
    const unnoted = { ...host("web1", "failed", new FacsimileError("NOT_CONFIRMED", "web1 switched and is well")), switched: "kept" as const }; // biome-ignore format: one line
    expect(deployText(report({ outcome: "partial", hosts: [unnoted] }), style)).not.toContain("cannot be taken back");
    const kept = { ...host("web1", "failed", sick), switched: "kept" as const };
    const text = deployText(report({ outcome: "partial", hosts: [kept, host("web2", "done")] }), style);
    expect(text).toContain("1 host holds exactly its copy of shop 1.1.0 (3f9c1e7); 1 host failed and runs the new release, not confirmed;"); // biome-ignore format: one line
    expect(text).toContain(
      "  kept     web1 runs the new release; not confirmed: a command ran that cannot be taken back\n",
    );
    const part = deployText(report({ outcome: "partial", hosts: [{ ...kept, behind: ["ledger"] }, host("web2", "done")] }), style); // biome-ignore format: one line
    expect(part).toContain("1 host failed and runs part of the new release, not confirmed;");
    expect(part).toContain(
      "  kept     web1 runs the new release, but of ledger what ran before; not confirmed: a command ran that cannot be taken back\n",
    );
    const changed = new FacsimileError("COPY_CHANGED", "web1 holds no exact copy of shop any more");
    const wrote = deployText(report({ outcome: "partial", hosts: [{ ...host("web1", "failed", changed), switched: "kept" }, host("web2", "done")] }), style); // biome-ignore format: one line
    expect(wrote).toContain("1 host holds exactly its copy of shop 1.1.0 (3f9c1e7); 1 host switched and is well, but its copy is not exact; 1.2 s\n"); // biome-ignore format: one line
    expect(wrote).not.toContain("not confirmed");
  });

  it("says that nothing was tried where another run has a lock; of one host it speaks as of one", () => {
    const held = (name: string) => host(name, "failed", new FacsimileError("LOCK_HELD", `${name} is locked`));
    const told = (...hosts: HostReport[]) => deployText(report({ outcome: "failed", hosts }), style).split("\n")[0];
    expect(told(held("web1"), host("web2", "not tried"))).toBe("staging: nothing switched. 1 host was found locked, and nothing was tried; all still run what they ran before."); // biome-ignore format: one line
    expect(told(held("web1"))).toBe("staging: nothing switched. The host is locked; it still runs what it ran before.");
    expect(told(host("web1", "unreachable", lost))).toBe("staging: nothing switched. The host failed; it still runs what it ran before."); // biome-ignore format: one line
  });

  it("tells what to type with its instance, and with what was allowed or would have to be", () => {
    const problems = [
      new FacsimileError("LOCK_HELD", "web1 is locked", { hint: "Wait; facs lock release INSTANCE frees it now." }),
      new FacsimileError("SHRINKS", "web2 would lose files", { hint: "Look at the build." }),
      new FacsimileError("NOT_ADOPTED", "web3: it holds files", { hint: "Take it away." }),
    ]; // biome-ignore format: a line each
    const failed = report({ outcome: "failed", hosts: problems.map((problem, index) => host(`web${index + 1}`, "failed", problem)) }); // biome-ignore format: one line
    const next = (text: string) => text.slice(text.indexOf("  next")).split("\n").map((line) => line.slice(9).trim()); // biome-ignore format: one line
    expect(next(deployText(failed, style, { allowed: { skipLibcheck: true } }))).toEqual([
      "Wait; facs lock release staging frees it now.",
      "Look at the build.",
      "Take it away.",
      "then: facs deploy staging --resume r --skip-libcheck",
      "or, to replace what lies there and let those files go: facs deploy staging --resume r --skip-libcheck --adopt --allow-deletes",
      "",
    ]);
    const allowed = deployText(failed, style, { allowed: { adopt: true, allowDeletes: true } });
    expect(allowed).toMatch(/then: facs deploy staging --resume r --adopt --allow-deletes\n(?!.*or, )/);
  });

  it("counts hosts that could not be taken back, and says nothing of hosts that hold a copy", () => {
    const stuck = new FacsimileError("NOT_REVERTED", "web2 could not be taken back");
    const text = deployText(
      report({ outcome: "partial", hosts: [host("web1", "reverted"), host("web2", "failed", stuck)] }),
      style,
    );
    expect(text).toContain(
      "staging: partial. 1 host went back to what ran before, 1 could not be taken back whole; 1.2 s\n",
    );
    const behind = report({ outcome: "partial", hosts: [host("web1", "done"), host("web2", "unreachable", lost)] });
    expect(deployText(behind, style)).toContain(
      "partial. 1 host holds exactly its copy of shop 1.1.0 (3f9c1e7); 1 host left behind",
    );
  });

  it("tells where a rolling run stopped, which hosts it did not come to, and how to go on", () => {
    const sick = new FacsimileError("UNHEALTHY", "web2 is not healthy");
    const hosts = [host("web1", "done"), host("web2", "failed", sick), host("web3", "reverted"), host("web4", "not tried"), host("web5", "not tried")]; // biome-ignore format: one line
    const waves = [
      { name: "eu", hosts: ["web1"] },
      { name: "us", hosts: ["web2", "web3"] },
      { name: "the others", hosts: ["web4", "web5"] },
    ];
    const stopped = { wave: 2, begun: true };
    expect(deployText(report({ outcome: "partial", hosts, waves, stopped }), style)).toBe(
      "staging: partial. 1 host holds exactly its copy of shop 1.1.0 (3f9c1e7); 1 host went back to what ran before, 3 hosts left behind; 1.2 s\n" +
        "  failed     web2 is not healthy\n  reverted   web3\n  not tried  web4, web5\n  stopped    in wave 2 of 3 (us)\n" +
        "  next       facs deploy staging --resume r\n  changed    web1\n",
    );
  });

  it("tells that no wave was begun where a host of a later one stopped it while all were made ready", () => {
    const torn = new FacsimileError("VERIFY_FAILED", "web2 is torn");
    const waves = [{ name: "eu", hosts: ["web1"] }, { name: "us", hosts: ["web2"] }]; // biome-ignore format: one line
    const hosts = [host("web1", "not tried"), host("web2", "failed", torn)];
    expect(
      deployText(report({ outcome: "failed", hosts, waves, stopped: { wave: 1, begun: false } }), style),
    ).toContain("  failed     web2 is torn\n  not tried  web1\n  stopped    before wave 1 of 2 (eu)\n");
  });

  it("does not guess what a host runs whose connection was lost during the switch", () => {
    const gone = new FacsimileError("SWITCH_UNKNOWN", "web2: the connection was lost during the switch; unknown whether it switched", { hint: "What runs there: facs status staging." }); // biome-ignore format: one line
    const text = deployText(report({ outcome: "partial", hosts: [host("web1", "reverted"), host("web2", "unreachable", gone)] }), style); // biome-ignore format: one line
    expect(text).toContain(
      "partial. 1 host went back to what ran before, of 1 host it is unknown whether it switched;",
    );
    expect(text).toContain("next         What runs there: facs status staging.\n");
  });

  it("names a secret that --set gave, for it must be given again, and does not show it", () => {
    const failed = report({ outcome: "failed", hosts: [host("web1", "failed", new FacsimileError("NO_SPACE", "web1: full"))] }); // biome-ignore format: one line
    const set = ["banner=hello", "db.password=hunter2x"];
    const text = deployText(failed, style, { set });
    expect(text).toContain("  facs deploy staging --resume r --set db.password=...\n");
    expect(text).not.toContain("hunter2x");
  });

  it("goes on with the same folders: no journal holds them; the way back needs the repository alone", () => {
    const typed = { srcDir: "../shop", root: "/srv/de fs" };
    const failed = report({ outcome: "failed", hosts: [host("web1", "failed", new FacsimileError("NO_SPACE", "web1: full"))] }); // biome-ignore format: one line
    expect(deployText(failed, style, typed)).toContain("  facs deploy staging --resume r --src-dir ../shop --root '/srv/de fs'\n"); // biome-ignore format: one line
    const done = report({ hosts: [host("web1", "done")], undo: { projects: [], hosts: [] } });
    expect(deployText(done, style, typed)).toContain("  undo     facs rollback staging --root '/srv/de fs'\n");
  });

  it("tells what was written down: version, state, and what was made", () => {
    const state = { scope: "staging", serial: 2, passwords: ["shop"], secrets: ["db/root"], uiids: { "workerd.0": 1 } };
    const text = deployText(
      report({
        hosts: [host("web1", "done")],
        recorded: { state, edited: ["define/staging.json5"], published: "pushed" },
      }),
      style,
    );
    expect(text.split("\n").slice(2)).toEqual([
      "  version  shop 1.1.0 in define/staging.json5, committed and pushed",
      "  state    staging, serial 2, committed and pushed",
      "  made     passwd/shop, db/root",
      "  uiids    workerd.0 = 1",
      "",
    ]);
  });
});

describe("the way back, at the end of a deploy", () => {
  const hosts = ["web1", "web2"].map((name): HostReport => ({ host: name, region: "eu", outcome: "done" }));
  const report = (more: Partial<DeployReport>): DeployReport => ({ schema: "deploy/1", run: "r", instance: "staging", outcome: "done", projects: [release], hosts, recorded: undefined, durationMs: 1, ...more }); // biome-ignore format: one line
  const all = { projects: [], hosts: [] };
  const lastLine = (text: string) => text.trimEnd().split("\n").at(-1);

  it("is a line of its own, the last one; there is none where there is no way back", () => {
    expect(lastLine(deployText(report({ undo: all }), style))).toBe("  undo     facs rollback staging");
    expect(deployText(report({}), style)).not.toContain("undo");
  });

  it("names projects and hosts where not all were switched, as they were typed if that says the same", () => {
    const undo = { projects: ["shop"], hosts: ["web1", "web2"] };
    expect(lastLine(deployText(report({ undo }), style))).toBe(
      "  undo     facs rollback staging shop --hosts web1,web2",
    );
    const typed = { chosen: " --regions eu", set: ["home=/srv/my shop"] };
    expect(lastLine(deployText(report({ undo }), style, typed))).toBe("  undo     facs rollback staging shop --regions eu --set 'home=/srv/my shop'"); // biome-ignore format: one line
    const part = report({ undo: { ...undo, hosts: ["web1"] } });
    expect(lastLine(deployText(part, style, typed))).toContain("facs rollback staging shop --hosts web1 --set");
  });

  it("is not told where it would be a list of hosts that nobody reads", () => {
    const many = { projects: [], hosts: Array.from({ length: 9 }, (_, index) => `web${index}`) };
    expect(deployText(report({ undo: many }), style)).not.toContain("undo");
  });
});

describe("planText", () => {
  const entry = (path: string) => ({ path, type: "file" as const, mode: 0o644, size: 3, sha256: "" });
  const change = (more: Partial<HostProjectPlan>): HostProjectPlan => ({ project: "shop", tree: "t", current: "t", changes: [], drift: [], files: 0, bytes: 0, secrets: [], newSecrets: [], release: true, ...more }); // biome-ignore format: one line
  const host = (name: string, projects: HostProjectPlan[], more: Partial<HostPlan> = {}): HostPlan => ({
    host: name,
    region: "eu",
    targets: ["web"],
    projects,
    ...more,
  });
  const hooks = { precmd: [], postcmd: [{ run: ["./bin/restart", "--now"] }], health: [] };
  const plan = (hosts: HostPlan[], more: Partial<Plan> = {}): Plan => ({
    schema: "plan/1", instance: "staging", local: false, hosts, made: [], values: [], notes: [], state: { scope: "staging", serial: 3, passwords: [], secrets: [], uiids: {} },
    projects: [{ project: "shop", from: ["1.0.0"], to: "1.1.0", position: { file: "define/staging.json5", line: 4, column: 15 }, release: "3f9c1e7aa", hooks }], ...more,
  }); // biome-ignore format: a fixture

  it("says in one line that there is nothing to do", () => {
    expect(planText(plan([host("web1", [change({})]), host("web2", [change({})])]), style)).toBe(
      "staging: all 2 hosts hold exactly their copy of shop 1.1.0 (3f9c1e7). Nothing to do.\n",
    );
  });

  it("groups hosts that change alike, counts files and not folders, and names the next command", () => {
    const changes = [
      { kind: "missing" as const, path: "d", expected: { path: "d", type: "dir" as const, mode: 0o755 } },
      { kind: "missing" as const, path: "d/a", expected: entry("d/a") },
    ];
    const changing = change({
      current: "before",
      release: false,
      changes,
      files: 1,
      bytes: 18_200,
      newSecrets: ["passwd/shop", "secrets/db/root"],
    });
    const state = { scope: "staging", serial: 3, passwords: [], secrets: ["db/root"], uiids: {} };
    const made = [{ name: "db/root", policy: "hex 32", modules: [] }];
    const text = planText(
      plan([host("web1", [changing]), host("web2", [changing]), host("web3", [change({})])], { state, made }),
      style,
    );
    expect(text).toContain("state staging serial 3 -> 4\n");
    expect(text).toContain("  state\n    + secret db/root  hex 32\n");
    expect(text).toContain("    db/root      new on web1, web2\n");
    expect(text).toContain("shop  1.0.0 -> 1.1.0  define/staging.json5:4:15");
    expect(text).toContain("    eu  web  web1 web2  +1 ~0 -0   1 file, 18.2 kB\n    eu  web  web3       unchanged\n");
    expect(text).toContain("    passwd/shop  new on web1, web2\n");
    expect(text).toContain("  after the switch\n    shop  2 hosts  ./bin/restart --now\n");
    expect(text).toMatch(/2 hosts would change\. Run: facs deploy staging\n$/);
  });

  it("tells loudly which hosts are left out, also where there is nothing to do", () => {
    const down = [{ host: "web2.us", region: "us", why: "moving house" }];
    expect(planText(plan([host("web1", [change({})])], { down }), style)).toBe(
      "staging: 1 host holds exactly its copy of shop 1.1.0 (3f9c1e7). Nothing to do.\n  ! us/web2.us is left out: moving house\n",
    );
    expect(planText(plan([host("web1", [change({ release: false })])], { down }), style)).toContain(
      "\n\n  ! us/web2.us is left out: moving house\n\n1 host would change.",
    );
  });

  it("shows what was edited by hand, and does not call it a change of the definition", () => {
    const drift = [{ kind: "changed" as const, path: "a", expected: entry("a"), actual: entry("a") }];
    const same = plan([host("web1", [change({ drift, files: 1, bytes: 3 })])]);
    const text = planText(
      { ...same, projects: same.projects.map((project) => ({ ...project, from: ["1.1.0"] })) },
      style,
    );
    expect(text).toContain("shop  1.1.0  edited by hand on 1 host");
    expect(text).toContain("  edited by hand\n    web1  shop  changed  a  3 B, same size, other bytes\n");
  });

  it("tells hosts that could not be asked, and sends nobody to deploy for them", () => {
    const text = planText(plan([host("web1", [change({})]), host("web2", [], { problem: lost })]), style);
    expect(text).toContain("x web2 cannot be reached");
    expect(text).toMatch(/1 host could not be asked\. Nothing else would change\.\n$/);
    const none = plan([host("web2", [], { problem: lost })]);
    const all = planText({ ...none, projects: none.projects.map((project) => ({ ...project, from: [] })) }, style);
    expect(all).toContain("shop  1.1.0  none of its hosts could be asked what runs there\n");
    expect(all).toMatch(/\n1 host could not be asked: what would change there is not known\.\n$/);
  });

  it("tells of hosts that lack libraries line by line, with what would change there and the advice once", () => {
    const problem = (name: string) => new FacsimileError("LIBRARY_MISSING", `${name} lacks liba.so\n${name} lacks libb.so`, { hint: "Install them." }); // biome-ignore format: one line
    const hosts = ["web1", "web2"].map((name) => host(name, [change({ release: false })], { problem: problem(name) }));
    const text = planText(plan([...hosts, host("web3", [], { problem: lost })]), style);
    expect(text).toContain("    eu  web  web1 web2  new record\n");
    expect(text).toContain("  x web1, web2 lack liba.so\n  x web1, web2 lack libb.so\n");
    expect(text.match(/Install them\./g)).toHaveLength(1);
    expect(text).toMatch(/2 hosts would change\. 1 host could not be asked\. 2 hosts lack shared libraries: a deploy would stop before it begins\.\n$/); // biome-ignore format: one line
  });
});

describe("verifyText", () => {
  const report = (hosts: VerifyReport["hosts"], down: VerifyReport["down"] = []): VerifyReport => ({ schema: "verify/1", instance: "staging", deep: false, projects: [{ project: "shop", version: "1.1.0" }], hosts, down }); // biome-ignore format: one line
  const good = { project: "shop", version: "1.1.0", release: "3f9c1e7aa", differences: [] };

  it("groups exact hosts by region and names each difference of the others", () => {
    const extra = { kind: "extra" as const, path: "bin/debug.sh" };
    const text = verifyText(
      report([
        { host: "web1", region: "eu", projects: [good] },
        { host: "web2", region: "eu", projects: [good] },
        { host: "web3", region: "us", projects: [{ ...good, differences: [extra] }] },
      ]),
      style,
    );
    expect(text).toBe(
      "ok eu/web1 web2   exactly shop 1.1.0 (3f9c1e7)\nx us/web3\n    extra   shop   bin/debug.sh   does not belong there\n1 of 3 hosts differs in 1 path. Heal: facs deploy staging --hosts web3\n  What else it would bring, by the definitions of now: facs plan staging --hosts web3\n",
    );
  });

  it("tells apart what is not deployed and what could not be checked", () => {
    const text = verifyText(
      report([
        {
          host: "web1",
          region: undefined,
          projects: [
            { project: "shop", differences: [] },
            { project: "till", torn: true, differences: [] },
          ],
        },
        { host: "web2", region: "eu", projects: [], problem: lost },
      ]),
      style,
    );
    expect(text).toContain("    missing   shop   nothing of it is deployed here\n    missing   till   no release whole: a switch was cut short, or is under way\n"); // biome-ignore format: one line
    expect(text).toContain(
      "1 of 2 hosts differs. Heal: facs deploy staging --hosts web1\n  What else it would bring, by the definitions of now: facs plan staging --hosts web1\n1 of 2 hosts could not be checked.\n",
    );
  });

  it("tells exact hosts of another release from those that could not be checked, with the deploy that makes all alike", () => {
    const odd = new FacsimileError("ODD_RELEASE", "shop is of release 5e6f7a8 (1.2.0); 2 hosts are of 3f9c1e7");
    const hosts = [
      { host: "web1", region: "eu", projects: [{ ...good, version: "1.2.0", release: "5e6f7a8aa" }], problem: odd },
      ...["web2", "web3"].map((name) => ({ host: name, region: "eu", projects: [good] })),
      { host: "web4", region: "eu", projects: [], problem: lost },
    ];
    expect(verifyText(report(hosts), style, { projects: ["shop"], options: { regions: ["eu"] } })).toMatch(
      /\n1 of 4 hosts is exact, but of another release than others\. To make all alike: facs deploy staging shop --regions eu\n1 of 4 hosts could not be checked\.\n$/,
    );
  });

  it("heals what was asked: its projects, and its hosts as they were chosen where all differ", () => {
    const differs = { ...good, differences: [{ kind: "extra" as const, path: "x" }] };
    const hosts = [{ host: "web1", region: "eu", projects: [differs] }];
    const typed = { projects: ["shop"], options: { hosts: ["web1"], root: "/srv/de fs" } };
    expect(verifyText(report(hosts), style, typed)).toMatch(/Heal: facs deploy staging shop --hosts web1 --root '\/srv\/de fs'\n {2}What else it would bring, by the definitions of now: facs plan staging shop --hosts web1 --root '\/srv\/de fs'\n$/); // biome-ignore format: one line
    const some = [...hosts, { host: "web2", region: "eu", projects: [good] }];
    expect(verifyText(report(some), style, { ...typed, options: { regions: ["eu"] } })).toMatch(/Heal: facs deploy staging shop --hosts web1\n {2}What else it would bring, by the definitions of now: facs plan staging shop --hosts web1\n$/); // biome-ignore format: one line
  });

  it("heals to the version that hosts hold where the definitions say another one, as after a rollback", () => {
    const back = { ...good, version: "1.0.0", release: "5e6f7a8aa" };
    const bad = { differences: [{ kind: "extra" as const, path: "x" }] };
    const ledger = { project: "ledger", version: "2.0.0", release: "9b01c44aa", differences: [] };
    const host = (name: string, ...projects: VerifyReport["hosts"][number]["projects"]) => ({ host: name, region: "eu", projects }); // biome-ignore format: one line
    const one = [host("web1", back, ledger), host("web2", { ...back, ...bad }, ledger)];
    expect(verifyText(report(one), style)).toMatch(
      /\n1 of 2 hosts differs in 1 path\. Heal: facs deploy staging shop@1\.0\.0 --hosts web2\n {2}The definitions say shop 1\.1\.0: a deploy that names no version brings that, and one that names another writes it there\.\n {2}What else it would bring, by the definitions of now: facs plan staging shop@1\.0\.0 --hosts web2\n$/,
    );
    const mixed = [host("web1", { ...good, ...bad }), host("web2", { ...back, ...bad }), host("web3", { ...back, version: "1.1.0+dev", ...bad })]; // biome-ignore format: one line
    expect(verifyText(report(mixed), style)).toMatch(
      /Heal: facs deploy staging shop@1\.0\.0 --hosts web2\n {2}and: facs deploy staging shop --src-dir DIR --hosts web3\n {2}and: facs deploy staging shop@1\.1\.0 --hosts web1\n(.*\n)? {2}What else they would bring, by the definitions of now: facs plan, with the same words\n/,
    );
  });

  it("heals a host on which nothing is deployed to the version that most hold", () => {
    const back = { ...good, version: "1.0.0", release: "5e6f7a8aa" };
    const none = { project: "shop", differences: [] };
    const host = (name: string, ...projects: VerifyReport["hosts"][number]["projects"]) => ({ host: name, region: "eu", projects }); // biome-ignore format: one line
    const text = verifyText(report([host("web1", back), host("web2", back), host("web3", none)]), style);
    expect(text).toContain("Heal: facs deploy staging shop@1.0.0 --hosts web3\n");
    const fresh = verifyText(report([host("web1", good), host("web3", none)]), style);
    expect(fresh).toMatch(
      /Heal: facs deploy staging --hosts web3\n {2}What else it would bring, by the definitions of now: facs plan staging --hosts web3\n$/,
    );
    const tree = { ...good, version: "1.1.0+dev", release: "cca100caa" };
    const made = verifyText(report([host("web1", tree), host("web2", tree), host("web3", none)]), style);
    expect(made).toContain("Heal: facs deploy staging shop --src-dir DIR --hosts web3\n");
    // As many hold the one as the other: the first command writes the version of web1 into the definitions.
    const differences: VerifyReport["hosts"][number]["projects"][number]["differences"] = [{ kind: "missing", path: "a", expected: { path: "a", type: "dir", mode: 0o755 } }]; // biome-ignore format: one line
    const tied = verifyText(report([host("web1", { ...back, differences }), host("web2", good), host("web3", none)]), style); // biome-ignore format: one line
    expect(tied).toContain(
      "Heal: facs deploy staging shop@1.0.0 --hosts web1\n  and: facs deploy staging shop@1.1.0 --hosts web3\n",
    );
  });

  it("makes alike by what the definitions say, or by the version that most hosts hold", () => {
    const back = { ...good, version: "1.0.0", release: "5e6f7a8aa" };
    const problem = new FacsimileError("ODD_RELEASE", "shop is of release 3f9c1e7");
    const hosts = [
      { host: "web1", region: "eu", projects: [good], problem },
      ...["web2", "web3"].map((name) => ({ host: name, region: "eu", projects: [back] })),
    ];
    expect(verifyText(report(hosts), style)).toMatch(
      /To make all alike: facs deploy staging\n {2}That brings what the definitions say\. To have what most hold: facs deploy staging shop@1\.0\.0\n$/,
    );
    // What all hosts hold alike is no matter of a majority.
    const ledger = { ...good, project: "ledger", version: "1.0.0", release: "7e8f9aaa" };
    const both = hosts.map((host) => ({ ...host, projects: [...host.projects, ledger] }));
    const alike = { ...report(both), projects: ["shop", "ledger"].map((project) => ({ project, version: "1.1.0" })) };
    expect(verifyText(alike, style)).toMatch(/To have what most hold: facs deploy staging shop@1\.0\.0\n$/);
    // As many hold one as the other: nobody can say what most hold.
    const tied = hosts.slice(0, 2);
    expect(verifyText(report(tied), style)).toMatch(/To have what others hold: facs deploy staging shop@1\.0\.0\n$/);
  });

  it("heals all where all differ, and names hosts that nobody asked", () => {
    const text = verifyText(
      report(
        [{ host: "web1", region: "eu", projects: [{ project: "shop", differences: [] }] }],
        [{ host: "web2", region: "eu", down: "moving\u001b[2J house" }],
      ),
      style,
    );
    expect(text).toMatch(/^! eu\/web2 {3}not asked: moving\\u001b\[2J house\n1 of 1 host differs\. Heal: facs deploy staging\n {2}What else it would bring, by the definitions of now: facs plan staging\n$/m); // biome-ignore format: one line
  });
});

it("tells a failure with code, place and next step, and counts several", () => {
  const one = new FacsimileError("A", "a is wrong", {
    hint: "Mend a.",
    position: { file: "no/such.json5", line: 2, column: 3 },
  });
  expect(problemsText(one, { root: "/", style })).toBe("no/such.json5:2:3: error A: a is wrong\n  Mend a.\n");
});

it("counts bytes by powers of 1000 and pads columns but the last", () => {
  expect([0, 999, 18_234, 3_400_000].map(bytes)).toEqual(["0 B", "999 B", "18.2 kB", "3.4 MB"]);
  expect(
    columns([
      ["a", "b"],
      ["long", ""],
    ]),
  ).toEqual(["  a     b", "  long"]);
});
