// `facs render INSTANCE --out DIR` against python3 with jinja2, as whole processes, in pairs of one run: templates that each
// loop over the modules. Both load the same data, compile and render the same texts, and write the same bytes, which is
// checked. The one besides reads definitions, opens the state with its signature and notices a checkout edited by hand.
//   node bench/render.mjs [--templates 500] [--modules 200] [--rounds 9]
// It needs Debian's python3-jinja2: /usr/bin/python3 is used.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as state from "../packages/state/dist/index.js";
import { operator } from "./state/operator.mjs";

const FACS = fileURLToPath(new URL("../packages/cli/bin/facs.mjs", import.meta.url));
const PYTHON = fileURLToPath(new URL("render/render.py", import.meta.url));
const number = (value) => ({ type: "string", default: value });
const { values } = parseArgs({
  options: { templates: number("500"), modules: number("200"), rounds: number("9"), keep: { type: "boolean" } },
});
const [templates, modules, rounds] = [values.templates, values.modules, values.rounds].map(Number);

const LIQUID = { each: "{% for entry in module %}\n{% assign m = entry[1] %}", upper: "upcase" };
const JINJA = { each: "{% for key, m in module.items() %}", upper: "upper" };

const dir = mkdtempSync(join(tmpdir(), "facs-bench-"));
const [root, home] = [join(dir, "shop"), join(dir, "home")];
const written = { facs: join(dir, "facs"), jinja: join(dir, "jinja") };
const env = { PATH: process.env.PATH, HOME: home, NO_COLOR: "1", LC_ALL: "C.UTF-8" };
try {
  await writeWorld();
  const sides = {
    facs: () => clock(process.execPath, [FACS, "render", "dev", "--out", written.facs]),
    jinja: () => clock("/usr/bin/python3", [PYTHON, join(dir, "templates"), written.jinja, join(dir, "data.json")]),
  };
  run(sides, ["facs", "jinja"]); // A first run finds cold caches, and makes the checkout.
  assertSame();
  const pairs = Array.from({ length: rounds }, () =>
    run(sides, Math.random() < 0.5 ? ["facs", "jinja"] : ["jinja", "facs"]),
  );
  const ratios = pairs.map((one) => one.facs / one.jinja).sort((a, b) => a - b);
  const of = (who) => median(pairs.map((one) => one[who]).sort((a, b) => a - b));
  const [low, high] = [ratios[0], ratios.at(-1)];
  const found = { facsMs: of("facs"), jinjaMs: of("jinja"), ratio: median(ratios), low, high };
  const rounded = Object.fromEntries(Object.entries(found).map(([name, value]) => [name, Number(value.toFixed(2))]));
  console.log(JSON.stringify({ bench: "render", templates, modules, rounds, ...rounded }));
} finally {
  if (values.keep) console.error(dir);
  else rmSync(dir, { recursive: true, force: true });
}

/** A conglomerate with its source and state, and the same templates and data for the other side. */
async function writeWorld() {
  const list = Array.from({ length: modules }, (_, n) => ({
    name: `module${n}`,
    logical_name: `unit${n % 7}`,
    service: { port: 5000 + n },
    db: { name: `db${n % 13}`, pool: (n % 5) + 1 },
  }));
  write(
    join(root, "define/facsimile.json5"),
    JSON.stringify({ projects: { shop: { repo: "../source" } }, versions: { shop: "1" } }),
  );
  write(join(root, "define/dev.json5"), JSON.stringify({ home: "shop-dev", greeting: "hello" }));
  write(join(root, "define/modules.json5"), JSON.stringify(list));
  for (let n = 0; n < templates; n++) {
    write(join(root, `tmpl/_ALL_/_DEPLOY_/file${n}.ini`), template(n, LIQUID));
    write(join(dir, `templates/file${n}.ini`), template(n, JINJA));
  }
  const uiids = await sealed(list);
  const seen = list.map((one) => {
    const service = { name: `${one.name}d`, ...one.service };
    const daemon = `${one.name}d.0`;
    const daemons = [{ ...one, service: { ...service, uiid: uiids[daemon], instance_name: daemon } }];
    return [one.name, { ...one, username: one.name, service, daemons }];
  });
  write(join(dir, "data.json"), JSON.stringify({ instance: { greeting: "hello" }, module: Object.fromEntries(seen) }));
  const git = (...args) => execFileSync("git", ["-c", "user.name=B", "-c", "user.email=b@example.org", ...args], { cwd: join(dir, "source"), env }); // biome-ignore format: one line
  write(join(dir, "source/README"), "nothing\n");
  for (const args of [
    ["init", "-q"],
    ["add", "."],
    ["commit", "-qm", "one"],
    ["tag", "1"],
  ])
    git(...args);
}

/** Passwords and uiids as the first deploy makes them; @returns the uiids */
async function sealed(list) {
  const { open, keyring, now } = await operator({ root, configDir: join(home, ".config/facsimile") });
  const opened = await open();
  const plan = state.planState(opened, {
    passwords: list.map(({ name }) => name),
    uiids: list.map(({ name }) => `${name}d.0`),
  });
  await state.sealState(opened, plan, { keyring, now });
  return plan.uiids;
}

/** The same template for both: they go through the modules, and write capitals, each in its own way. */
function template(n, { each, upper }) {
  return `# file ${n}: {{ instance.greeting }}
${each}
[{{ m.name }}.${n}]
user = {{ m.username | ${upper} }}
  {% if m.service.port > ${5000 + (n % modules)} %}
port = {{ m.service.port }}
  {% else %}
db = {{ m.db.name }}:{{ m.db.pool }}
  {% endif %}
  {% for daemon in m.daemons %}
id = {{ daemon.service.uiid }} {{ daemon.service.instance_name }}
  {% endfor %}
{% endfor %}
`;
}

/** Both write anew: what is there is removed before the clock starts. */
function run(sides, order) {
  for (const folder of Object.values(written)) rmSync(folder, { recursive: true, force: true });
  return Object.fromEntries(order.map((who) => [who, sides[who]()]));
}

function assertSame() {
  const ours = join(written.facs, "shop/local");
  const names = readdirSync(written.jinja);
  if (names.length !== templates || readdirSync(ours).length !== templates)
    throw new Error("not every file was written");
  for (const name of names) {
    if (!readFileSync(join(ours, name)).equals(readFileSync(join(written.jinja, name))))
      throw new Error(`${name} differs`);
  }
}

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function clock(program, args) {
  const began = performance.now();
  execFileSync(program, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  return performance.now() - began;
}

function median(sorted) {
  return sorted[sorted.length >> 1];
}
