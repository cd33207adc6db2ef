import { describe, expect, it } from "vitest";
import { list, listOne } from "../src/instance/list.ts";
import { contextOf, folder, write } from "./world.ts";

async function world(more: Readonly<Record<string, string>> = {}) {
  const root = await folder();
  await write(root, {
    "define/facsimile.json5": `{
      projects: { shop: { repo: "../shop", path: "app", targets: ["web"] }, ledger: { repo: "https://robin:word@example.org/ledger" }, own: { definitions: "source" } },
      home: "x", deploy: { user: "nobody" },
      "@region:us": { deploy: { user: "us" } },
    }`,
    "define/shop.json5": "{ extends: './common/base' }",
    "define/common/base.json5": "{}",
    "define/modules.json5": "[]",
    "define/staging.json5": `{
      versions: { shop: "1", ledger: "2" }, protected: true, state: { scope: "shared" },
      deploy: { nodes: { web: ["w1", "w2"], db: ["w2"] } },
      hosts: { w1: { region: "eu", address: "192.0.2.1", port: 2222 }, w2: { region: "us", down: "disk" } },
    }`,
    "define/dev.json5": "{}",
    ...more,
  });
  return contextOf(root);
}

describe("list", () => {
  it("gives projects as they are whichever the version, and instances with their hosts as views see them", async () => {
    const context = await world();
    expect(await list(context)).toEqual({
      schema: "list/1",
      root: context.root,
      projects: [
        { project: "shop", repo: "../shop", path: "app", targets: ["web"], definitions: "conglomerate" },
        { project: "ledger", repo: "https://example.org/ledger", path: undefined, targets: undefined, definitions: "conglomerate" },
        { project: "own", repo: undefined, path: undefined, targets: undefined, definitions: "source" },
      ],
      instances: [
        {
          instance: "dev",
          local: true,
          protected: false,
          scope: "dev",
          versions: {},
          hosts: [expect.objectContaining({ host: "local", region: undefined, address: "127.0.0.1" })],
          files: ["define/facsimile.json5", "define/dev.json5", "define/modules.json5"],
          problems: [],
        },
        {
          instance: "staging",
          local: false,
          protected: true,
          scope: "shared",
          versions: { shop: "1", ledger: "2" },
          hosts: [
            { host: "w1", region: "eu", address: "192.0.2.1", port: 2222, user: "nobody", system: "linux", targets: ["web"] },
            { host: "w2", region: "us", address: "w2", user: "us", system: "linux", targets: ["web", "db"], down: "disk" },
          ],
          files: ["define/facsimile.json5", "define/staging.json5", "define/modules.json5"],
          problems: [],
        },
      ],
    }); // biome-ignore format: a table
  });

  it("tells an instance that is broken, and hides none of the others", async () => {
    const context = await world({ "define/broken.json5": "{ deploy: { keep: 0 } }", "define/worse.json5": "{" });
    const { instances } = await list(context);
    expect(instances.map(({ instance, problems }) => [instance, problems.map(({ code }) => code)])).toEqual([
      ["broken", ["INVALID_VALUE"]],
      ["dev", []],
      ["staging", []],
      ["worse", ["FILE_SYNTAX"]],
    ]);
  });

  it("gives one instance with the files that each of its projects reads besides, and where", async () => {
    const { instances, projects } = await listOne("staging", await world());
    expect(projects).toHaveLength(3);
    expect(instances.map(({ instance }) => instance)).toEqual(["staging"]);
    expect(instances[0]?.projectFiles).toEqual([
      { project: "shop", files: ["define/common/base.json5", "define/shop.json5"], before: "define/staging.json5" },
      { project: "ledger", files: [], before: undefined },
    ]);
  });

  it("of an instance that is not there or broken throws what is wrong", async () => {
    const context = await world({ "define/broken.json5": "{ deploy: { keep: 0 } }" });
    await expect(listOne("stagin", context)).rejects.toMatchObject({ code: "UNKNOWN_INSTANCE" });
    await expect(listOne("broken", context)).rejects.toMatchObject({ code: "INVALID_VALUE" });
  });
});
