import { expect, it } from "vitest";
import { statusText } from "./status.ts";
import { createStyle } from "./style.ts";

it("says of a place that another instance took over whose it is, and no more", async () => {
  const nothing = { version: undefined, release: undefined, confirmed: false, since: undefined, by: undefined };
  const owner = { instance: "stage2", project: "shop" };
  const shop = { ...nothing, project: "shop", owner, snapshot: "unknown", moved: [], history: [] } as const;
  const hosts = [{ host: "web1.eu", region: "eu", projects: [shop] }];
  const text = statusText(
    { schema: "status/1", instance: "staging", hosts, people: [] },
    await createStyle({ colour: false, unicode: true }),
  );
  expect(text).toBe("! eu/web1.eu\n    shop: the place belongs to shop of stage2 now\n");
});
