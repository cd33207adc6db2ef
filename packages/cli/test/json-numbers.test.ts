import { gitCommit } from "@facsimile/testing";
import { expect, it } from "vitest";
import { secretWorld } from "./secret-world.ts";

it("JSON stays JSON where a number or a key reads as a secret", async () => {
  const shop = await secretWorld({
    "define/dev.json5": `{ home: "shop-dev", pin: { $secret: "pin" } }`,
    "tmpl/shop/_ALL_/_DEPLOY_/etc/app.ini": `{{ instance.pin }} {{ secret.word }}${"x".repeat(1234 - 12)}\n`,
  });
  try {
    for (const [name, input] of Object.entries({ pin: "1234", word: "schema" }))
      await shop.facsWith({ input }, "secrets", "set", "dev", name, "--yes");
    await gitCommit(shop.root);
    const { stdout } = await shop.facs("plan", "dev", "--json");
    expect(stdout).toContain('"size":1234');
    expect(JSON.parse(stdout)).toMatchObject({ schema: "plan/1" });
  } finally {
    await shop.remove();
  }
}, 60_000);
