import { spawnSync } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { confirmSeal } from "../src/index.ts";
import { compiled, start } from "./programs.ts";
import { create, folder, world } from "./world.ts";

interface Report {
  readonly size: number;
  /** `STATE_WRITE_FAILED: cannot write …`; `undefined`: it was written. */
  readonly failure: string | undefined;
  readonly content: "old" | "new" | "neither";
  readonly names: readonly string[];
}

interface Limit {
  readonly name: string;
  /** Shell commands: `"$1"` is a folder with the conglomerate and the user's folder, `copy` puts them where it is told. */
  readonly script: string;
  /** The program that runs the shell, if there is one. */
  readonly under: readonly string[];
  /** What the system says when it is reached. */
  readonly code: "ENOSPC" | "EFBIG";
}

/** As root, or as root of a user namespace; either way the disk is gone with the process that has it. */
const unshare = [["--mount"], ["--mount", "--map-root-user"]]
  .map((args) => ["unshare", ...args])
  .find(
    ([command = "", ...args]) => spawnSync(command, [...args, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0,
  );

const disk: Limit = {
  name: "a disk of 64 kB",
  script: 'mount -t tmpfs -o size=64k tmpfs "$2" && cp -R "$1"/. "$2"',
  under: unshare ?? [],
  code: "ENOSPC",
};

const fileSize = (kilobytes: number, why = ""): Limit => ({
  name: `a file of ${kilobytes} kB at most${why}`,
  script: `cp -R "$1"/. "$2" && ulimit -f ${kilobytes}`,
  under: [],
  code: "EFBIG",
});

it.each([unshare === undefined ? fileSize(20, ", as no disk can be mounted here") : disk, fileSize(16)])(
  "keeps the old file or has the new one on $name, and says which",
  async ({ script, under, code }) => {
    const w = await world();
    await confirmSeal(await create(w, { passwords: ["one"] }));
    const [from, to, cwd] = [await folder(), await folder(), await folder()];
    await fs.cp(w.root, path.join(from, "root"), { recursive: true });
    await fs.cp(w.configDir, path.join(from, "config"), { recursive: true });
    const [root, configDir] = [path.join(to, "root"), path.join(to, "config")];
    const shell = [...under, "bash", "-c", `${script} && shift 2 && exec "$@"`, "bash", from, to];
    const program = (await compiled())("growing");
    const running = start(program, [root, configDir, "1400", "30"], { cwd, under: shell });
    expect(await running.ended).toBe(0);
    const reports = running.lines.map((line): Report => JSON.parse(line));
    expect(reports.length).toBe(60);
    for (const report of reports)
      expect(report, JSON.stringify(report)).toMatchObject(expected(report, { root, configDir, code }));
    const failed = reports.filter(({ failure }) => failure !== undefined);
    // It stopped somewhere on the way up, and went on when the values were small again.
    expect(
      reports
        .slice(0, 5)
        .concat(reports.slice(-5))
        .filter(({ failure }) => failure !== undefined),
    ).toEqual([]);
    expect(failed.length).toBeGreaterThan(10);
  },
);

/** What must be true given what the program was told. */
function expected({ failure }: Report, { root, configDir, code }: { root: string; configDir: string; code: string }) {
  if (failure === undefined) return { content: "new", names: ["dev.json"] };
  const [state, memory] = [path.join(root, "state", "dev.json"), path.join(configDir, "memory.json")];
  // Where only the memory could not be written, the state is new, and stays unconfirmed.
  const file = failure.includes(state) ? state : memory;
  const says = new RegExp(`^STATE_WRITE_FAILED: cannot write ${file}: ${code}: .*; it is as it was before$`);
  return { failure: expect.stringMatching(says), content: file === state ? "old" : "new", names: ["dev.json"] };
}
