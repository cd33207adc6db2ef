import { spawnSync } from "node:child_process";
import { tree } from "@facsimile/testing";
import { expect, it, onTestFinished } from "vitest";
import { itAsRoot } from "../../pipeline/test/mounted.ts";
import { connect, type Session } from "../src/index.ts";

/** More sessions than this machine may have open files; each ends in its own way. */
const MANY = `
  const { connect } = await import(process.argv[1]);
  const tried = await Promise.allSettled(Array.from({ length: 40 }, (_, i) => connect({ kind: "local", name: "h" + i }, { env: process.env })));
  process.stdout.write(JSON.stringify([...new Set(tried.flatMap(({ reason }) => (reason === undefined ? [] : [reason.code])))]));
  process.exit(0);
`;

it("more sessions than this machine has room for are told as that, not as hosts that are down", () => {
  const built = new URL("../dist/index.js", import.meta.url).href;
  const args = ["-c", 'ulimit -n 90; exec "$@"', "sh", process.execPath, "--input-type=module", "-e", MANY, built];
  const { stdout, stderr } = spawnSync("sh", args, { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual(["NOT_STARTED"]);
});

/** A session whose host has a /dev/shm of its own, mounted with these options, and no other folder for output with `more`. */
async function withMemory(options: string, more: Record<string, string> = {}): Promise<Session> {
  const sh = `#!/bin/sh
if [ -z "$INSIDE" ]; then export INSIDE=1; exec unshare -m /bin/sh -c 'mount -t tmpfs -o ${options} x /dev/shm; exec /bin/sh "$@"' sh "$@"; fi
exec /bin/sh "$@"
`;
  const home = await tree({ "shop/.keep": "", "bin/sh": { content: sh, mode: 0o755 } }, { onFinished: onTestFinished });
  const env = { ...process.env, HOME: home, PATH: `${home}/bin:${process.env["PATH"]}`, ...more };
  const session = await connect({ kind: "local", name: "local" }, { env });
  onTestFinished(() => session.close());
  return session;
}

const LOST = { code: "HOST_FAILED", message: expect.stringContaining("some is lost") };

itAsRoot(
  "what a command says is whole where /dev/shm is full, or it is told that some is lost",
  async () => {
    const session = await withMemory("size=64k");
    let size = 0;
    const run = {
      run: "seq 1 20000",
      instance: "staging",
      onOutput: ({ bytes }: { bytes: Uint8Array }) => void (size += bytes.length),
    };
    expect(await session.run(run)).toMatchObject({ exitCode: 0 });
    expect(size).toBe(108_894);
    const nowhere = await withMemory("size=64k", { TMPDIR: "/dev/shm" });
    await expect(nowhere.run({ ...run, run: "head -c 300000 /dev/zero" })).rejects.toMatchObject(LOST);
  },
  30_000,
);

itAsRoot(
  "also where only inodes are spent",
  async () => {
    for (const inodes of [13, 20]) {
      const session = await withMemory(`size=64m,nr_inodes=${inodes}`, { TMPDIR: "/dev/shm" });
      const run = { run: "head -c 3000000 /dev/zero; true", instance: "staging", onOutput: () => undefined };
      await expect(session.run(run), `${inodes}`).rejects.toMatchObject(LOST);
    }
  },
  30_000,
);
