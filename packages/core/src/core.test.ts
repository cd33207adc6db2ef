import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { didYouMean, FacsimileError, formatPath, formatProblem, isFacsimileError, parseHost, parseInstance, parsePath, parseProjectSpec, parseVersion, problemsOf, Redactor, Secret, settled, throwProblems } from "./index.ts"; // biome-ignore format: one line

describe("FacsimileError", () => {
  const position = { file: "define/dev.json5", line: 3, column: 7 };
  const one = new FacsimileError("A", "a is wrong", { hint: "Mend a.", position });

  it("says where and what", () => {
    expect(formatProblem(one)).toBe("define/dev.json5:3:7: a is wrong");
  });

  it("is known by name and code, not by class", () => {
    const foreign = Object.assign(new Error("x"), { name: "FacsimileError", code: "A" });
    expect([isFacsimileError(foreign), isFacsimileError(foreign, "A"), isFacsimileError(foreign, "B")]).toEqual([
      true,
      true,
      false,
    ]);
    expect(isFacsimileError(new Error("x"))).toBe(false);
  });

  it("is thrown alone when alone, and with the others when not", () => {
    const two = new FacsimileError("B", "b is wrong");
    expect(() => throwProblems([])).not.toThrow();
    expect(() => throwProblems([one])).toThrow(one);
    try {
      throwProblems([one, two]);
    } catch (error) {
      expect(isFacsimileError(error, "PROBLEMS") && problemsOf(error)).toEqual([one, two]);
    }
    expect.assertions(3);
  });

  it("is told once, however often it was found", () => {
    const again = new FacsimileError("A", "a is wrong", { position: { ...position } });
    const elsewhere = new FacsimileError("A", "a is wrong");
    expect(() => throwProblems([one, again])).toThrow(expect.objectContaining({ code: "A" }));
    expect(() => throwProblems([one, elsewhere, again])).toThrow(
      expect.objectContaining({ code: "PROBLEMS", problems: [again, elsewhere] }),
    );
  });
});

describe("settled", () => {
  const later = (error?: Error) => new Promise<string>((resolve, reject) => setTimeout(() => (error ? reject(error) : resolve("done")), 5)); // biome-ignore format: one line
  const [one, two] = [new FacsimileError("A", "a is wrong"), new FacsimileError("B", "b is wrong")];

  it("gives what all give", async () => {
    expect(await settled([later(), Promise.resolve(1)])).toEqual(["done", 1]);
  });

  it("waits for all, then tells all that went wrong; a bug as it is", async () => {
    let ended = false;
    const last = later().then(() => (ended = true));
    await expect(settled([Promise.reject(one), later(two), last])).rejects.toMatchObject({ problems: [one, two] });
    expect(ended).toBe(true);
    const bug = new Error("a bug");
    await expect(settled([Promise.reject(one), later(bug)])).rejects.toBe(bug);
  });
});

