import { describe, expect, it } from "vitest";
import { BASE, envOf, GROUPS, printedModules, resolved, SHOWN } from "./python-tool.ts";
import { problems } from "./world.ts";

// Intended differences from version 1.x are named as such, and have a row each in docs/from-python.md.

describe("layers", () => {
  const base = {
    ...BASE,
    s: "base",
    d: { a: 1, b: { x: 1, y: 2 } },
    l: [1, 2, 3],
    sd: "scalar",
    ds: { k: 1 },
    n: { k: 1 },
    keep: true,
    ld: [1],
    dl: { k: 1 },
  };
  const project = { s: "project", d: { b: { y: 3, z: 4 } }, fromproj: 1 };
  const eu1 = { d: { b: { x: null } }, s: "eu1" };
  const printed = {
    ...BASE,
    d: { a: 1, b: { x: null, y: 3, z: 4 } },
    dl: [5],
    ds: "now scalar",
    fromproj: 1,
    keep: true,
    l: [9],
    ld: { k: 2 },
    n: null,
    s: "eu1",
    sd: { now: "dict" },
  };

  it("fold in the order facsimile, project, each part of the instance: maps merge, lists are replaced, null is a value", async () => {
    const eu = {
      s: "eu",
      l: [9],
      n: null,
      sd: { $replace: { now: "dict" } },
      ds: { $replace: "now scalar" },
      ld: { $replace: { k: 2 } },
      dl: { $replace: [5] },
    };
    const definition = await resolved(
      { "facsimile.json": base, "p.json": project, "eu.json": eu, "eu1.json": eu1 },
      { instance: "eu.eu1" },
    );
    expect(envOf(definition)).toEqual(printed);
    const files = ["facsimile", "p", "eu", "eu1"].map((name) => `${SHOWN}/${name}.json`);
    expect(definition.files).toEqual([...files, "define/facsimile.json"]);
  });

  it("differently: a map and something else replaced each other silently; here that needs $replace, and both places are told", async () => {
    const eu =
      '{ "s": "eu", "l": [9], "n": null,\n "sd": { "now": "dict" },\n "ds": "now scalar",\n "ld": { "k": 2 },\n "dl": [5] }';
    const hint = "(Write {$replace: …} where the change of kind is meant.)";
    expect(
      await problems(
        resolved({ "facsimile.json": base, "p.json": project, "eu.json": eu, "eu1.json": eu1 }, { instance: "eu.eu1" }),
      ),
    ).toEqual([
      `KIND_CONFLICT ${SHOWN}/eu.json:2:8: sd is a map here, but a string at ${SHOWN}/facsimile.json:33:8 ${hint}`,
      `KIND_CONFLICT ${SHOWN}/eu.json:3:8: ds is a string here, but a map at ${SHOWN}/facsimile.json:34:8 ${hint}`,
      `KIND_CONFLICT ${SHOWN}/eu.json:4:8: ld is a map here, but a list at ${SHOWN}/facsimile.json:41:8 ${hint}`,
      `KIND_CONFLICT ${SHOWN}/eu.json:5:8: dl is a list here, but a map at ${SHOWN}/facsimile.json:44:8 ${hint}`,
    ]);
  });

  it("differently: a layer in several formats was read from all of them; here it is an error that names them", async () => {
    const files = {
      "facsimile.json": { ...BASE, who: "json", j: 1 },
      "facsimile.yaml": "who: yaml\ny: 1\n",
      "facsimile.yml": "who: yml\nz: 1\n",
      "beta.yml": "env: beta\n",
    };
    expect(await problems(resolved(files))).toEqual([
      `LAYER_TWICE the layer facsimile is written in two formats: ${SHOWN}/facsimile.json and ${SHOWN}/facsimile.yaml and ${SHOWN}/facsimile.yml (Keep one of the files.)`,
    ]);
  });

  it("in several formats come to the same where one extends the others", async () => {
    const definition = await resolved({
      "base.json": { ...BASE, who: "json", j: 1 },
      "more.yaml": "who: yaml\ny: 1\n",
      "facsimile.yml": "extends: [base, more]\nwho: yml\nz: 1\n",
      "beta.yml": "env: beta\n",
      "modules.yaml": "- name: my\n",
    });
    expect(envOf(definition)).toEqual({ ...BASE, env: "beta", j: 1, who: "yml", y: 1, z: 1 });
    expect(printedModules(definition)).toEqual({ my: { name: "my", password: "pw-1", username: "my" } });
  });
});

describe("substitution", () => {
  const texts = {
    a: "%HOMEDIR%/x",
    b: "{{environ.HOME}}",
    c: "{{environ.USER}}",
    d: "{{ environ.USER }}",
    e: "{{env.a}}",
  };
  const env = { HOME: "/root", USER: "root" };
  const local = { install: { groups: GROUPS }, home: "home", deploy: { user: "root" } };

  it("replaces the three spellings, exactly as they are spelt; differently: with a warning and its place", async () => {
    const definition = await resolved({ "facsimile.json": { ...local, ...texts }, "beta.json": {} }, { env });
    expect(envOf(definition)).toEqual({
      ...local,
      a: "/root/x",
      b: "/root",
      c: "root",
      d: "{{ environ.USER }}",
      e: "{{env.a}}",
    });
    const warnings = definition.warnings.map(
      ({ code, message, hint, position }) => `${code} ${position?.line}:${position?.column} ${message}. ${hint}`,
    );
    expect(warnings).toEqual([
      "DEPRECATED 15:7 %HOMEDIR% is an old spelling. Write ${env:HOME}.",
      "DEPRECATED 16:7 {{environ.HOME}} is an old spelling. Write ${env:HOME}.",
      "DEPRECATED 17:7 {{environ.USER}} is an old spelling. Write ${env:USER}.",
    ]);
  });

  it("differently: where hosts are remote it is an error, for a copy must not depend on who deploys it", async () => {
    const hint = "(Write the value itself: a copy must not depend on who deploys it.)";
    expect(await problems(resolved({ "facsimile.json": { ...BASE, ...texts }, "beta.json": {} }, { env }))).toEqual([
      `ENV_REMOTE ${SHOWN}/facsimile.json:20:7: the environment variable HOME is read, but the hosts are remote ${hint}`,
      `ENV_REMOTE ${SHOWN}/facsimile.json:21:7: the environment variable HOME is read, but the hosts are remote ${hint}`,
      `ENV_REMOTE ${SHOWN}/facsimile.json:22:7: the environment variable USER is read, but the hosts are remote ${hint}`,
    ]);
  });

  it("differently: an unset variable was a traceback, though nothing read it; here it is an error where it is read", async () => {
    expect(
      await problems(
        resolved(
          { "facsimile.json": { ...local, c: "{{environ.USER}}" }, "beta.json": {} },
          { env: { HOME: "/root" } },
        ),
      ),
    ).toEqual([
      `ENV_UNSET ${SHOWN}/facsimile.json:15:7: the environment variable USER is not set (Set USER, or write the value.)`,
    ]);
    expect(await problems(resolved({ "facsimile.json": local, "beta.json": {} }))).toEqual([]);
  });
});
