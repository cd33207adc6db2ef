import { parsePath } from "@facsimile/core";
import type { ExplainedLeaf, Explanation, Origin, Value } from "@facsimile/definitions";
import { describe, expect, it } from "vitest";
import { explainText } from "./explain.ts";
import { layersText, notesText } from "./explain-layers.ts";
import { createStyle } from "./style.ts";

const unicode = await createStyle({ colour: false, unicode: true });
const ascii = await createStyle({ colour: false, unicode: false });

/** `from("define/a.json5:6:11", "x")`: a layer and what it left. */
function from(place: string, value?: Value, view?: string): Origin {
  const [file = "", line, column] = place.split(":");
  const position = line === undefined ? undefined : { file, line: Number(line), column: Number(column) };
  return { layer: file, view, position, value, overrode: [] };
}

function leaf(path: string, [first, ...overrode]: readonly Origin[], more: Partial<ExplainedLeaf> = {}): ExplainedLeaf {
  const origin = first && { ...first, overrode };
  return { path: parsePath(path), value: first?.value, origin, uses: [], elsewhere: [], ...more };
}

function explanation(leaves: readonly ExplainedLeaf[], more: Partial<Explanation> = {}): Explanation {
  return { path: [], leaves, missing: undefined, projects: [], layers: [], source: undefined, problems: [], ...more };
}

const user = leaf("deploy.user", [
  from("define/staging.json5:6:11", "shop"),
  from("define/storefront.json5:3:11", "storefront"),
  from("define/facsimile.json5:12:11", "nobody"),
]);

const text = (leaves: readonly ExplainedLeaf[], width?: number) =>
  explainText(explanation(leaves), { style: unicode, width }).split("\n");

