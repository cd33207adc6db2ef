/** Definitions as people write them, and as nobody should: what mutations start from. */
const DATA: readonly object[] = [
  {},
  { versions: { shop: "1.4.2" }, home: "/srv/shop", currency: "EUR", deep: { a: { b: { c: [1, 2, { d: null }] } } } },
  {
    deploy: {
      user: "shop",
      nodes: { web: ["w1", "w2.eu"], db: ["d1"] },
      policy: "rolling",
      keep: 3,
      maxUnreachable: 1,
    },
    hosts: {
      w1: { region: "eu", port: 22 },
      "w2.eu": { region: "eu", down: "disk" },
      d1: { system: "darwin", user: "own" },
    },
    regions: { eu: null, us: { zone: 1 } },
  },
  {
    deploy: {
      precmd: ["./stop", { run: ["a", "b"], once: true, timeout: 5 }],
      postcmd: "./start",
      health: { http: "http://x/", retries: 2, interval: 1 },
      waves: [{ regions: ["eu"], max: 1, soak: 5 }, { targets: ["db"] }],
      shared: ["log"],
      mutable: ["*.cache"],
    },
  },
  {
    "@region:eu": { a: 1 },
    "@target:web": { a: 2 },
    "@host:w1": { deploy: { user: "x" } },
    "@system:linux": { list: { $append: [9] } },
  },
  {
    list: { $append: ["x"], $remove: [1] },
    map: { $replace: { k: 1 } },
    gone: { $delete: true },
    kept: { $literal: { $x: "${y}" } },
  },
  {
    list: {
      $mergeBy: "name",
      items: [
        { name: "a", v: 1 },
        { name: "b", $delete: true },
      ],
    },
    secret: { $secret: "db/root" },
  },
  {
    a: "${map.k}/etc",
    b: "${list}",
    c: "$${plain}",
    d: "${env:USER} %HOMEDIR% {{environ.HOME}}",
    e: "${f}",
    f: "${g}",
    g: "end",
  },
  { extends: ["base", "./common/x"], $schema: "https://example.org/x.json", a: { from: "beta" } },
  {
    modules: { worker: { service: { n_instances: 3 } } },
    config: { mail: { x: 1 } },
    service: { worker: { queue: { $append: ["q"] } } },
  },
  {
    install: {
      groups: [
        { type: "tmpl", dir: "tmpl", skip: "^\\." },
        { type: "copy", files: ["a"], pattern: "(.*)", replace: "$1" },
      ],
    },
  },
  {
    files: [{ match: "bin/*", mode: "0755" }],
    state: { scope: "own", recipients: ["0123456789ABCDEF0123456789ABCDEF01234567"] },
    protected: true,
  },
  {
    numbers: [0, -1, 1.5, 1e21, 9007199254740991, -0.000001],
    flags: [true, false, null],
    texts: ["", " ", "\n", "é😀", "\u0000", "\u2028"],
  },
  { toString: 1, valueOf: { hasOwnProperty: 2 }, length: 3, "": 4, "a.b": { "c d": 5 }, "0": 6, __defineGetter__: 7 },
  {
    facsimile: { components: { shop: { repo: "x" } } },
    projects: { shop: { build: { run: ["make"] } } },
    build: { zone: "x" },
  },
];

const JSON5_ONLY: readonly string[] = [
  "{\n  // what runs there\n  versions: { shop: '1.0.0', },\n  /* all of it */ home: \"shop\",\n}\n",
  "{ unquoted: 'single', hex: 0x1F, plus: +1, lead: .5, trail: 5., text: 'a\\\n b', esc: '\\x41\\u0042\\'', $_: [,].length }".replace(
    "[,].length",
    "[]",
  ),
  "\ufeff{ a: Infinity, b: -NaN, c: 1e999, 'd\\u0061': 1, ℵ: [1, 2,], }",
  "{ '@host:w1': { x: [{}, [], [[[]]]] }, \"\\u005f_proto__\": {}, a\\u0062: 'x\u2028y' } // end",
];

const YAML_ONLY: readonly string[] = [
  "# what runs there\nversions:\n  shop: 1.0.0\nhome: shop\ndeploy:\n  user: shop\n  nodes:\n    web: [w1, w2]\n    db:\n      - d1\n",
  "base: &base { port: 22, list: &list [1, 2] }\nhosts:\n  w1: { <<: *base, region: eu }\n  w2:\n    <<: [*base, { user: x }]\nagain: *list\n",
  "text: |\n  two\n  lines\nfolded: >-\n  one\n  line\n\nquoted: \"a\\tb\\x41\"\nsingle: 'it''s'\nempty:\nnull: ~\n",
  "%YAML 1.2\n---\na: !!str 5\nb: !!float 1\nc: 0x1F\nd: 0o17\ne: .inf\nf: 2001-12-14\n1: one\n? two\n: 2\n...\n",
  '"@host:w1":\n  list: { $append: [3] }\n"@region:eu": {}\nmap:\n  $replace:\n    k: "${home}/x"\n',
  'a: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: { <<: { k: *c } }\n"__proto__": { x: 1 }\n',
];

const json = (indent: number) => DATA.map((value) => JSON.stringify(value, null, indent));

export const CORPUS: Readonly<Record<string, readonly string[]>> = {
  json5: [...json(2), ...JSON5_ONLY],
  json: [...json(1), ...json(0).slice(1, 4), '{"\\u005f_proto__":{"x":1},"a":"\\ud800"}'],
  yaml: [...json(0), ...YAML_ONLY],
};
