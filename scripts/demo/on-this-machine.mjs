// The demo's first half: a definitions repository, and an instance on this machine.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib/run.mjs";
import { ask, findPort } from "./ask.mjs";
import { edit } from "./edit.mjs";
import { expectSame } from "./expect.mjs";
import { heading, remark } from "./screen.mjs";

// Of the example. Tests of the demo begin their search elsewhere.
const PORT = 8077;

export async function makeRepository({ world: { shop }, type }) {
  heading("A repository that says what the environments are");
  await type(`cp -r templates-repo-example ${shop} && cd ${shop}`, { cwd: root });
  // A clone in which somebody works may hold what it ignores.
  for (const name of ["sources", "SRC", "BUILD", "RELEASE"]) rmSync(join(shop, name), { recursive: true, force: true });
  const port = await findPort(Number(process.env.FACS_DEMO_PORT ?? PORT));
  if (port !== PORT) movePort({ shop, port });
  await type("node make-sources.mjs", { says: ["sources/storefront: made", "sources/ledger: made"] });
  await type("git init --quiet && facs init", { says: ["Robin Operator"] });
  await type('git add --all && git commit --quiet -m "our environments"');
  await type("facs list", { says: ["staging", "6 hosts", "storefront 1.0.0"] });
  return port;
}

function movePort({ shop, port }) {
  edit(join(shop, "define/storefront.json5"), { from: `port: ${PORT}`, to: `port: ${port}` });
  remark(`Port ${PORT} is taken here, so define/storefront.json5 now says ${port}.`);
}

export async function deployHere({ world: { bare }, type, port, signal }) {
  heading("A copy on this machine, with neither ssh nor rsync nor gpg");
  remark(`In ${bare} are node, git, sh, tar and coreutils.`);
  const loop = "for tool in ssh rsync gpg; do command -v $tool || echo no $tool; done";
  await type(`PATH=${bare} sh -c '${loop}'`, { says: ["no ssh\nno rsync\nno gpg\n"] });
  await type(`PATH=${bare} facs deploy dev`, { says: ["storefront 1.0.0"] });
  const url = `http://127.0.0.1:${port}/`;
  const answer = await ask(url, signal);
  remark(`${url} answers ${JSON.stringify(answer)}`);
  const { version, region } = answer;
  expectSame(url, { expected: { version: "1.0.0", region: "local" }, seen: { version, region } });
  remark("init.sql goes to no host: it is rendered when asked for, its password masked.");
  await type("facs render dev ledger init.sql", { says: ["CREATE ROLE reports LOGIN PASSWORD"] });
}
