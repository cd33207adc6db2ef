import path from "node:path";
import { tree } from "@facsimile/testing";
import { expect, it, onTestFinished } from "vitest";
import { scanHostKey } from "../src/index.ts";
import { rsyncBulk } from "../src/ssh/rsync.ts";

/** A program of this name that is gone before its last line comes, as a busy machine may have it. */
async function lateProgram(name: string, { says }: { readonly says: string }): Promise<NodeJS.ProcessEnv> {
  const run = `#!/bin/sh\n(sleep 0.1; echo '${says}' >&2) &\nexit 255\n`;
  const folder = await tree({ [name]: { content: run, mode: 0o755 } }, { onFinished: onTestFinished });
  return { ...process.env, PATH: `${folder}${path.delimiter}${process.env["PATH"]}` };
}

it("why a host's key cannot be asked for is told, also where ssh was gone before its words were here", async () => {
  const env = await lateProgram("ssh", { says: "ssh: connect to host 192.0.2.1 port 22: Connection refused" });
  const asked = scanHostKey({ kind: "ssh", name: "a", address: "192.0.2.1" }, { env });
  await expect(asked).rejects.toThrow("a (192.0.2.1) cannot be reached: ssh: connect to host 192.0.2.1 port 22: Connection refused"); // biome-ignore format: one line
});

it("so is why rsync failed", async () => {
  const env = await lateProgram("rsync", { says: "rsync: [receiver] write failed: No space left on device (28)" });
  const bulk = rsyncBulk({ host: "a", rsh: "false", env, signal: undefined, silence: 9 });
  const copied = bulk.copy({ from: "/from", to: "/to", basis: "/basis", paths: ["./a"] });
  await expect(copied).rejects.toThrow("No space left on device");
});
