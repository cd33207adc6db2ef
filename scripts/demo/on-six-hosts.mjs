// The demo's second half: real sshd hosts in two regions.
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { ask } from "./ask.mjs";
import { edit } from "./edit.mjs";
import { testing } from "./end.mjs";
import { expectSame } from "./expect.mjs";
import { heading, remark, table } from "./screen.mjs";

// In the order of their addresses in define/staging.json5.
const HOSTS = ["web1.eu", "web2.eu", "db1.eu", "web1.us", "web2.us", "db1.us"];
const CURRENCY = { eu: "EUR", us: "USD" };

const FILE = "shop/storefront/current/share/stock.json";
const HAND_EDIT = `f=${FILE}; touch -r $f t; sed -i s/12/99/ $f; touch -r t $f`;
// The file in the line below its host.
const EDIT_NAMED = /web2\.us\b.*\n.*share\/stock\.json/;

export async function startHosts({ world, type }) {
  heading("Six hosts, two regions");
  const { fleet } = await testing();
  const started = await fleet(HOSTS, { dir: world.fleet, env: () => ({ PATH: world.env.PATH }) });
  // Who ends it is the demo, at its end or later.
  started.keep();
  if (started.network !== "127.0.77") {
    edit(join(world.shop, "define/staging.json5"), { from: "127.0.77.", to: `${started.network}.` });
  }
  copyFileSync(join(world.fleet, "known_hosts"), join(world.shop, "hosts/known_hosts"));
  remark(`Each is an sshd of its own on this machine, with its own address (${started.network}.1 to .6) and home.`);
  remark("Their keys are now in hosts/known_hosts, as in any repository of definitions.");
  await type(`git add --all && git commit --quiet -m "the hosts of staging"`);
  await type("facs plan staging", { says: ["6 hosts"] });
  remark("On a terminal it shows the plan and asks; --yes is for scripts.");
  await type("facs deploy staging --yes", { says: ["6 hosts", "storefront 1.0.0"] });
  return started.hosts;
}

export async function showProof({ type }) {
  heading("Proof, and nothing to do");
  await type("facs verify staging", { says: ["6 hosts", "exactly"] });
  await type("facs deploy staging", { says: ["no change"] });
}

export async function showVersion({ type }) {
  heading("A new version");
  await type("facs deploy staging storefront@1.1.0 --yes", { says: ["5 hosts", "storefront 1.1.0"] });
  await type("git log -1 --format=%s --stat", { says: ["define/staging.json5"] });
}

export async function showHandEdit({ type }) {
  heading("A hand edit on one host: same size, same time");
  await type(`ssh -F ../fleet/ssh_config web2.us '${HAND_EDIT}'`);
  await type("facs verify staging", { status: 2, says: ["1 of 6 hosts", EDIT_NAMED] });
  remark("Exit status 2: a host differs.");
  await type("facs deploy staging --yes", { says: ["6 hosts"] });
  await type("facs verify staging", { says: ["6 hosts", "exactly"] });
}

/** Asks every storefront, and shows what each says. */
export async function askAll({ hosts, port, version, signal }) {
  const fronts = hosts.filter(({ name }) => name !== "db1.eu");
  const rows = await Promise.all(fronts.map((host) => askOne({ ...host, port, version, signal })));
  remark("What each storefront answers over HTTP:");
  table([["host", "address", "version", "region", ...(version === "1.0.0" ? [] : ["prices in"])], ...rows]);
}

async function askOne({ name, address, port, version, signal }) {
  const url = `http://${address}:${port}/`;
  const region = name.split(".")[1];
  const about = await ask(url, signal);
  const seen = { host: about.host, version: about.version, region: about.region };
  expectSame(url, { expected: { host: name, version, region }, seen });
  const row = [name, `${address}:${port}`, about.version, about.region];
  // It has no price list yet.
  if (version === "1.0.0") return row;
  const { currency } = await ask(`${url}prices`, signal);
  expectSame(`${url}prices`, { expected: CURRENCY[region], seen: currency });
  return [...row, currency];
}
