import path from "node:path";
import { describe, expect, it } from "vitest";
import { findConglomerate, listInstances, listProjects } from "../src/index.ts";
import { problems, world } from "./world.ts";

const projects = "projects: { p: { repo: 'sources/p', targets: ['web'] } }";
const simple = (more: Record<string, string> = {}) => world({ "define/facsimile.json5": `{${projects}}`, ...more });

describe("finding a conglomerate", () => {
  it("goes up from a folder within it", async () => {
    const { root } = await simple({ "tmpl/_ALL_/deep/x": "" });
    expect(await findConglomerate(path.join(root, "tmpl/_ALL_/deep"))).toEqual({
      root,
      define: path.join(root, "define"),
    });
  });

  it("needs define/facsimile.*: another define/ on the way is passed", async () => {
    const { root } = await simple({ "lib/define/other.json5": "{}" });
    expect((await findConglomerate(path.join(root, "lib/define"))).root).toBe(root);
  });

  it("says what to do where there is none", async () => {
    expect(await problems(findConglomerate("/"))).toEqual([
      "NO_CONGLOMERATE no definitions found in / or above: no define/facsimile.json5 (Go into the definitions repository, name it with --root DIR, or make one: facs init DIR)",
    ]);
  });

  it("lists projects and instances, and no stray files", async () => {
    const names = ["p", "beta", "dev", "dev.dev0", "modules", "schema", "local", "local.robin", "a b", ".hidden"];
    const { conglomerate } = await simple(Object.fromEntries(names.map((name) => [`define/${name}.yaml`, "{}"])));
    expect(await listProjects(conglomerate)).toEqual(["p"]);
    expect((await listInstances(conglomerate)).map(({ full }) => full)).toEqual([
      "beta",
      "dev",
      "dev.dev0",
      "local.robin",
    ]);
  });
});

describe("unknown names are refused, never given the defaults", () => {
  it("an instance without a file", async () => {
    const { resolve } = await simple({ "define/production.json5": "{}", "define/beta.json5": "{}" });
    expect(await problems(resolve("prodction"))).toEqual([
      "UNKNOWN_INSTANCE there is no instance prodction: no file defines it (Did you mean production?)",
    ]);
    expect(await problems(resolve("gamma"))).toEqual([
      "UNKNOWN_INSTANCE there is no instance gamma: no file defines it (Instances are beta, production.)",
    ]);
  });

  it("a subinstance whose last part has no file, though its first has", async () => {
    const { resolve } = await simple({ "define/dev.json5": "{}", "define/dev.dev0.json5": "{}" });
    expect(await problems(resolve("dev.dev1"))).toEqual([
      "UNKNOWN_INSTANCE there is no instance dev.dev1: no file defines it (Did you mean dev.dev0?)",
    ]);
  });

  it("a project, also one that has the name of an instance", async () => {
    const { resolve } = await simple({ "define/beta.json5": "{}" });
    expect(await problems(resolve("beta", { project: "q" }))).toEqual([
      "UNKNOWN_PROJECT there is no project q (Did you mean p?)",
    ]);
    expect((await problems(resolve("beta", { project: "beta" })))[0]).toMatch(/^UNKNOWN_PROJECT/);
  });

  it("a reserved name, or a project, as an instance", async () => {
    const { resolve } = await simple({
      "define/p.json5": "{}",
      "define/modules.json5": "[]",
      "define/local.robin.json5": "{}",
    });
    expect((await problems(resolve("modules")))[0]).toContain(
      "there is no instance modules: the name modules is reserved",
    );
    expect((await problems(resolve("p")))[0]).toContain("there is no instance p: p is a project");
    expect((await problems(resolve("local")))[0]).toContain("the name local is reserved");
    expect((await resolve("local.robin")).instance.full).toBe("local.robin");
  });
});
