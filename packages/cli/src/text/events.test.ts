import { expect, it } from "vitest";
import { eventText } from "./events.ts";
import { createStyle } from "./style.ts";

it("tells a checkout: of a branch its commit, of a working tree its folder", async () => {
  const text = eventText(await createStyle({ colour: false, unicode: false }));
  const checkout = { type: "checkout", project: "shop" } as const;
  expect([
    text({ ...checkout, version: "1.0.0" }),
    text({ ...checkout, version: "main", commit: "0123456789abcdef" }),
    text({ ...checkout, version: "1.0.0+dev", from: "/home/robin/shop" }),
  ]).toEqual([
    "checkout shop 1.0.0",
    "checkout shop main: a branch, now at 0123456789ab",
    "checkout shop 1.0.0+dev from /home/robin/shop: a development release",
  ]);
});

it("tells waves as they begin, and how long is waited", async () => {
  const text = eventText(await createStyle({ colour: false, unicode: false }));
  expect([
    text({ type: "run", run: "20261122-0931-4f2a", instance: "staging", hosts: 5, policy: "rolling" }),
    text({ type: "wave", wave: 1, of: 2, name: "eu", hosts: 3, max: 1 }),
    text({ type: "soak", wave: 1, of: 2, seconds: 60 }),
    text({ type: "wave", wave: 2, of: 2, name: "the others", hosts: 2, max: 10 }),
  ]).toEqual([
    "run 20261122-0931-4f2a: staging, 5 hosts, rolling",
    "wave      1/2 eu: 3 hosts, 1 at once",
    "soak      60 s, before the health of wave 1 is asked again",
    "wave      2/2 the others: 2 hosts",
  ]);
});
