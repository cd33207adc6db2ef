import fs from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { init } from "../src/people/init.ts";
import { contextOf, folder } from "./world.ts";

it.each(["state/dev.json", "keys/signers.json"])("pins no root where others have begun: %s", async (file) => {
  const context = contextOf(await folder());
  await fs.mkdir(path.dirname(path.join(context.root, file)), { recursive: true });
  await fs.writeFile(path.join(context.root, file), "{}\n");
  expect(await init(context)).toMatchObject({ keyMade: true, trusted: false });
  expect(await fs.readdir(context.configDir)).toEqual(["key.asc"]);
});

it("keeps the root that it pinned when it is run again", async () => {
  const context = contextOf(await folder());
  expect(await init(context)).toMatchObject({ keyMade: true, trusted: true });
  await fs.mkdir(path.join(context.root, "state"));
  await fs.writeFile(path.join(context.root, "state/dev.json"), "{}\n");
  expect(await init(context)).toMatchObject({ keyMade: false, trusted: true, written: [] });
});
