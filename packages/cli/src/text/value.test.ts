import type { Value } from "@facsimile/definitions";
import { describe, expect, it } from "vitest";
import { cut, harmless, pairText, valueText } from "./value.ts";

describe("valueText", () => {
  it.each<[Value, string]>([
    ["hello", '"hello"'],
    ["", '""'],
    ["true", '"true"'],
    [true, "true"],
    [null, "null"],
    [0, "0"],
    [-0, "-0"],
    [1e21, "1e+21"],
    [[], "[]"],
    [{}, "{}"],
    [["a", 1, [true]], '["a", 1, [true]]'],
    [{ a: 1, "b c": { d: null } }, '{ a: 1, "b c": { d: null } }'],
    [{ $secret: "db/root" }, "secret db/root"],
    [{ password: { $secret: "db/root" }, token: "[hidden]" }, "{ password: secret db/root, token: [hidden] }"],
  ])("writes %j on one line as %s", (value, text) => {
    expect(valueText(value)).toBe(text);
  });

  it("lets nothing through that steers a terminal, is invisible or turns the text round", () => {
    const hostile = "\u001b[31mred\u0007\r\nx\u009b2J\u202egnp\u2066\u200b\u00ad\u007f\ufeff";
    const texts = [hostile, [hostile], { [hostile]: hostile }, { $secret: hostile }].map(valueText);
    for (const text of texts) expect(text).toMatch(/^[\x20-\x7e]+$/);
    expect(valueText("\u001b[31m")).toBe('"\\u001b[31m"');
    expect(harmless("Grüße, 日本 🚀")).toBe("Grüße, 日本 🚀");
  });
});

describe("cut", () => {
  it("leaves what is short, and cuts the rest to one width", () => {
    expect(cut("x".repeat(56))).toBe("x".repeat(56));
    expect(cut("x".repeat(57))).toBe(`${"x".repeat(53)}...`);
    for (const from of [0, 20, 40, 99, 500]) expect(cut("x".repeat(100), from).length).toBeLessThanOrEqual(56);
  });

  it("keeps in sight what lies at a place", () => {
    expect(cut(`${"a".repeat(100)}HERE`, 100)).toBe("...aaaaaaaaHERE");
    expect(cut(`${"a".repeat(100)}HERE${"b".repeat(100)}`, 100)).toBe(`...aaaaaaaaHERE${"b".repeat(38)}...`);
    expect(cut(`HERE${"b".repeat(100)}`, 0)).toMatch(/^HERE/);
  });

  it("splits no character in two", () => {
    expect(cut("🚀".repeat(60))).toBe(`${"🚀".repeat(53)}...`);
  });
});

describe("pairText", () => {
  it("shows both as they are where they are short", () => {
    expect(pairText(["a"], ["b"])).toEqual(['["a"]', '["b"]']);
    expect(pairText(undefined, 1)).toEqual(["not set", "1"]);
  });

  it("shows of long texts where they begin to differ", () => {
    const url = "https://example.org/a/rather/long/path/to/something/for/";
    expect(pairText(`${url}staging`, `${url}production`)).toEqual(['...ing/for/staging"', '...ing/for/production"']);
    expect(pairText(url, `${url}x`)).toEqual(['...ing/for/"', '...ing/for/x"']);
    expect(pairText(undefined, url)).toEqual(["not set", `"${url.slice(0, 52)}...`]);
  });

  const hosts = Array.from({ length: 9 }, (_, index) => `web${index}.example.org`);

  it("counts the items of long lists, and shows those that the other has not", () => {
    expect(pairText(hosts, [...hosts.slice(1), "db1"])).toEqual([
      '9 items, only here: "web0.example.org"',
      '9 items, only here: "db1"',
    ]);
    expect(pairText(hosts, hosts.slice(1))).toEqual(['9 items, only here: "web0.example.org"', "8 items"]);
    expect(pairText([...hosts, hosts[0] ?? ""], hosts)[0]).toBe('10 items, only here: "web0.example.org"');
    expect(pairText(hosts, hosts.toReversed())).toEqual(["9 items, in another order", "9 items, in another order"]);
    expect(pairText(hosts, [1])).toEqual([
      expect.stringMatching(/^9 items, only here: .*\.\.\.$/),
      "1 item, only here: 1",
    ]);
    expect(pairText(hosts, [])[1]).toBe("0 items");
  });

  it("does not say that lists are alike that differ in what is hidden", () => {
    const users = hosts.map((name) => ({ name, password: "[hidden]" }));
    const [a, b] = pairText(users, structuredClone(users));
    expect(a).toBe(b);
    expect(a).toMatch(/^\[\{ name: "web0\.example\.org", password: \[hidden\] \}, /);
  });
});
