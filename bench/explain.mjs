// `facs explain` as a whole process, from its start to its exit, against a bare `node -e 0`, in pairs of one run. The world
// is a conglomerate of 2,000 files of which the chain reads six: four layers, the modules and a checkout's own definitions.
//   node bench/explain.mjs [--rounds 31]
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const FACS = fileURLToPath(new URL("../packages/cli/bin/facs.mjs", import.meta.url));
const { values } = parseArgs({ options: { rounds: { type: "string", default: "31" } } });
const rounds = Number(values.rounds);

const dir = mkdtempSync(join(tmpdir(), "facs-bench-"));
try {
  const files = writeWorld(dir);
  const key = ["explain", "group7.i3", "project5", "paths.data"];
  const facs = () => clock([FACS, ...key]);
  const node = () => clock(["-e", "0"]);
  for (const work of [facs, node]) work(); // A first run finds cold caches.
  const pairs = Array.from({ length: rounds }, (_, round) => pair(round % 2 === 0, { facs, node }));
  const ratios = pairs.map((one) => one.facs / one.node).sort((a, b) => a - b);
  const of = (who) => median(pairs.map((one) => one[who]));
  const [low, high] = [ratios[0], ratios.at(-1)];
  const found = { facsMs: of("facs"), nodeMs: of("node"), ratio: median(ratios), low, high };
  const rounded = Object.fromEntries(Object.entries(found).map(([name, number]) => [name, Number(number.toFixed(2))]));
  console.log(JSON.stringify({ bench: "explain", files, rounds, ...rounded }));
} finally {
  rmSync(dir, { recursive: true, force: true });
}

function pair(isFacsFirst, { facs, node }) {
  const first = isFacsFirst ? facs() : node();
  const second = isFacsFirst ? node() : facs();
  return isFacsFirst ? { facs: first, node: second } : { facs: second, node: first };
}

function clock(args) {
  const began = performance.now();
  execFileSync(process.execPath, args, { cwd: dir, stdio: ["ignore", "pipe", "pipe"] });
  return performance.now() - began;
}

/** 20 projects, 100 groups of 18 instances and more; @returns how many files */
function writeWorld(root) {
  let files = 0;
  const write = (file, body) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), JSON.stringify(body, undefined, 2));
    files++;
  };
  const names = Array.from({ length: 20 }, (_, index) => `project${index}`);
  const keys = (count, value) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`key${n}`, value]));
  write("define/facsimile.json5", {
    projects: Object.fromEntries(names.map((name) => [name, { repo: `sources/${name}`, targets: ["web", "db"] }])),
    home: "/srv/shop",
    paths: { data: "${home}/data", logs: "${home}/logs" },
    ...keys(60, "everywhere"),
    "@region:us": { home: "/srv/us" },
  });
  write(
    "define/modules.json5",
    names.map((name) => ({ name, db: { name, port: 5432 } })),
  );
  for (const name of names)
    write(`define/${name}.json5`, { paths: { data: "${home}/data/project" }, ...keys(30, name) });
  for (let group = 0; group < 100; group++) {
    const hosts = ["web1", "web2", "db1"].map((name) => `${name}.group${group}`);
    write(`define/group${group}.json5`, {
      versions: Object.fromEntries(names.map((name) => [name, "1.0.0"])),
      deploy: { nodes: { web: hosts.slice(0, 2), db: hosts.slice(2) } },
      hosts: Object.fromEntries(hosts.map((name, n) => [name, { region: n === 1 ? "us" : "eu" }])),
      ...keys(30, `group${group}`),
    });
    for (let n = 0; n < 18; n++) write(`define/group${group}.i${n}.json5`, { home: `/srv/i${n}`, ...keys(15, n) });
  }
  write("SRC/project5-1.0.0/config/facsimile/facsimile.json5", keys(30, "source"));
  while (files < 2000) write(`define/unused/file${files}.json5`, keys(15, files));
  return files;
}

function median(all) {
  return [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];
}
