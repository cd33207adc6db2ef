import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { fleet, tree } from "../src/index.ts";

const run = promisify(execFile);

it("gives hosts with homes of their own, reached by name and by address", async () => {
  const { hosts, sshConfig, knownHosts } = await fleet(["web1.eu", "db1.us"], { onFinished: onTestFinished });
  for (const { name, address, home } of hosts) {
    const script = 'echo "$HOME $PWD $FACS_FLEET_HOST"; command -v node >/dev/null && echo node';
    const { stdout } = await run("ssh", ["-F", sshConfig, name, script]);
    expect(stdout).toBe(`${home} ${home} ${name}\nnode\n`);
    const byAddress = await run("ssh", ["-F", sshConfig, "-o", `HostKeyAlias=${name}`, address, "pwd"]);
    expect(byAddress.stdout).toBe(`${home}\n`);
  }
  expect(knownHosts).toMatch(/^web1\.eu ssh-ed25519 \S+\ndb1\.us ssh-ed25519 \S+\n$/);
});

it("switches one host off with all it runs, and on again", async () => {
  const { hosts, sshConfig, stop, start } = await fleet(2, { onFinished: onTestFinished });
  const ssh = (name: string, script: string) => run("ssh", ["-F", sshConfig, name, script]);
  const { stdout: pid } = await ssh("h1", "echo kept > file; setsid sleep 600 >/dev/null 2>&1 & echo $!");
  await stop("h1");
  expect(await stateOf(pid.trim())).toMatch(/^$|Z/);
  await expect(ssh("h1", "true")).rejects.toThrow("Connection refused");
  await ssh("h2", "true");
  await start(1);
  expect((await ssh("h1", "cat file")).stdout).toBe("kept\n");
  expect(hosts.map(({ name }) => name)).toEqual(["h1", "h2"]);
});

it("gives two fleets different networks", async () => {
  const one = await fleet(1, { onFinished: onTestFinished });
  const two = await fleet(1, { onFinished: onTestFinished });
  expect(one.network).not.toBe(two.network);
});

it.each(["stopAll", "SIGINT"])("leaves nothing behind after %s", async (how) => {
  const source = JSON.stringify(fileURLToPath(new URL("../src/index.ts", import.meta.url)));
  const root = await tree({}, { onFinished: onTestFinished });
  const script = `
    import { createServer } from "vite";
    const vite = await createServer({ root: ${JSON.stringify(root)}, configFile: false, server: { middlewareMode: true, ws: false, watch: null }, logLevel: "silent" });
    const { fleet } = await vite.ssrLoadModule(${source});
    const { execFileSync } = await import("node:child_process");
    const it = await fleet(2, { dir: ${JSON.stringify(`${root}/fleet`)} });
    execFileSync("ssh", ["-F", it.sshConfig, "h2", "setsid sleep 601 >/dev/null 2>&1 &"]);
    if (${JSON.stringify(how)} === "stopAll") { await it.stopAll(); process.exit(0); }
    process.kill(process.pid, "SIGINT");
    setTimeout(() => {}, 10000);
  `;
  await tree({ "run.mjs": script }, { root });
  const vite = new URL(import.meta.resolve("vite", import.meta.resolve("vitest"))).href;
  await tree({ "run.mjs": script.replace('"vite"', JSON.stringify(vite)) }, { root });
  const ended = await run(process.execPath, [`${root}/run.mjs`]).then(() => "exit 0", (error: { signal: string; stderr: string }) => error.signal ?? error.stderr); // biome-ignore format: one line
  expect(ended).toBe(how === "SIGINT" ? "SIGINT" : "exit 0");
  await expect(fs.stat(`${root}/fleet`)).rejects.toThrow("ENOENT");
  const { stdout } = await run("ps", ["-eo", "args"]);
  expect(stdout).not.toMatch(/sleep 601|facs-tree-.*\/fleet\/h/);
});

/** Empty when there is no such process; Z when nobody has taken notice of its death yet. */
async function stateOf(pid: string): Promise<string> {
  const stat = await fs.readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat.slice(stat.lastIndexOf(")") + 2).slice(0, 1);
}
