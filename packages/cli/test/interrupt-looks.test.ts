import net, { type AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type FleetWorld, fleetWorld } from "./world.ts";

let shop: FleetWorld;
let calls = 0;
// A host that takes every call, and says nothing.
const mute = net.createServer(() => void calls++);
beforeAll(async () => {
  shop = await fleetWorld();
  await new Promise<void>((resolve) => mute.listen(0, "0.0.0.0", resolve));
  const { port } = mute.address() as AddressInfo;
  await shop.edit("define/staging.json5", '"web2.us": {', `"web2.us": { port: ${port},`);
});
afterAll(async () => {
  await shop.remove();
  mute.close();
});

it.each([
  "verify staging",
  "plan staging",
  "status staging",
  "history staging",
  "lock status staging",
  "lock release staging",
  "hosts check staging",
  "hosts trust staging",
])("%s that is stopped while a host does not answer exits with 130", { timeout: 30_000 }, async (command) => {
  calls = 0;
  const running = shop.start(...command.split(" "));
  while (calls === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  process.kill(running.pid, "SIGINT");
  expect((await running.done).code).toBe(130);
});
