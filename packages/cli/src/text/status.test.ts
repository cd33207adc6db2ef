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

it("says of a mirror that was cut short in its switch that no release is there whole, and what to type", async () => {
  const nothing = { version: undefined, release: undefined, confirmed: false, since: undefined, by: undefined };
  const shop = { ...nothing, project: "shop", torn: true, snapshot: "unknown", moved: [], history: [] } as const;
  const hosts = [{ host: "web1", region: undefined, projects: [shop] }];
  const style = await createStyle({ colour: false, unicode: true });
  const text = statusText({ schema: "status/1", instance: "staging", hosts, people: [] }, style);
  expect(text).toBe("! web1\n    shop: no release whole: a switch was cut short\nNever confirmed: a run ended in the middle. Type it again, or what the definitions say: facs deploy staging\n"); // biome-ignore format: one line
});
