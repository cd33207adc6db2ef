import fs from "node:fs/promises";
import { effort, tree } from "@facsimile/testing";
import { afterAll, expect, it } from "vitest";
import { brokenOff } from "./broken-off.ts";
import { hostsFor } from "./world.ts";

const TOOLS =
  "mv cp ln tar find xargs mkdir rm rmdir readlink cat dd head tail cmp date chmod sha256sum sort rsync".split(" ");

/**
 * Counts the commands that the host runs. Where `at` says so, the one of that number is not run: everything of the session is
 * killed instead, or its shell alone, which leaves the command to run on by itself.
 */
const COUNTED = `#!/bin/sh
tool=/usr/bin/\${0##*/}
folder=\${0%/*}
printf . >> "$folder/count"
[ -e "$folder/at" ] || exec "$tool" "$@"
read -r at whom < "$folder/at"
[ "$(/usr/bin/stat -c %s "$folder/count")" -eq "$at" ] || exec "$tool" "$@"
read -r _ _ _ _ leader _ < /proc/$$/stat
case $whom in all) kill -9 0 ;; *) kill -9 "$leader" ;; esac
exec "$tool" "$@"
`;

const commands = await tree(Object.fromEntries(TOOLS.map((tool) => [tool, { content: COUNTED, mode: 0o755 }])), { onFinished: afterAll }); // biome-ignore format: one line
const hosts = await hostsFor(["all", "shell"], () => ({ PATH: `${commands}:/usr/bin:/bin` }));

it.each(["all", "shell"])(
  "kill -9 of %s on the host, at any command that it runs, leaves a complete release, and the next run converges",
  { timeout: 1_200_000 },
  async (whom) => {
    const work = await brokenOff(hosts, { name: whom });
    await fs.writeFile(`${commands}/count`, "");
    const whole = await work.attempt();
    const { size: total } = await fs.stat(`${commands}/count`);
    await work.check("whole", whole);
    expect(total).toBeGreaterThan(20);
    const step = effort({ short: Math.ceil(total / 5), long: 1 });
    for (let n = 1; n <= total; n += step) {
      await fs.writeFile(`${commands}/count`, "");
      await fs.writeFile(`${commands}/at`, `${n} ${whom}\n`);
      const outcome = await work.attempt();
      await fs.rm(`${commands}/at`);
      await work.check(`${whom} ${n} of ${total}`, outcome);
    }
  },
);