describe("explainText", () => {
  it("tells who set a value, and beneath it what was overridden, in columns", () => {
    expect(explainText(explanation([user]), { style: unicode })).toBe(`deploy.user = "shop"
  define/staging.json5:6:11       "shop"       ← this one
  define/storefront.json5:3:11    "storefront"   overridden
  define/facsimile.json5:12:11    "nobody"       overridden
`);
    expect(explainText(explanation([user]), { style: ascii })).toBe(`deploy.user = "shop"
  define/staging.json5:6:11       "shop"       <- this one
  define/storefront.json5:3:11    "storefront"    overridden
  define/facsimile.json5:12:11    "nobody"        overridden
`);
  });

  it("says default, --set, and which block of a file it was", () => {
    const found = leaf("deploy.keep", [
      from("--set deploy.keep", 9),
      from("define/a.json5:2:3", 7, "@host:db1.eu"),
      from("defaults", 5),
    ]);
    expect(text([found])).toEqual([
      "deploy.keep = 9",
      "  --set deploy.keep                   9 ← this one",
      "  define/a.json5:2:3    @host:db1.eu  7   overridden",
      "  default                             5   overridden",
      "",
    ]);
  });

  it("shows how a value was written, and what it was made of", () => {
    const uses = [
      { path: ["home"], value: "/srv", origin: from("define/b.json5:1:9", "/srv") },
      { path: ["nope"], value: undefined, origin: undefined },
    ];
    expect(text([leaf("etc", [from("define/a.json5:3:4", "${home}/${nope}")], { value: "/srv/", uses })])).toEqual([
      'etc = "/srv/"',
      '  define/a.json5:3:4    "${home}/${nope}" ← this one',
      '  with  home = "/srv"    define/b.json5:1:9',
      "        nope is not set",
      "",
    ]);
  });

  it("tells who sees another value, and what to type to look with their eyes", () => {
    const block = from("define/a.json5:5:20", "USD", "@region:us");
    const made = { ...from("define/b.json5:1:1", "x"), overrode: [from("define/a.json5:7:20", "y", "@host:w1")] };
    const elsewhere = [
      { view: "@region:us", value: "USD", origin: block },
      { view: "@host:w1", value: "x", origin: made },
      { view: "@target:web", value: undefined, origin: from("define/a.json5:8:1", undefined, "@target:web") },
      { view: "@system:darwin", value: "D", origin: from("define/a.json5:3:4", "${d}") },
    ];
    expect(text([leaf("currency", [from("define/a.json5:3:4", "EUR")], { elsewhere })])).toEqual([
      'currency = "EUR"',
      '  define/a.json5:3:4                  "EUR"     ← this one',
      '  define/a.json5:5:20    @region:us   "USD"       with --region us',
      '  define/a.json5:7:20    @host:w1     "x"         with --host w1',
      "  define/a.json5:8:1     @target:web  taken out   with --target web",
      '  define/a.json5:3:4                  "D"         on darwin',
      "",
    ]);
    const only = leaf("currency", [], { elsewhere: elsewhere.slice(0, 1) });
    expect(text([only])).toEqual([
      "currency is not set for all",
      '  define/a.json5:5:20    @region:us  "USD"   with --region us',
      "",
    ]);
  });

  it("says where a value was taken out, and what was never set", () => {
    const taken = leaf("old", [from("define/a.json5:3:4"), from("define/b.json5:1:1", 5), from("define/c.json5:1:1")]);
    expect(text([taken])).toEqual([
      "old is not set",
      "  define/a.json5:3:4    taken out ← this one",
      "  define/b.json5:1:1    5           overridden",
      "  define/c.json5:1:1    not set     overridden",
      "",
    ]);
  });

  it("gives a line each to many values of which there is but one thing to tell", () => {
    const leaves = [
      leaf("deploy.keep", [from("defaults", 5)]),
      leaf("deploy.shared", [from("define/a.json5:9:3", ["var"])]),
      user,
      leaf('hosts."db1.eu".port', [from("define/a.json5:8:3", 22, "@region:eu")]),
    ];
    expect(text(leaves)).toEqual([
      "deploy.keep = 5           default",
      'deploy.shared = ["var"]   define/a.json5:9:3',
      "",
      ...text([user]),
      'hosts."db1.eu".port = 22   define/a.json5:8:3   @region:eu',
      "",
    ]);
  });

  it("writes a long list item by item; of each layer, how it changed the list", () => {
    const [a, b, c, d] = ["a", "b", "c", "d"].map((each) => `${each}.${"x".repeat(30)}`) as [string, string, string, string]; // biome-ignore format: one line
    const layers = [[b, c], [b, a, c], [a, b, c], [a, b, c, d], [d]].map((list, index) => from(`define/${index}.json5:1:1`, list)); // biome-ignore format: one line
    expect(text([leaf("list", layers)], 60)).toEqual([
      "list = [",
      `  "${b}",`,
      `  "${c}",`,
      "]",
      `  define/0.json5:1:1    2 items: - "a.xxxxx... ← this one`,
      `  define/1.json5:1:1    3 items: in another...   overridden`,
      `  define/2.json5:1:1    3 items: - "d.xxxxx...   overridden`,
      `  define/3.json5:1:1    4 items: + "a.xxxxx...   overridden`,
      `  define/4.json5:1:1    1 item                   overridden`,
      "",
    ]);
  });

  it("cuts long values to what the terminal has, never the value that was asked for", () => {
    const long = "word ".repeat(40);
    for (const width of [40, 80, 200]) {
      const [title, row = ""] = text([leaf("long", [from("define/a.json5:1:1", long)])], width);
      expect(title).toBe(`long = ${JSON.stringify(long)}`);
      expect(row.length).toBeLessThanOrEqual(Math.max(width, 52));
      expect(row).toMatch(/\.\.\. ← this one$/);
    }
  });

  it("lets nothing steer the terminal", () => {
    const evil = leaf("x", [from("define/\u001b[2J.json5:1:1", "\u001b[2J\u202e")], { path: ["\u009bK"] });
    const shown = explainText(explanation([evil, evil]), { style: unicode, all: true });
    expect(shown).not.toMatch(/[\0-\t\v-\x1f\x7f-\x9f\u202e]/);
  });

  it("colours the name, dims what is overridden, and adds nothing else", async () => {
    const style = await createStyle({ colour: true, unicode: true });
    const coloured = explainText(explanation([user, leaf("a", [from("defaults", 1)])]), { style });
    expect(coloured).toContain("\u001b[1mdeploy.user\u001b[22m = ");
    expect(coloured).toContain("\u001b[2m  define/storefront.json5");
    expect(coloured).toContain("\u001b[1ma\u001b[22m = 1   default");
    const plain = explainText(explanation([user, leaf("a", [from("defaults", 1)])]), { style: unicode });
    expect(coloured.replaceAll(/\u001b\[\d+m/g, "")).toBe(plain);
  });
});

describe("layers", () => {
  const layers: Explanation["layers"] = [
    { name: "defaults", role: "defaults", found: true, isParent: false, views: [], sets: false },
    { name: "define/modules.json5", role: "modules", found: true, isParent: false, views: [], sets: false },
    {
      name: "define/facsimile.json5",
      role: "base",
      found: true,
      isParent: false,
      views: ["@region:eu", "@host:w1"],
      sets: true,
    },
    { name: "define/p.json5", role: "project", found: false, isParent: false, views: [], sets: false },
    { name: "define/common/x.json5", role: "instance", found: true, isParent: true, views: [], sets: false },
    { name: "define/beta.json5", role: "instance", found: true, isParent: false, views: [], sets: false },
  ];

  it("are told strongest first, with the blocks that apply and what is missing", () => {
    expect(layersText(explanation([], { layers }), { who: "beta, p" })).toBe(`beta, p: layers, strongest first
  define/beta.json5       instance
  define/common/x.json5     extended
  define/p.json5          project         not there
  define/facsimile.json5  every instance             @region:eu @host:w1
  define/modules.json5    modules
  defaults
`);
  });

  it("say with --all whether they set the value", () => {
    const shown = explainText(explanation([user], { layers }), { style: ascii, all: true });
    expect(shown.split("\n\n")[1]).toBe(`looked at, strongest first
  define/beta.json5       instance        says nothing of it
  define/common/x.json5     extended      says nothing of it
  define/p.json5          project         not there
  define/facsimile.json5  every instance  sets it             @region:eu @host:w1
  define/modules.json5    modules         says nothing of it
  defaults                                says nothing of it
`);
  });
});

describe("notesText", () => {
  const notes = (more: Partial<Explanation>, key = "a.b") =>
    notesText(explanation([], more), { who: ["beta", "p"], key: parsePath(key), style: ascii });
  const source = { folder: "SRC/p-1", found: false, isWhole: false };

  it("says what was not looked at, and nothing where all was", () => {
    expect(notes({})).toBe("");
    expect(notes({ source: { ...source, found: true } })).toBe("");
    expect(notes({ source })).toBe(
      "! the source's own definitions were not looked at: SRC/p-1 is not there (facs plan beta p fetches it)\n",
    );
    expect(notes({ source: { ...source, isWhole: true } })).toBe(
      "! what lies here was explained, not the version of beta: SRC/p-1 is not there (facs plan beta p fetches it)\n",
    );
    expect(notes({ source: { ...source, found: true, isWhole: true } })).toBe(
      "! as the version of beta has it, in SRC/p-1\n",
    );
  });

  it("names projects that set the value for themselves, and counts what is wrong", () => {
    expect(notes({ projects: ["q" as never] }, 'hosts."a b"')).toBe(
      "! a project sets it for itself too: facs explain beta q 'hosts.\"a b\"'\n",
    );
    expect(notes({ problems: [new Error() as never] })).toBe(
      "! 1 problem keeps beta from being deployed; facs lint tells all\n",
    );
    expect(notes({ problems: [new Error(), new Error()] as never })).toBe(
      "! 2 problems keep beta from being deployed; facs lint tells all\n",
    );
  });
});
