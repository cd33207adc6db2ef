import { execFileSync } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { isFacsimileError } from "@facsimile/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { problems, world } from "./world.ts";

const word = fc.constantFrom(
  "p",
  "web",
  "w1",
  "eu",
  "beta",
  "x",
  "a b",
  "-o",
  "",
  "..",
  "toString",
  "$append",
  "$delete",
  "@region:eu",
  "@host:w1",
);
const scalar = fc.constantFrom<unknown>(
  null,
  true,
  0,
  -1,
  Number.MAX_VALUE,
  2 ** 31,
  "x",
  "",
  "../..",
  "/",
  "${home}",
  "${a",
  "$${x}",
  "{{environ.USER}}",
  "1.0.0",
  "\0",
);
const known = fc.constantFrom(
  ...[
    "projects",
    "facsimile",
    "versions",
    "home",
    "protected",
    "deploy",
    "hosts",
    "regions",
    "install",
    "files",
    "modules",
    "config",
  ],
  ...[
    "service",
    "state",
    "build",
    "extends",
    "$schema",
    "nodes",
    "waves",
    "precmd",
    "postcmd",
    "health",
    "shared",
    "groups",
    "components",
  ],
  ...[
    "targets",
    "repo",
    "run",
    "address",
    "region",
    "down",
    "scope",
    "keep",
    "parallel",
    "$mergeBy",
    "items",
    "$replace",
    "$secret",
  ],
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    scalar,
    fc.dictionary(fc.oneof(known, word), tie("tree"), { maxKeys: 4 }),
    fc.array(tie("tree"), { maxLength: 3 }),
  ),
}));
const layer = fc.dictionary(fc.oneof(known, word), tree, { maxKeys: 6 });

it("whatever a definition holds, it gives a definition or an error with a code", async () => {
  const { resolve, root } = await world({ "define/facsimile.json5": "{}", "define/beta.json5": "{}" });
  await fc.assert(
    fc.asyncProperty(layer, layer, fc.array(tree, { maxLength: 2 }), async (base, over, modules) => {
      const projects = { p: { repo: "x" } };
      await fs.writeFile(path.join(root, "define/facsimile.json5"), JSON.stringify({ projects, ...base }));
      await fs.writeFile(path.join(root, "define/beta.json5"), JSON.stringify(over));
      await fs.writeFile(path.join(root, "define/modules.json5"), JSON.stringify(modules));
      for (const options of [{}, { project: "p" }]) {
        try {
          const { hosts, view, modulesOf } = await resolve("beta", options);
          for (const host of hosts) expect([view(host), modulesOf(host)]).toBeDefined();
        } catch (error) {
          if (!isFacsimileError(error)) throw error;
          expect(error.code).toMatch(/^[A-Z_]+$/);
        }
      }
    }),
    { numRuns: 2000 },
  );
});

it("no problem of a file is without its place", async () => {
  const { resolve, root } = await world({ "define/facsimile.json5": "{ projects: { p: { repo: 'x' } } }" });
  await fc.assert(
    fc.asyncProperty(layer, async (over) => {
      await fs.writeFile(path.join(root, "define/beta.json5"), JSON.stringify(over));
      for (const problem of await problems(resolve("beta", { project: "p" }))) {
        if (!/^UNKNOWN_(?:PROJECT|INSTANCE) there/.test(problem))
          expect(problem).toMatch(/^[A-Z_]+ define\/\w+\.json5:\d+:\d+: /);
      }
    }),
    { numRuns: 200 },
  );
});

it("a pipe or a folder in place of a file does not hang", async () => {
  const { resolve, root } = await world({ "define/facsimile.json5": "{}", "define/dir.json5/x": "" });
  execFileSync("mkfifo", [path.join(root, "define/pipe.json5")]);
  expect(await problems(resolve("pipe"))).toEqual([
    "FILE_UNREADABLE define/pipe.json5 cannot be read: it is no regular file",
  ]);
  expect((await problems(resolve("dir")))[0]).toMatch(/^FILE_UNREADABLE/);
});

it("what is not UTF-8 or too large is refused", async () => {
  const { resolve, root } = await world({ "define/facsimile.json5": "{}" });
  await fs.writeFile(path.join(root, "define/beta.json5"), Buffer.from([0x7b, 0xff, 0x7d]));
  await fs.writeFile(path.join(root, "define/big.json5"), Buffer.alloc(5 * 1024 * 1024, " "));
  expect(await problems(resolve("beta"))).toEqual([
    "FILE_UNREADABLE define/beta.json5 cannot be read: it is not UTF-8",
  ]);
  expect((await problems(resolve("big")))[0]).toMatch(/^FILE_TOO_LARGE define\/big\.json5:1:1: /);
});
