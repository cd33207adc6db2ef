import fs from "node:fs/promises";
import { tree } from "@facsimile/testing";
import { expect, it, onTestFinished } from "vitest";
import { connect } from "../src/index.ts";

/** As BSD's: no -T, and a folder that is there is moved into. */
const MV = `#!/bin/sh
case $1 in -*T*) echo "mv: illegal option -- T" >&2; exit 64 ;; -fh) shift; set -- -f "$@" ;; esac
exec /bin/mv "$@"
`;

it("is held by one also where mv knows no -T, and then by the next", async () => {
  const home = await tree({ "shop/.keep": "", "bin/mv": { content: MV, mode: 0o755 } }, { onFinished: onTestFinished });
  const env = { ...process.env, HOME: home, PATH: `${home}/bin:${process.env["PATH"]}` };
  const open = () => connect({ kind: "local", name: "local" }, { env });
  const sessions = await Promise.all([open(), open(), open()]);
  onTestFinished(() => Promise.all(sessions.map((session) => session.close())).then(() => undefined));
  const [first, second] = sessions;
  const lock = await first.lock({ home: "shop", owner: "Ann", run: "r1" });
  await expect(second.lock({ home: "shop", owner: "Bo", run: "r2" })).rejects.toMatchObject({ code: "LOCK_HELD", message: expect.stringContaining("Ann") }); // biome-ignore format: one line
  expect(await fs.readdir(`${home}/shop/.facsimile/lock`)).toHaveLength(1);
  await lock.unlock();
  for (let round = 0; round < 5; round++) {
    const tries = await Promise.allSettled(sessions.map((session, i) => session.lock({ home: "shop", owner: `${i}`, run: "r" }))); // biome-ignore format: one line
    const held = tries.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    expect(held.length).toBeLessThanOrEqual(1);
    for (const one of held) await one.unlock();
  }
  const last = await second.lock({ home: "shop", owner: "Bo", run: "r3" });
  await last.unlock();
});
