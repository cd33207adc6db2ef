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
