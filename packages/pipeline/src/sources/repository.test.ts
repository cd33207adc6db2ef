import { parseInstance, parseProject } from "@facsimile/core";
import { conglomerateOf, resolve } from "@facsimile/definitions";
import { expect, it } from "vitest";
import { repositoryOf } from "./repository.ts";

async function wanted(project: string) {
  const texts = new Map([
    ["define/facsimile.json5", `{\n  projects: { shop: ${project} },\n}`],
    ["define/dev.json5", "{}"],
  ]);
  const options = { instance: parseInstance("dev"), project: parseProject("shop") };
  const definition = await resolve(conglomerateOf(texts, { root: "/x" }), options);
  return { project: options.project, version: "1.0.0", edited: false, position: undefined, definition };
}

it("says where a project's sources come from, and where that is written", async () => {
  expect(repositoryOf(await wanted("{ repo: 'git@example.org:shop', path: 'web' }"))).toMatchObject({
    project: "shop",
    version: "1.0.0",
    repo: "git@example.org:shop",
    subfolder: "web",
    position: { file: "define/facsimile.json5", line: 2 },
  });
});

it("names the project that has no repository, with its place", async () => {
  const without = await wanted("{ targets: ['web'] }");
  expect(() => repositoryOf(without)).toThrow(
    expect.objectContaining({
      code: "NO_SOURCE",
      message: "projects.shop names no repository",
      hint: "Set projects.shop.repo to what git can clone.",
      position: expect.objectContaining({ file: "define/facsimile.json5", line: 2 }),
    }),
  );
});
