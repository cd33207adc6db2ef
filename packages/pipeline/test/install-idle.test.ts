import path from "node:path";
import { formatProblem, isFacsimileError, problemsOf } from "@facsimile/core";
import { expect, it } from "vitest";
import { assemble } from "../src/install/assemble.ts";
import { idleRules } from "../src/install/idle-rules.ts";
import { outline } from "../src/instance/outline-of.ts";
import { tellWarning } from "../src/instance/warnings.ts";
import { prepare } from "../src/sources/prepare.ts";
import { contextOf, folder, repository, write } from "./world.ts";

/** What is told of an instance `dev` whose definition says `body`, on its first line; errors too. */
async function told(body: string, files: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const root = await write(await folder(), {
    "define/facsimile.json5": "{ projects: { shop: { repo: 'sources/shop' } }, versions: { shop: '1' }, home: 'shop' }",
    "define/dev.json5": body,
    ...files,
  });
  await repository(path.join(root, "sources/shop"), { "bin/run": "x", LICENSE: "x" }, "1");
  const context = contextOf(root);
  const projects = await prepare(await outline({ instance: "dev" }, context), context);
  const copies = projects.map(async ({ definition, project, version, source, build, own }) => {
    const values = { moduleOf: () => ({}), setting: {}, secret: {} as never };
    const request = { ...context, own, definition, project, version, source: source.dir, build, values };
    return { definition, hosts: await assemble(request) };
  });
  try {
    for (const warning of idleRules(await Promise.all(copies))) tellWarning(warning, context);
  } catch (error) {
    if (!isFacsimileError(error)) throw error;
    return problemsOf(error).map((problem) => `${formatProblem(problem)} (${problem.hint})`);
  }
  return context.events.flatMap((event) => (event.type === "warning" ? [event.message] : []));
}

it("a pattern that matches none of a group's files is told; one that matches some, or has no files, is right", async () => {
  const idle = "{ dir: 'bin', pattern: '^$BUILD_DIR$/sbin/', replace: 'tools/' }";
  const some = "{ glob: '**', pattern: '^.*/bin/', replace: 'tools/' }";
  const none = "{ optfiles: ['NOTICE'], pattern: '^nothing', replace: 'x' }";
  expect(await told(`{ install: { groups: [${none}, ${idle}] } }`)).toEqual([
    "define/dev.json5:1:84: INSTALL_IDLE: install.groups[1]: the pattern ^$BUILD_DIR$/sbin/ matches none of its files",
  ]);
  expect(await told(`{ install: { groups: [${none}, ${some}] } }`)).toEqual([]);
});

it("a rule of files that matches no file of any host is told, with its place", async () => {
  const install = "install: { groups: [{ dir: 'bin' }] }";
  expect(await told(`{ ${install}, files: [{ match: 'bin/*', mode: '0750' }, { match: '/bin/*' }] }`)).toEqual([
    expect.stringMatching(/^define\/dev\.json5:1:\d+: INSTALL_IDLE: files: \/bin\/\* matches no file/),
  ]);
  expect(await told(`{ ${install}, files: [{ match: 'bin' }] }`)).toHaveLength(1);
});

it("a folder of templates that is not there is refused, with the place of its group and the nearest name", async () => {
  const files = { "config/_ALL_/_DEPLOY_/a": "a" };
  const groups = (dir: string) => `{ install: { groups: [{ type: 'tmpl', dir: '${dir}' }, { dir: 'bin' }] } }`;
  expect(await told(groups("confg"), files)).toEqual([
    "define/dev.json5:1:23: install.groups[0]: there is no folder confg (Did you mean config?)",
  ]);
  expect(await told(groups("config"), files)).toEqual([]);
  // It is always used, where it is.
  expect(await told(groups("tmpl"), files)).toEqual([]);
});
