import { describe, expect, it } from "vitest";
import { problems, world } from "./world.ts";

const projects = "projects: { p: { repo: 'sources/p', targets: ['web'] } }";
const simple = (more: Record<string, string> = {}) => world({ "define/facsimile.json5": `{${projects}}`, ...more });

describe("extends", () => {
  it("loads parents first, each once, also by path", async () => {
    const { resolve } = await simple({
      "define/beta.json5": "{ extends: ['base', './common/x'], order: { $append: ['beta'] } }",
      "define/base.json5": "{ extends: './common/root.yaml', order: { $append: ['base'] } }",
      "define/common/x.json5": "{ extends: './root', order: { $append: ['x'] } }",
      "define/common/root.yaml": "order: [root]\n",
    });
    const definition = await resolve("beta");
    expect(definition.values["order"]).toEqual(["root", "base", "x", "beta"]);
    expect(definition.values).not.toHaveProperty("extends");
  });

  it("shows every hop of a cycle", async () => {
    const { resolve } = await simple({
      "define/beta.json5": "{\n  extends: ['base'] }",
      "define/base.json5": "{ extends: 'deep' }",
      "define/deep.json5": "{ a: 1,\n extends: ['base'] }",
    });
    expect(await problems(resolve("beta"))).toEqual([
      "EXTENDS_CYCLE define/deep.json5:2:12: layers extend each other: define/base.json5:1:12 → define/deep.json5:2:12 → define/base.json5 (Take one of these extends out.)",
    ]);
  });

  it("stays within its own folder and names what is there", async () => {
    const { resolve } = await simple({
      "define/a.json5": "{ extends: '../../etc/x' }",
      "define/b.json5": "{ extends: 'bas' }",
      "define/c.json5": "{ extends: [5] }",
      "define/base.json5": "{}",
    });
    expect((await problems(resolve("a")))[0]).toMatch(/^EXTENDS_(?:OUTSIDE|UNKNOWN) define\/a\.json5:1:12: extends/);
    expect(await problems(resolve("b"))).toEqual([
      'EXTENDS_UNKNOWN define/b.json5:1:12: extends "bas": there is no such layer (Did you mean base?)',
    ]);
    expect((await problems(resolve("c")))[0]).toContain("define/c.json5:1:13: extends holds something else than names");
  });
});

describe("keys that a layer may not set", () => {
  it("are told with their places, all at once", async () => {
    const { resolve } = await simple({
      "define/p.json5":
        "{ versions: { p: '1' },\n  deploy: { policy: 'rolling', user: 'x' },\n  '@target:web': { hosts: {} } }",
      "define/beta.json5": "{ '@region:eu': { deploy: { nodes: { web: ['x'] } },\n '@host:a': {} } }",
    });
    const found = await problems(resolve("beta", { project: "p" }));
    expect(found.map((each) => each.split(" (")[0])).toEqual([
      "KEY_NOT_ALLOWED define/p.json5:1:3: a project's layer cannot set versions",
      "KEY_NOT_ALLOWED define/p.json5:2:13: a project's layer cannot set deploy.policy",
      "KEY_NOT_ALLOWED define/p.json5:3:20: a project's layer cannot set hosts",
      "KEY_NOT_ALLOWED define/p.json5:3:20: a view cannot set hosts",
      "KEY_NOT_ALLOWED define/beta.json5:1:29: a view cannot set deploy.nodes",
      "BAD_VIEW define/beta.json5:2:2: the view @host:a stands inside another view",
    ]);
  });
});
