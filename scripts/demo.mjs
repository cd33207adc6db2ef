// npm run demo: sets up, then shows the main job with the real CLI on real hosts, in a temporary folder of its own.
// Exit 0 says that everything went as promised.
//   npm run demo -- --keep        hosts and folder stay
//   npm run demo -- --stop DIR    ends what --keep left
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { endDemo, isDemo } from "./demo/end.mjs";
import { askAll, showHandEdit, showProof, showVersion, startHosts } from "./demo/on-six-hosts.mjs";
import { deployHere, makeRepository } from "./demo/on-this-machine.mjs";
import { createShell } from "./demo/shell.mjs";
import { onSignal } from "./demo/signals.mjs";
import { printKept, printWhere } from "./demo/where.mjs";
import { makeWorld } from "./demo/world.mjs";
import { main, StopError } from "./lib/run.mjs";
import { setup } from "./setup.mjs";

const USAGE = `npm run demo                  shows it, and leaves nothing behind
npm run demo -- --keep        leaves hosts and folder to play with
npm run demo -- --stop DIR    ends what --keep left`;

await main("demo", start);

async function start() {
  const { keep = false, stop, "no-setup": isSetUp } = options();
  if (process.platform !== "linux") {
    throw new StopError("its hosts need Linux", "Run it in a virtual machine or in a container.");
  }
  if (stop !== undefined) return await stopKept(resolve(process.env.INIT_CWD ?? ".", stop));
  const began = Date.now();
  if (!isSetUp) await setup();
  await show({ keep, began });
}

function options() {
  const known = { keep: { type: "boolean" }, stop: { type: "string" }, "no-setup": { type: "boolean" } };
  try {
    return parseArgs({ options: known }).values;
  } catch (error) {
    throw new StopError(error.message, USAGE);
  }
}

async function stopKept(dir) {
  if (!isDemo(dir)) throw new StopError(`there is no demo in ${dir}`, "It may have been stopped already.");
  await endDemo(dir);
  console.log(`${dir}: servers and hosts ended, folder removed.`);
}

/** The story, in a world that is gone afterwards however it ends. With `keep` it stays, unless it was interrupted. */
async function show({ keep, began }) {
  const signal = onSignal();
  const world = makeWorld();
  const failure = await tell(world, signal).then(
    () => undefined,
    (error) => (signal.aborted ? signal.reason : error),
  );
  const stays = keep && !signal.aborted;
  if (!stays) await tidyUp(world, failure);
  if (failure === undefined) printWhere(world, { stays });
  if (stays) printKept(world);
  if (failure !== undefined) throw failure;
  console.log(`demo   all as expected, ${((Date.now() - began) / 1000).toFixed(1)} s`);
}

/** What went wrong before matters more than what goes wrong here; both are told. */
async function tidyUp({ dir }, failure) {
  try {
    await endDemo(dir);
  } catch (error) {
    if (failure === undefined) throw error;
    console.error(`demo: ${error.message}`);
  }
}

async function tell(world, signal) {
  const type = createShell(world, signal);
  const port = await makeRepository({ world, type });
  await deployHere({ world, type, port, signal });
  const hosts = await startHosts({ world, type });
  await askAll({ hosts, port, version: "1.0.0", signal });
  await showProof({ type });
  await showVersion({ type });
  await askAll({ hosts, port, version: "1.1.0", signal });
  await showHandEdit({ type });
}
