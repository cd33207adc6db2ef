import { expect, it } from "vitest";
import { movedScript } from "./movable.ts";

const HEADER = `#!/bin/sh\n'''exec' "$(dirname -- "$(realpath -- "$0")")/python" "$0" "$@"\n' '''\n`;

it.each([
  ["#!/b/venv/bin/python\nimport x\n", `${HEADER}import x\n`],
  ["#!/b/venv/bin/python3.11 -s\nimport x\n", `${HEADER}import x\n`],
  [`#!/bin/sh\n'''exec' "/b/venv/bin/python" "$0" "$@"\n' '''\nimport x\n`, `${HEADER}import x\n`],
  [`#!/bin/sh\n'''exec' /b/venv/bin/python "$0" "$@"\n' '''\n# x\n`, `${HEADER}# x\n`],
  ["#!/bin/sh\necho /b/venv/bin/python\n", "#!/bin/sh\necho /b/venv/bin/python\n"],
  ["#!/usr/bin/env python3\n", "#!/usr/bin/env python3\n"],
  ["\x7fELF\xff", "\x7fELF\xff"],
  ["", ""],
])("of %j a script that runs the Python beside it", (text, expected) => {
  expect(movedScript(text, "/b/venv/bin/python")).toBe(expected);
});
