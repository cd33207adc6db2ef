import { spawn } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SecretWorld, secretWorld } from "./secret-world.ts";
import { type FleetWorld, fleetWorld, HOSTS } from "./world.ts";

const FACS = path.join(import.meta.dirname, "../bin/facs.mjs");

describe("facs run", () => {
  let shop: FleetWorld;
  beforeAll(async () => {
    shop = await fleetWorld();
  });
  afterAll(() => shop.remove());

  const lines = (text: string) => text.split("\n").filter((line) => line !== "").sort(); // biome-ignore format: one line

  it("runs a command on every host, though nothing is deployed; each line says whose it is", async () => {
    const { code, stdout, stderr } = await shop.facs("run", "staging", "--", "printf", "%s:%s\\n", "a b", "$(id);*");
    expect(lines(stdout)).toEqual([...HOSTS].sort().map((host) => `${host.padEnd(7)} | a b:$(id);*`));
    expect([code, stderr]).toEqual([0, "✓ staging: all 6 hosts ended with 0\n"]);
    for (const host of HOSTS) expect(await fs.readdir(shop.hostHome(host))).not.toContain("shop");
  });

  it("gives a single word to the shell, keeps both outputs apart, and tells who ended otherwise: exit 1", async () => {
    const text =
      'echo "$FACS_INSTANCE $FACS_FLEET_HOST" | tr a-z A-Z; echo oops >&2; [ "$FACS_FLEET_HOST" != db1.eu ] || exit 7';
    const { code, stdout, stderr } = await shop.facs("run", "staging", "--regions", "eu", "--", text);
    expect(lines(stdout)).toEqual([
      "db1.eu  | STAGING DB1.EU",
      "web1.eu | STAGING WEB1.EU",
      "web2.eu | STAGING WEB2.EU",
    ]);
    expect(lines(stderr)).toEqual([
      "db1.eu  | oops",
      "web1.eu | oops",
      "web2.eu | oops",
      "✗ staging: 2 of 3 hosts ended with 0; db1.eu with 7",
    ]);
    expect(code).toBe(1);
  });

  it("runs in the home of the copies, where it is there", async () => {
    await fs.mkdir(path.join(shop.hostHome("web1.eu"), "shop"));
    const { stdout } = await shop.facs("run", "staging", "--hosts", "web1.eu,db1.eu", "--", "pwd");
    const homes = ["web1.eu", "db1.eu"].map((host) => shop.hostHome(host));
    expect(lines(stdout)).toEqual([`db1.eu  | ${homes[1]}`, `web1.eu | ${homes[0]}/shop`]);
  });

  it("asks only the hosts that are chosen, and none for a name that is not there", async () => {
    const { stdout } = await shop.facs("run", "staging", "--targets", "database", "--regions", "us,eu", "--", "true");
    expect(stdout).toBe("");
    const refused = async (...filter: string[]) => {
      const { code, stdout, stderr } = await shop.facs("run", "staging", ...filter, "--", "touch", "canary");
      return [code, stdout, stderr.split("\n")[0]];
    };
    expect(await refused("--hosts", "web1.ue")).toEqual([64, "", 'error UNKNOWN_HOST: staging has no host "web1.ue"']);
    expect(await refused("--targets", "databas")).toEqual([
      64,
      "",
      'error UNKNOWN_TARGET: staging has no target "databas"',
    ]);
    expect(await refused("--regions", "uk")).toEqual([64, "", 'error UNKNOWN_REGION: staging has no region "uk"']);
    expect(await refused("--hosts", "")).toEqual([1, "", "error NO_HOSTS: staging has no host with all of: --hosts "]);
    expect(await refused("--hosts", "db1.eu", "--hosts", "web1.eu", "--regions", "us")).toEqual([
      1,
      "",
      "error NO_HOSTS: staging has no host with all of: --hosts db1.eu,web1.eu --regions us",
    ]);
    for (const host of HOSTS) expect(await fs.readdir(shop.hostHome(host))).not.toContain("canary");
  });

  it("tells output while the command runs, and steers no terminal with it", async () => {
    const running = shop.start(
      "run",
      "staging",
      "--hosts",
      "web1.eu",
      "--",
      "printf 'a\\033[2J\\tb\\r\\nhalf'; sleep 300",
    );
    await until(() => running.text.stdout !== "");
    expect(running.text.stdout).toBe("web1.eu | a\\u001b[2J\tb\n");
    process.kill(running.pid, "SIGINT");
    expect((await running.done).stdout).toBe("web1.eu | a\\u001b[2J\tb\nweb1.eu | half\n");
  });

  it("by Ctrl-C ends the commands on the hosts: exit 130", async () => {
    const running = shop.start("run", "staging", "--", "echo $$; sleep 300; true");
    await until(() => lines(running.text.stdout).length === HOSTS.length);
    const pids = lines(running.text.stdout).map((line) => line.replace(/.* \| /, ""));
    expect(pids).toHaveLength(HOSTS.length);
    process.kill(running.pid, "SIGINT");
    const { code, stderr } = await running.done;
    expect([code, lines(stderr).at(-1)]).toEqual([
      130,
      `✗ staging: 0 of 6 hosts ended with 0; stopped: ${HOSTS.join(" ")}`,
    ]);
    for (const pid of pids) expect(await isRunning(pid), pid).toBe(false);
  });

  it("ends the commands when nobody reads any more", async () => {
    const child = spawn("sh", ["-c", '"$0" "$@" | head -n 3', process.execPath, FACS, "run", "staging", "--hosts", "web1.us", "--", "echo $$; exec yes"], { cwd: shop.root, env: shop.env, stdio: ["ignore", "pipe", "pipe"] }); // biome-ignore format: one line
    let stdout = "";
    child.stdout.on("data", (chunk) => (stdout += chunk));
    await new Promise((resolve) => child.on("close", resolve));
    const [pid = "", ...more] = lines(stdout).map((line) => line.replace(/.* \| /, ""));
    expect(more).toEqual(["y", "y"]);
    expect(await isRunning(pid)).toBe(false);
  });

  it("says nothing of it, also where a command waits with nothing more to say", async () => {
    const child = spawn("sh", ["-c", '"$0" "$@" | head -n 1', process.execPath, FACS, "run", "staging", "--hosts", "web1.us", "--", "echo $$ >&2; seq 1 3000; sleep 1; seq 1 3000; exec sleep 300"], { cwd: shop.root, env: shop.env, stdio: ["ignore", "pipe", "pipe"] }); // biome-ignore format: one line
    const text = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk) => (text.stdout += chunk));
    child.stderr.on("data", (chunk) => (text.stderr += chunk));
    await new Promise((resolve) => child.on("close", resolve));
    expect(text).toEqual({ stdout: "web1.us | 1\n", stderr: expect.stringMatching(/^web1\.us \| \d+\n$/) });
    expect(await isRunning(text.stderr.replace(/.* \| /, "").trim())).toBe(false);
  });

  it("by kill -9 leaves no command behind either", async () => {
    const running = shop.start("run", "staging", "--hosts", "db1.us", "--", "echo $$; sleep 300; true");
    await until(() => running.text.stdout !== "");
    const pid = running.text.stdout.replace(/.* \| /, "").trim();
    process.kill(running.pid, "SIGKILL");
    await until(async () => !(await isRunning(pid)));
  });

  it("ends what takes too long, names hosts that do not answer and those declared down", async () => {
    await shop.fleet.stop("web2.us");
    await shop.edit("define/staging.json5", '"web1.us": {', '"web1.us": { down: "moving house",');
    const command = '[ "$FACS_FLEET_HOST" = db1.us ] && sleep 300; echo done';
    const { code, stdout, stderr } = await shop.facs("run", "staging", "--regions=us", "--timeout", "2", "--", command);
    await shop.fleet.start("web2.us");
    await shop.edit("define/staging.json5", ' down: "moving house",', "");
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^! web1\.us was not asked: moving house\n✗ web2\.us .*cannot be reached.*\n/);
    expect(lines(stderr)).toContain("✗ staging: 0 of 2 hosts ended with 0; ended because their time was over: db1.us; not known of: web2.us"); // biome-ignore format: one line
  });

  it("--json prints a document for each line, and one at the end", async () => {
    const { code, stdout, stderr } = await shop.facs("run", "staging", "--hosts=web1.eu", "--json", "--", "echo 1; echo 2 >&2; exit 5"); // biome-ignore format: one line
    const documents = stdout.trimEnd().split("\n").map((line) => JSON.parse(line)); // biome-ignore format: one line
    expect([code, stderr]).toEqual([1, ""]);
    // Which of two streams is told first is not promised.
    const [one, two, ...last] = documents;
    expect(one.stream === "stderr" ? [two, one, ...last] : documents).toEqual([
      { schema: "command-output/1", host: "web1.eu", stream: "stdout", line: "1" },
      { schema: "command-output/1", host: "web1.eu", stream: "stderr", line: "2" },
      {
        schema: "command/1",
        instance: "staging",
        words: ["echo 1; echo 2 >&2; exit 5"],
        hosts: [{ host: "web1.eu", region: "eu", exitCode: 5, timedOut: false }],
      },
    ]);
  });

  it("asks for --yes where the instance is protected, and for a command", async () => {
    await shop.edit("define/staging.json5", "versions: {", "protected: true,\n  versions: {");
    const refused = await shop.facs("run", "staging", "--", "touch", "canary");
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("CONFIRMATION_NEEDED: staging is protected") }); // biome-ignore format: one line
    expect(await fs.readdir(shop.hostHome("db1.eu"))).not.toContain("canary");
    const chosen = await shop.facs("run", "staging", "--hosts", "db1.eu", "--", "touch", "canary", "--json");
    expect(chosen).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("add --yes: facs run staging --hosts db1.eu --yes -- ...") }); // biome-ignore format: one line
    expect((await shop.facs("run", "staging", "--yes", "--", "true")).code).toBe(0);
    expect((await shop.facs("run", "staging", "--yes", "--", " ")).code).toBe(64);
    expect((await shop.facs("run", "staging", "--yes", "--timeout", "x", "--", "true")).code).toBe(64);
  });

  it("makes one connection per host", async () => {
    await shop.edit("define/staging.json5", "versions: {", "ssh: { persist: 0 },\n  versions: {");
    const before = await handshakes();
    await shop.facs("run", "staging", "--yes", "--", "sleep 2; seq 1000");
    expect((await handshakes()) - before).toBe(HOSTS.length);
  });

  /** How often sshd let somebody in. */
  async function handshakes(): Promise<number> {
    const logs = await fs.readdir(shop.fleet.dir, { recursive: true });
    const texts = await Promise.all(logs.filter((name) => name.endsWith("log")).map((name) => fs.readFile(path.join(shop.fleet.dir, name), "utf8"))); // biome-ignore format: one line
    return texts.join("").split("Accepted publickey").length - 1;
  }
});

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await isSo()) return;
    await sleep(50);
  }
  throw new Error(`it did not come to ${isSo}`);
}

/** A process that waits for its parent to fetch its end runs no more. */
async function isRunning(pid: string): Promise<boolean> {
  const stat = await fs.readFile(`/proc/${pid}/stat`, "utf8").catch(() => ") X");
  return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
}

describe("facs run, on this machine", () => {
  let shop: SecretWorld;
  beforeAll(async () => {
    shop = await secretWorld();
  });
  afterAll(() => shop.remove());

  it("needs no ssh", async () => {
    const { code, stdout, stderr } = await shop.facs("run", "dev", "--", "echo $FACS_INSTANCE; pwd");
    expect([code, stdout, stderr]).toEqual([0, `local | dev\nlocal | ${shop.home}\n`, "✓ dev: 1 host ended with 0\n"]);
  });
});
