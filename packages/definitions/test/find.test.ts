import fs from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { conglomerateAt, findConglomerate, listInstances, listProjects } from "../src/index.ts";
import { problems, world } from "./world.ts";

const projects = "projects: { p: { repo: 'sources/p', targets: ['web'] } }";
const simple = (more: Record<string, string> = {}) => world({ "define/facsimile.json5": `{${projects}}`, ...more });

describe("finding a conglomerate", () => {
  it("goes up from a folder within it", async () => {
    const { root } = await simple({ "tmpl/_ALL_/deep/x": "" });
    expect(await findConglomerate(path.join(root, "tmpl/_ALL_/deep"))).toEqual({
      root,
      define: path.join(root, "define"),
      own: root,
      work: root,
    });
  });

  it("needs define/facsimile.*: another define/ on the way is passed", async () => {
    const { root } = await simple({ "lib/define/other.json5": "{}" });
    expect((await findConglomerate(path.join(root, "lib/define"))).root).toBe(root);
  });

  it("passes over what lies in work folders: a checkout is a part of the conglomerate it was made for", async () => {
    const carried = `{${projects}}`;
    const { root } = await simple({
      "SRC/p-1/config/facsimile.json5": carried,
      "SRC/q-1/define/facsimile.json5": "{}",
      "SRC/q-1/SRC/r-1/x": "",
      "BUILD/beta/p-1/config/facsimile.json5": carried,
      "RELEASE/beta/p/config/facsimile/facsimile.json5": carried,
    });
    for (const folder of [
      "SRC",
      "SRC/p-1",
      "SRC/p-1/config",
      "SRC/q-1",
      "SRC/q-1/SRC/r-1",
      "BUILD/beta/p-1",
      "RELEASE/beta/p",
    ])
      expect((await findConglomerate(path.join(root, folder))).root, folder).toBe(root);
  });

  it("takes a folder that is only called so as any other", async () => {
    const { root } = await simple({ "lib/SRC/inner/define/facsimile.json5": "{}" });
    const inner = path.join(root, "lib/SRC/inner");
    expect((await findConglomerate(inner)).root).toBe(inner);
  });

  it("tells of one folder whether it is one, and looks no further", async () => {
    const { root } = await simple({ "SRC/p-1/config/facsimile.json5": `{${projects}}` });
    expect(conglomerateAt(root)?.root).toBe(root);
    expect(conglomerateAt(path.join(root, "define"))).toBeUndefined();
    const checkout = path.join(root, "SRC/p-1");
    expect(conglomerateAt(checkout)).toMatchObject({ root: checkout });
    await fs.writeFile(path.join(checkout, "config/facsimile.json5"), "{");
    const opened = async (options?: { shownFrom: string }) => void conglomerateAt(checkout, options);
    expect((await problems(opened()))[0]).toMatch(/^FILE_SYNTAX config\/facsimile\.json5:1:/);
    expect((await problems(opened({ shownFrom: root })))[0]).toMatch(/^FILE_SYNTAX SRC\/p-1\/config\//);
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
