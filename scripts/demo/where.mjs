import { join } from "node:path";
import { root } from "../lib/run.mjs";
import { gap, heading } from "./screen.mjs";

/** What lies where, or lay. */
export function printWhere({ dir, shop, fleet }, { stays }) {
  heading(stays ? "What is where" : "What was where");
  const rows = [
    [shop, "the repository: define/, tmpl/, keys/, and state/, encrypted and signed"],
    [join(dir, "home"), "a home for the demo: the operator's key, git's settings, the copy named dev"],
    [join(fleet, "homes"), "the homes of the six hosts; each holds shop/<project>/current"],
  ];
  const width = Math.max(...rows.map(([place]) => place.length));
  for (const [place, what] of rows) console.log(`  ${place.padEnd(width)}  ${what}`);
  if (!stays) console.log("\n  All of it is removed. To look around:  npm run demo -- --keep");
  gap();
}

/** How to go on with a demo that stays, and how to stop it. */
export function printKept({ dir, shop }) {
  console.log(`Hosts, servers and ${dir} stay. To go on, in any shell:

  export PATH=${join(dir, "bin")}:$PATH && cd ${shop}
  facs plan staging storefront@1.0.0
  facs deploy staging storefront@1.0.0
  ssh -F ../fleet/ssh_config web1.eu

That facs uses the home and the key of the demo, not yours. To stop:

  cd ${quoted(root)} && npm run demo -- --stop ${dir}
`);
}

function quoted(path) {
  return /^[\w./@+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
