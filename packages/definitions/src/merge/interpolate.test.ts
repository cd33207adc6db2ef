import { describe, expect, it } from "vitest";
import type { ValueMap } from "../value.ts";
import { interpolate } from "./interpolate.ts";

function run(values: ValueMap, env: Record<string, string> | "remote" = {}) {
  const problems: string[] = [];
  const old: string[] = [];
  const result = interpolate(values, {
    env: env === "remote" ? undefined : env,
    onProblem: ({ code, path, message }) => problems.push(`${code} ${path.join(".")}: ${message}`),
    onDeprecated: (path, spelling) => old.push(`${path.join(".")} ${spelling}`),
  });
  return { result, problems, old };
}

describe("references between values", () => {
  it("are paths from the root, in texts and through each other", () => {
    const { result, problems } = run({
      home: "/srv/shop",
      etc: "${home}/etc",
      conf: { ini: "${etc}/${name}.ini" },
      name: "x",
    });
    expect(result).toEqual({
      home: "/srv/shop",
      etc: "/srv/shop/etc",
      conf: { ini: "/srv/shop/etc/x.ini" },
      name: "x",
    });
    expect(problems).toEqual([]);
  });

  it("keep the kind of the value where they are the whole text", () => {
    const values = { port: 80, ports: ["${port}"], map: { a: ["${port}"] }, copy: "${map}", flag: "${no}", no: false };
    expect(run(values).result).toEqual({
      port: 80,
      ports: [80],
      map: { a: [80] },
      copy: { a: [80] },
      flag: false,
      no: false,
    });
  });

  it("reach keys with dots, elements of lists, and values behind another reference", () => {
    const values = {
      hosts: { "db1.eu": { port: 5 } },
      l: ["x", "y"],
      a: '${hosts."db1.eu".port}',
      b: "${l.1}",
      c: "${copy.port}",
      copy: '${hosts."db1.eu"}',
    };
    expect(run(values)).toMatchObject({ result: { a: 5, b: "y", c: 5 }, problems: [] });
  });

  it("are written plainly with $${", () => {
    expect(run({ a: "$${HOME}/x", b: "cost: $5 {x}", c: "${d}", d: "$${e}" }).result).toEqual({
      a: "${HOME}/x",
      b: "cost: $5 {x}",
      c: "${e}",
      d: "${e}",
    });
  });

  it("hand on a secret whole, and refuse it inside a text", () => {
    const { result, problems } = run({ s: { $secret: "db" }, whole: "${s}", part: "x${s}" });
    expect(result["whole"]).toEqual({ $secret: "db" });
    expect(problems).toEqual(["INTERPOLATION part: ${s} is a secret, which cannot stand inside a text"]);
  });

  it.each<[string, ValueMap, string]>([
    ["a value that is not there", { a: "${nope}" }, "INTERPOLATION a: there is no value nope"],
    ["what objects inherit", { a: "${toString}" }, "INTERPOLATION a: there is no value toString"],
    ["a length", { l: [1], a: "${l.length}" }, "INTERPOLATION a: there is no value l.length"],
    [
      "a list inside a text",
      { l: [1], a: "x${l}" },
      "INTERPOLATION a: ${l} is a list, which cannot stand inside a text",
    ],
    ["null inside a text", { n: null, a: "x${n}" }, "INTERPOLATION a: ${n} is null, which cannot stand inside a text"],
    ["a path that is none", { a: "${a..b}" }, 'INTERPOLATION a: "a..b" is not a path of keys (column 3)'],
    ["itself", { a: "${a}" }, "INTERPOLATION_CYCLE a: a refers to itself"],
  ])("are refused to %s", (_, values, problem) => {
    expect(run(values).problems[0]).toBe(problem);
  });

  it("name every hop of a circle", () => {
    const { problems } = run({ a: "${b}", b: "x${c}", c: "${a}" });
    expect(problems[0]).toMatch(/^INTERPOLATION_CYCLE \w: values refer to each other: .*a → b → c|b → c → a/);
  });

  it("that point into their own map do not circle", () => {
    expect(run({ m: { a: 1, b: "${m.a}" } })).toMatchObject({ result: { m: { a: 1, b: 1 } }, problems: [] });
    expect(run({ m: { b: "${m}" } }).problems[0]).toContain("INTERPOLATION_CYCLE");
  });
});

describe("the environment", () => {
  it("is read for local instances", () => {
    expect(run({ a: "${env:USER}/x" }, { USER: "robin" })).toMatchObject({ result: { a: "robin/x" }, problems: [] });
  });

  it("must be set", () => {
    expect(run({ a: "${env:NOPE}" }).problems).toEqual(["ENV_UNSET a: the environment variable NOPE is not set"]);
  });

  it("is refused where hosts are remote, in every spelling", () => {
    expect(run({ a: "${env:USER}", b: "%HOMEDIR%/x", c: "{{environ.USER}}" }, "remote").problems).toEqual([
      "ENV_REMOTE a: the environment variable USER is read, but the hosts are remote",
      "ENV_REMOTE b: the environment variable HOME is read, but the hosts are remote",
      "ENV_REMOTE c: the environment variable USER is read, but the hosts are remote",
    ]);
  });

  it("has the Python tool's spellings, exactly as written there, as deprecated ones", () => {
    const values = {
      a: "%HOMEDIR%/x",
      b: "{{environ.HOME}}",
      c: "{{environ.USER}}",
      d: "{{ environ.USER }}",
      e: "{{env.a}}",
    };
    const { result, old } = run(values, { HOME: "/home/r", USER: "r" });
    expect(result).toEqual({ a: "/home/r/x", b: "/home/r", c: "r", d: "{{ environ.USER }}", e: "{{env.a}}" });
    expect(old).toEqual(["a %HOMEDIR%", "b {{environ.HOME}}", "c {{environ.USER}}"]);
  });
});

it("references that double each other are stopped", () => {
  const doubling = (text: (name: string) => unknown) =>
    Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`v${n}`, n === 0 ? "x" : text(`v${n - 1}`)])) as ValueMap;
  const texts = run(doubling((name) => `\${${name}}\${${name}}`));
  const lists = run(doubling((name) => [`\${${name}}`, `\${${name}}`]));
  for (const { problems, result } of [texts, lists]) {
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain("the references expand to more than 4 million characters");
    expect(JSON.stringify(result).length).toBeLessThan(100_000_000);
  }
});

it("hands back the very values where there is nothing to replace", () => {
  const values = { a: "x", b: [1, { c: "$" }] };
  expect(run(values).result).toBe(values);
});
