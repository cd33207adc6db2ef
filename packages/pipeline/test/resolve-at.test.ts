import { formatPosition, formatProblem, isFacsimileError, parseInstance, problemsOf } from "@facsimile/core";
import { describe, expect, it } from "vitest";
import { resolveAt } from "../src/instance/resolve-at.ts";
import { commit, contextOf, folder, repository, write } from "./world.ts";

const STAGING = parseInstance("staging");

/** A conglomerate in git, tagged `one`; later ones are on top. */
async function world(...revisions: Readonly<Record<string, string>>[]) {
  const root = await folder();
  await repository(root, { "define/facsimile.json5": '{ home: "shop", deploy: { keep: 2 } }' }, "zero");
  for (const [index, files] of revisions.entries()) {
    await write(root, files);
    commit(root, `v${index}`);
  }
  const at = (ref: string, more = {}) => resolveAt({ root, ref, instance: STAGING, ...more }, contextOf(root));
  return { root, at };
}

async function problems(work: Promise<unknown>): Promise<string[]> {
  return work.then(
    () => [],
    (error) => {
      if (!isFacsimileError(error)) throw error;
      return problemsOf(error).map((each) => `${each.code} ${formatProblem(each)} (${each.hint})`);
    },
  );
}

describe("resolveAt", () => {
  it("gives the definition as it was, whatever the files are now", async () => {
    const { root, at } = await world({ "define/staging.json5": "{ banner: 1 }" }, { "define/staging.json5": "{}" });
    await write(root, { "define/facsimile.json5": "not a definition" });
    expect((await at("v0")).values).toMatchObject({ home: "shop", banner: 1 });
    expect((await at("v1")).values).not.toHaveProperty("banner");
  });

  it("names the revision wherever it names a file", async () => {
    const { at } = await world({
      "define/staging.json5": '{ deploy: { keep: 3 }, bannner: "x", hosts: {}, "@region:eu": {} }',
    });
    const definition = await at("v0");
    const origin = definition.origin(["deploy", "keep"]);
    expect(origin?.position && formatPosition(origin.position)).toBe("v0:define/staging.json5:1:19");
    expect([origin?.layer, ...(origin?.overrode ?? []).map(({ layer }) => layer)]).toEqual([
      "v0:define/staging.json5",
      "v0:define/facsimile.json5",
      "defaults",
    ]);
    expect(definition.files).toEqual(["v0:define/facsimile.json5", "v0:define/staging.json5"]);
    expect(definition.origin(["deploy", "policy"])).toMatchObject({ layer: "defaults", position: undefined });
    expect(definition.origin(["nothing"])).toBeUndefined();
  });

  it("says of what revision it speaks when something is wrong there, and says all of it", async () => {
    const { at } = await world({ "define/staging.json5": "{ deploy: { keep: 0, strategy: 1 } }" }, { "define/staging.json5": "{" }); // biome-ignore format: one line
    expect(await problems(at("v0"))).toEqual([
      expect.stringMatching(/^INVALID_VALUE v0:define\/staging\.json5:1:/),
      expect.stringMatching(/^INVALID_VALUE v0:define\/staging\.json5:1:/),
    ]);
    expect(await problems(at("v1"))).toEqual([expect.stringMatching(/^FILE_SYNTAX v1:define\/staging\.json5:1:/)]);
    expect(await problems(at("zero"))).toEqual([
      "UNKNOWN_INSTANCE in zero, there is no instance staging: no file defines it (undefined)",
    ]);
    expect(await problems(at("v9"))).toEqual([expect.stringMatching(/^UNKNOWN_REVISION there is no revision "v9" in/)]);
  });
});
