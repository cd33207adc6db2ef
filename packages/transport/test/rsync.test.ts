import fs from "node:fs/promises";
import { manifestOf } from "@facsimile/manifest";
import { describe, expect, it } from "vitest";
import { watchedRsync } from "./watched-rsync.ts";
import { deploy, hostsFor, lockOf, login, place, treeOfFiles } from "./world.ts";

const hosts = await hostsFor(["quiet", "noisy"]);
const NAMES = ["#hash", ";semi", "-dash", "--delete", " blank ", "quo'te\" $(id) `id`;&|", "new\nline", "carriage\r", "ünï/cødé", "back\\slash\\n", "*glob[x]?", "host:path", ".dot", "~/home"]; // biome-ignore format: one line
const large = (letter: string) => `${"x".repeat(750_000)}${letter}${"y".repeat(750_000)}`;

describe("large files with odd names, of which one byte changed, go by rsync and arrive exactly", () => {
  it.each([
    { host: "quiet", noise: "" },
    { host: "noisy", noise: `printf 'Welcome\\n0123 ready\\n\\0\\377 no newline'; echo warning >&2` },
  ])("on a $host host", async ({ host, noise }) => {
    await fs.writeFile(`${hosts.dir}/${host}.enter`, `#!/bin/sh\n${noise}\ncd "$HOME"\nexec /bin/sh -c "$SSH_ORIGINAL_COMMAND"\n`); // biome-ignore format: one line
    const { env, runs } = await watchedRsync();
    const session = await login(hosts, host, { env });
    expect(session.noisy).toBe(noise !== "");
    const lock = await lockOf(session);
    const all = (letter: string) => treeOfFiles({ ...Object.fromEntries(NAMES.map((name) => [name, large(letter)])), small: letter }); // biome-ignore format: one line
    await deploy(lock, await all("a"));
    expect(await runs()).toEqual([]);
    const next = await all("b");
    expect(await deploy(lock, next, { run: "run-2" })).toMatchObject({ linked: 0, sent: NAMES.length + 1 });
    expect((await session.list(place)).manifest).toEqual(await manifestOf(next));
    const ran = await runs();
    expect(ran).toEqual([{ exitCode: 0, files: NAMES.length, bytes: expect.any(Number) }]);
    expect(ran[0]?.bytes).toBeLessThan(NAMES.length * 10_000);
    expect((await fs.readFile(`${hosts.dir}/${host}.log`, "utf8")).match(/Accepted publickey/g)).toHaveLength(1);
  });
});
