import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const count = (length, item) => Array.from({ length }, (_, index) => item(index));
const map = (length, entry) => Object.fromEntries(count(length, entry));

/** 1 base, 50 groups with 9 parts each but one, 500 instances with 2 parts each: 2,000 JSON5 files. */
export function writeMany(root) {
  let files = 0;
  const write = (name, value) => {
    files++;
    const file = join(root, "define", `${name}.json5`);
    mkdirSync(dirname(file), { recursive: true });
    const text = JSON.stringify(value, null, 2).replace(/"([A-Za-z_]\w*)":/g, "$1:");
    writeFileSync(file, `// written by bench/definitions.mjs\n${text}\n`);
  };
  write("facsimile", base(4));
  for (let group = 0; group < 50; group++) {
    const parts = count(group === 0 ? 8 : 9, (part) => `parts/group${group}-${part}`);
    parts.forEach((part, index) => void write(part, { [`section${index}`]: section(`g${group}`, 2) }));
    write(`group${group}`, { extends: parts.map((part) => `./${part}`), deploy: { user: `user${group}` } });
    for (let member = 0; member < 10; member++) {
      const own = count(2, (part) => `parts/group${group}.i${member}-${part}`);
      own.forEach((part, index) => void write(part, { [`own${index}`]: section(`i${member}`, 2) }));
      write(`group${group}.i${member}`, {
        extends: own.map((part) => `./${part}`),
        ...fleet(`g${group}i${member}`, 4),
      });
    }
  }
  return { files, instances: 500 };
}

/** 20 projects × 10 groups × 5 members as plain JSON, each file about so large. */
export function writeMatrix(root, { kilobytes }) {
  let bytes = 0;
  const write = (name, value) => {
    const sections = {};
    const full = { ...value, [`${name.replace(/\W/g, "_")}_sections`]: sections };
    for (let n = 0; JSON.stringify(full, null, 2).length < kilobytes * 1000; n++) sections[`s${n}`] = section(name, 1);
    const text = JSON.stringify(full, null, 2);
    bytes += text.length;
    mkdirSync(join(root, "define"), { recursive: true });
    writeFileSync(join(root, "define", `${name}.json`), text);
  };
  write("facsimile", { ...base(20), limits: section("base", 6) });
  count(20, (n) => write(`project${n}`, { port: 8000 + n, install: INSTALL, limits: { limit1: { retries: n } } }));
  for (let group = 0; group < 10; group++) {
    const versions = map(20, (n) => [`project${n}`, `1.${group}.0`]);
    write(`group${group}`, { versions, deploy: { user: `user${group}` }, limits: { limit2: { retries: group } } });
    count(5, (member) => write(`group${group}.i${member}`, { ...fleet(`g${group}i${member}`, 6), debug: true }));
  }
  return { files: 81, kilobytes: Math.round(bytes / 81 / 100) / 10 };
}

const INSTALL = {
  groups: [
    { type: "tmpl", dir: "tmpl" },
    { type: "copy", glob: "dist/**", dir: "share" },
  ],
};

function base(projects) {
  const build = { run: [["make", "all"]] };
  return {
    projects: map(projects, (n) => [
      `project${n}`,
      { repo: `sources/p${n}`, targets: ["frontend", "database"], build },
    ]),
    home: "/srv/shop",
    regions: { eu: {}, us: {} },
    deploy: { user: "nobody", keep: 3, postcmd: ["./bin/restart"] },
  };
}

function fleet(name, size) {
  const hosts = count(size, (n) => `web${n}.${name}`);
  return {
    deploy: { nodes: { frontend: hosts.slice(1), database: hosts.slice(0, 1) } },
    hosts: Object.fromEntries(hosts.map((host, n) => [host, { region: n % 2 ? "eu" : "us", address: `10.0.0.${n}` }])),
  };
}

function section(name, size) {
  return map(size, (n) => [
    `limit${n}`,
    { host: `${name}.example.org`, port: 5000 + n, retries: 3, tags: ["a", name] },
  ]);
}
