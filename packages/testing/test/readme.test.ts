import fs from "node:fs/promises";
import { expect, it } from "vitest";
import * as testing from "../src/index.ts";

it("does what the README's example says", async () => {
  const readme = await fs.readFile(new URL("../README.md", import.meta.url), "utf8");
  const [, code = ""] = /^```ts\n(.*?)^```$/ms.exec(readme) ?? [];
  const body = code.replace(/^import (\{.*\}) from "@facsimile\/testing";$/m, "const $1 = testing;");
  const AsyncFunction = (async () => undefined).constructor as new (
    ...text: string[]
  ) => (...args: unknown[]) => Promise<string>;
  const sshConfig = await new AsyncFunction("testing", `${body}\nreturn sshConfig;`)(testing);
  await expect(fs.stat(sshConfig)).rejects.toThrow("ENOENT");
});
