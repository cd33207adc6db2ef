import { isSensitive } from "@facsimile/definitions";

// `password: "x"`, `"api-key": 'x'` and, in YAML, `token: x`; `$secret: "name"` is no secret.
const QUOTED = /(?<![\w$.-])(["']?)([\w.-]+)\1(\s*:\s*)(["'])((?:\\.|(?!\4).)*)\4/g;
const PLAIN = /^(\s*(?:- )?)([\w.-]+)(:\s+)([^\s"'{[&*|>#].*)$/;

/** A line of a definition with stars, as many, in the place of a secret that stands in clear. */
export function hiddenLine(line: string): string {
  const quoted = line.replace(QUOTED, (all, edge: string, key: string, colon: string, quote: string, text: string) =>
    isSensitive([key]) ? `${edge}${key}${edge}${colon}${quote}${"*".repeat(text.length)}${quote}` : all,
  );
  return quoted.replace(PLAIN, (all, start: string, key: string, colon: string, text: string) =>
    isSensitive([key]) ? `${start}${key}${colon}${"*".repeat(text.length)}` : all,
  );
}
