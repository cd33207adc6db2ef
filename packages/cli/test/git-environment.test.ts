import { execFileSync } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { gitCommit } from "@facsimile/testing";
import { expect, it } from "vitest";
import { secretWorld } from "./secret-world.ts";

it("what opens the state is in the environment of no git, so that no hook, helper or filter of it has it", async () => {
  const shop = await secretWorld({ "define/dev.json5": `{ home: "shop-dev", state: { generate: { made: "uuid" } } }` });
  try {
    await gitCommit(shop.root);
    const [bin, log] = [path.join(shop.dir, "bin"), path.join(shop.dir, "environments")];
    const real = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
    await fs.mkdir(bin);
    await fs.writeFile(path.join(bin, "git"), `#!/bin/sh\nenv >> "${log}"\nexec ${real} "$@"\n`, { mode: 0o755 });
    const env = { PATH: `${bin}:${shop.env["PATH"]}`, FACS_PGP_PASSPHRASE: "open-sesame" };
    for (const words of [
      ["deploy", "dev", "--yes"],
      ["plan", "dev"],
      ["secrets", "rotate", "dev", "made", "--yes"],
      ["doctor", "dev"],
      ["state", "history", "dev"],
    ])
      await shop.facsWith({ env }, ...words);
    const seen = await fs.readFile(log, "utf8");
    expect(seen).toContain(`HOME=${shop.home}`);
    expect(seen).not.toContain("open-sesame");
  } finally {
    await shop.remove();
  }
}, 120_000);
