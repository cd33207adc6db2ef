import { randomUUID } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { dice, effort, SEED } from "@facsimile/testing";
import { expect, it } from "vitest";
import { confirmSeal, type State } from "../src/index.ts";
import { innerOf } from "../src/state.ts";
import { compiled, start } from "./programs.ts";
import { create, dev, folder, tools, type World, world } from "./world.ts";

const MARK = "in clear: ";
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/;

interface Round {
  /** Every write of the round has it in its value. */
  readonly prefix: string;
  /** Kill before this call of its file system; `undefined`: some milliseconds after it began. */
  readonly killAt: number | undefined;
  readonly afterMs: number;
}

it("survives the death of its writer at any moment: whole, with all that was confirmed, and nothing in clear", async () => {
  const rounds = effort({ short: 20, long: 1000 });
  const roll = dice();
  const program = (await compiled())("writer");
  const queue = Array.from({ length: rounds }, (_, n): Round => {
    // By turns: at a call, from the first to beyond a whole write, and at any time.
    const killAt = n % 2 === 0 ? 1 + ((n / 2) % 40) : undefined;
    return { prefix: `${MARK}${n}.`, killAt, afterMs: roll(120) };
  });
  // Two at a time, each in a conglomerate of its own, since starting a process is what takes the time.
  const lane = async () => {
    const [w, cwd] = [await world(), await folder()];
    await confirmSeal(await create(w, { passwords: ["generated"] }));
    const slots = new Map<string, string>();
    for (let round = queue.shift(); round !== undefined; round = queue.shift()) {
      await killOnce(w, round, { program, cwd, slots });
    }
    // The next writer clears away what all of them left.
    await confirmSeal(await create(w, { uiids: ["last"] }));
    expect(await fs.readdir(path.dirname(w.file))).toEqual(["dev.json"]);
    // What looks for clear text finds it.
    for (const text of [MARK, randomUUID()]) {
      await fs.writeFile(path.join(w.root, "clear"), text);
      expect(await inClear(w, { state: await w.open(), cwd })).toEqual([path.join(w.root, "clear")]);
    }
    return (await w.open()).serial;
  };
  const serials = await Promise.all([lane(), lane()]);
  expect(Math.min(...serials)).toBeGreaterThan(1);
}, 900_000);

async function killOnce(
  w: World,
  { prefix, killAt, afterMs }: Round,
  { program, cwd, slots }: { program: string; cwd: string; slots: Map<string, string> },
): Promise<void> {
  const at = `round ${prefix.slice(MARK.length)} (killed ${killAt === undefined ? `after ${afterMs} ms` : `at call ${killAt}`}, seed ${SEED})`;
  const before = (await w.open()).serial;
  const writer = start(program, [w.root, w.configDir, prefix, String(killAt ?? 0)], { cwd });
  await writer.said("ready");
  if (killAt === undefined) {
    await sleep(afterMs);
    writer.child.kill("SIGKILL");
  }
  expect(await writer.ended, at).toBe("SIGKILL");

  const state = await (await tools(w)).open();
  const confirmed = writer.lines.length - 1;
  const written = state.serial - before;
  expect(written === confirmed || written === confirmed + 1, `${at}: ${confirmed} confirmed, ${written} written`).toBe(
    true,
  );
  for (let n = 1; n <= written; n++) slots.set(`slot${n % 5}`, `${prefix}${n}`);
  const held = new Map([...slots.keys()].map((slot) => [slot, state.secret(slot, dev)?.reveal()]));
  expect(held, at).toEqual(slots);

  expect(await inClear(w, { state, cwd }), at).toEqual([]);
  await ageLocks(w);
}

/** As if ten seconds had passed. */
async function ageLocks({ file, configDir }: World): Promise<void> {
  for (const locked of [file, path.join(configDir, "memory.json")]) {
    await fs.utimes(`${locked}.lock`, 0, 0).catch((error) => expect(error.code).toBe("ENOENT"));
  }
}

/** Files that hold a value, a password or the data key in clear; and any in `cwd`, which should stay empty. */
async function inClear(
  { root, configDir }: World,
  { state, cwd }: { readonly state: State; readonly cwd: string },
): Promise<string[]> {
  const dataKey = Buffer.from(innerOf(state).opened?.dataKey ?? expect.fail("there is no data key"));
  const texts = [MARK, dataKey.toString("hex"), dataKey.toString("base64"), dataKey.toString("base64url")];
  const isClear = async (file: string) => {
    const bytes = await fs.readFile(file);
    return bytes.includes(dataKey) || texts.some((text) => bytes.includes(text)) || UUID.test(bytes.toString("latin1"));
  };
  const files = [...(await filesIn(root)), ...(await filesIn(configDir))];
  const found = await Promise.all(files.map(isClear));
  return [...files.filter((_, index) => found[index]), ...(await filesIn(cwd))];
}

async function filesIn(dir: string): Promise<string[]> {
  const entries = await fs.readdir(dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}
