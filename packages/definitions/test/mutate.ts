const TOKENS: readonly string[] = [
  ..."{}[]:,\"'\\#-?!|>%@`=~^".split(""),
  ...[
    "\n",
    "\r",
    "\t",
    " ",
    "  ",
    "\0",
    "\x1b",
    "\x7f",
    "\u0085",
    "\u00a0",
    "\u2028",
    "\u2029",
    "\ufeff",
    "\ud800",
    "\udc00",
    "😀",
    "\u202e",
  ],
  ...[
    "&a ",
    "*a",
    "<<: ",
    "<<: *a",
    "&a [*a]",
    "!!js/function ",
    "!!binary ",
    "!!set ",
    "!!timestamp ",
    "!x ",
    "%YAML 1.1\n",
    "---\n",
    "...\n",
    "? ",
    "- ",
    ": ",
    "|\n",
    ">\n",
  ],
  ...[
    "$append",
    "$remove",
    "$delete",
    "$replace",
    "$literal",
    "$mergeBy",
    "$secret",
    "$schema",
    "$",
    "items",
    "extends",
  ],
  ...[
    "__proto__",
    "constructor",
    "prototype",
    '"__proto__": {"x": 1},',
    "'\\x5f_proto__': {x: 1},",
    "toString",
    "length",
  ],
  ...[
    "@host:x",
    "@host:w1",
    "@region:",
    "@system:linux",
    "@@",
    "deploy",
    "nodes",
    "hosts",
    "modules",
    "projects",
    "versions",
  ],
  ...["${", "}", "${a.b}", "${a}", "$${", "${env:HOME}", "${}", '${"', "%HOMEDIR%", "{{environ.USER}}"],
  ...[
    "0x",
    "1e999",
    "-0",
    "NaN",
    "Infinity",
    ".inf",
    "1_000",
    "0o7",
    "00",
    "9".repeat(400),
    "0.".padEnd(300, "1"),
    "1e-400",
    "12345678901234567890",
  ],
  ...["//", "/*", "*/", "// x\n", "/**/", "\\u", "\\u00", "\\x", "\\ud800", "\\u0000", "\\\n"],
  ...[
    "[".repeat(150),
    "{a:".repeat(150),
    '{"a":'.repeat(150),
    "- ".repeat(150),
    "]".repeat(50),
    "a: ".repeat(50),
    "x".repeat(2000),
  ],
];

export type Random = () => number;

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A text of the corpus with one to three changes. */
export function mutated(corpus: readonly string[], random: Random): string {
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(items: readonly T[]) => items[below(items.length)] as T;
  let text = pick(corpus);
  for (let changes = 1 + below(3); changes > 0; changes--)
    text = pick(CHANGES)(text, { below, other: pick(corpus), token: pick(TOKENS) });
  return text;
}

interface Means {
  /** A whole number from 0 to below the limit. */
  readonly below: (limit: number) => number;
  readonly other: string;
  readonly token: string;
}

type Change = (text: string, means: Means) => string;

/** What the text is between `from` and `to`, replaced. */
const splice = (text: string, [from, to]: readonly [number, number], by: string) =>
  text.slice(0, from) + by + text.slice(to);

const insertToken: Change = (text, { below, token }) => {
  const at = below(text.length + 1);
  return splice(text, [at, at], token);
};

/** Puts something in the place of one match. */
function replaceOne(pattern: RegExp, by: (means: Means) => string): Change {
  return (text, means) => {
    const found = [...text.matchAll(pattern)];
    const one = found[means.below(found.length)];
    return one === undefined ? text : splice(text, [one.index, one.index + one[0].length], by(means));
  };
}

const QUOTED = /"[^"\\\n]*"|'[^'\\\n]*'/g;
const SINGLE = /(?<=[:[,]\s*)(?:"[^"\\\n]*"|-?\d[\d.]*|true|false|null)/g;
const VALUES = [
  "null",
  "[]",
  "{}",
  '["w1"]',
  '{"$delete": true}',
  '{"$append": [1]}',
  '{"$secret": "a"}',
  '{"k": {"$literal": "${x}"}}',
  "-1",
  "1e999",
  '"${map.k}"',
  '"${c}"',
];

const CHANGES: readonly Change[] = [
  insertToken,
  insertToken,
  // A text becomes another text, and a value another value, in whatever format.
  replaceOne(QUOTED, ({ token }) => JSON.stringify(token)),
  replaceOne(QUOTED, ({ token }) => JSON.stringify(token)),
  replaceOne(SINGLE, ({ below }) => VALUES[below(VALUES.length)] ?? ""),
  replaceOne(SINGLE, ({ below }) => VALUES[below(VALUES.length)] ?? ""),
  replaceOne(SINGLE, ({ token }) => token),
  replaceOne(/\n[^\n]*/g, () => ""),
  (text, { below }) => {
    const at = below(text.length);
    return splice(text, [at, at + 1], String.fromCharCode(text.charCodeAt(at) ^ (1 << below(8))));
  },
  (text, { below }) => {
    const at = below(text.length);
    return splice(text, [at, at + 1 + below(8)], "");
  },
  (text, { below }) => {
    const from = below(text.length);
    return splice(text, [from, from], text.slice(from, from + below(40)));
  },
  (text, { below, other }) => text.slice(0, below(text.length + 1)) + other.slice(below(other.length + 1)),
  (text, { below, other }) => {
    const [at, from] = [below(text.length + 1), below(other.length)];
    return splice(text, [at, at], other.slice(from, from + below(60)));
  },
  (text, { below }) => text.slice(0, below(text.length + 1)),
];