describe("Secret", () => {
  const secret = new Secret("hunter2!", "passwd/db");

  it("shows itself in no way of printing", () => {
    const shown = [
      `${secret}`,
      String(secret),
      JSON.stringify({ secret }),
      inspect({ deep: [secret] }),
      inspect(secret, { showHidden: true }),
    ];
    expect(shown.join()).not.toContain("hunter2");
    expect(secret.reveal()).toBe("hunter2!");
  });

  it("is found by the redactor in every usual encoding", () => {
    const redactor = new Redactor();
    redactor.add(new Secret('a"b/c+d e', "s"));
    const raw = Buffer.from('a"b/c+d e');
    const texts = [
      raw.toString(),
      raw.toString("base64"),
      raw.toString("hex"),
      encodeURIComponent(raw.toString()),
      JSON.stringify(raw.toString()),
    ];
    for (const text of texts) expect(redactor.redact(`<${text}>`)).toMatch(/^<"?‹s›"?>$/);
    expect(redactor.redact("nothing here")).toBe("nothing here");
  });

  it("is found in forms, in other spellings of the same escapes, and inside of longer base64", () => {
    const value = 'p/ä"s s+w%ö=rd, somewhat longer than one line of MIME, so that it is broken into several of them';
    const redactor = new Redactor();
    redactor.add(new Secret(value, "s"));
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    const lines = (base64(value).match(/.{1,76}/g) ?? []).join("\n");
    const texts = [
      new URLSearchParams({ x: value }).toString(),
      encodeURIComponent(value).replace(/%../g, (code) => code.toLowerCase()),
      JSON.stringify(value).replaceAll("/", "\\/"),
      JSON.stringify(value).replace("ä", "\\u00e4").replace("ö", "\\u00f6"),
      ...["", "u:", "us:", "use:"].map((before) => base64(`${before}${value}:after`)),
      Buffer.from(`us:${value}`).toString("base64url"),
      lines,
    ];
    for (const text of texts) {
      const left = redactor.redact(text);
      expect(left, text).toContain("‹s›");
      expect(left.length, left).toBeLessThan(40);
    }
  });

  it("is found without the end of its last line, and with other ends of lines", () => {
    const redactor = new Redactor();
    redactor.add(new Secret("hunter2\n", "short"), new Secret("first-line\r\nsecond-line\r\n", "windows"));
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    for (const text of ["hunter2", base64("hunter2"), Buffer.from("hunter2").toString("hex")])
      expect(redactor.redact(`<${text}>`)).toBe("<‹short›>");
    for (const text of ["first-line\nsecond-line", base64("first-line\nsecond-line\n"), "first-line\\nsecond-line"])
      expect(redactor.redact(`<${text}>`)).toBe("<‹windows›>");
    expect(redactor.redact("  first-line\n  second-line\n")).toBe("  ‹windows›\n  ‹windows›\n");
  });

  it("is found as shells, SQL, XML, patterns and others quote it", () => {
    const redactor = new Redactor();
    redactor.add(new Secret("it's", "s"), new Secret('a<"b$c" .d', "t"), new Secret("x!(y)/z z", "u"));
    const texts = [
      ...["it'\\''s", `it'"'"'s`, "it''s", "it\\'s", "it&#39;s", "it&#x27;s", "it&apos;s"],
      ...['a<""b$c"" .d', 'a<\\"b\\$c\\" .d', 'a<"b\\$c" \\.d', 'a\\<\\"b\\$c\\"\\ .d', 'a&lt;"b$c" .d', "a&lt;&#34;b$c&#34; .d"],
      ...["x%21%28y%29%2Fz%20z", "x%21%28y%29/z+z", "x!(y)/z%20z", "x\\!\\(y\\)/z\\ z"],
    ]; // biome-ignore format: a table
    for (const text of texts) expect(redactor.redact(`<${text}>`), text).toMatch(/^<‹[stu]›>$/);
  });

  it("is found where another one ends within it", () => {
    const redactor = new Redactor();
    redactor.add(new Secret("user:top-", "a"), new Secret("top-secret-1", "b"));
    expect(redactor.redact("<user:top-secret-1> <top-secret-1> <user:top->")).toBe("<‹a›‹b›> <‹b›> <‹a›>");
  });

  it("may be a megabyte long, and as many as there are", () => {
    const redactor = new Redactor();
    const long = Buffer.alloc(750_000, "0123456789abcdef").toString("base64");
    redactor.add(
      new Secret(long, "tls/bundle"),
      ...Array.from({ length: 1000 }, (_, n) => new Secret(`value-${n}`, `s${n}`)),
    );
    const text = redactor.redact(`${long} value-77 value-999 ${JSON.stringify({ long })} value-1000`);
    expect(text).toBe('‹tls/bundle› ‹s77› ‹s999› {"long":"‹tls/bundle›"} ‹s100›0');
  });

  it("may be any text, also one that is no valid Unicode", () => {
    const redactor = new Redactor();
    redactor.add(new Secret("bad\ud800text", "s"));
    expect(redactor.redact("<bad\ud800text>")).toBe("<‹s›>");
  });
});

describe("names", () => {
  it("takes an instance apart once", () => {
    expect(parseInstance("dev.dev0")).toEqual({ full: "dev.dev0", parts: ["dev", "dev0"] });
    for (const bad of ["", ".", "a..b", "a/b", "-a", "a\n", "ä"])
      expect(() => parseInstance(bad)).toThrow("not a name of instance");
  });

  it("reads project@version", () => {
    expect(parseProjectSpec("storefront@1.1.0")).toEqual({ project: "storefront", version: "1.1.0" });
    expect(parseProjectSpec("storefront")).toEqual({ project: "storefront", version: undefined });
    for (const bad of ["a@", "a@-x", "a@1..2", "a@x.lock", "a b@1"])
      expect(() => parseProjectSpec(bad)).toThrow("is not a name");
    expect(() => parseProjectSpec("a@")).toThrow('"a@" is not a name of a project: no version follows the @');
  });

  it("lets no host or version name reach a command line as an option or shell text", () => {
    for (const bad of ["-oProxyCommand=x", "a;b", "a b", "$(id)", "a\nb", "../x", ""]) {
      expect(() => parseHost(bad), bad).toThrow("is not a name");
      expect(() => parseVersion(bad), bad).toThrow("is not a name");
    }
  });
});

describe("paths of keys", () => {
  it("reads what it writes", () => {
    const path = ["hosts", "db1.eu", 'a"b', "@region:eu", "port"];
    expect(formatPath(path)).toBe('hosts."db1.eu"."a\\"b".@region:eu.port');
    expect(parsePath(formatPath(path))).toEqual(path);
  });

  it("says where a path stops making sense", () => {
    expect(() => parsePath("a..b")).toThrow("column 3");
    expect(() => parsePath('a."b')).toThrow("column 3");
    expect(() => parsePath("")).toThrow("column 1");
  });
});

it("guesses what was meant, and does not guess wildly", () => {
  expect(didYouMean("frontnd", ["database", "frontend"])).toBe("frontend");
  expect(didYouMean("zebra", ["database", "frontend"])).toBeUndefined();
});
