import { execFile, spawn } from "node:child_process";
import fs from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { tree } from "@facsimile/testing";
import { expect, it, onTestFinished } from "vitest";
import { deploy, hostsFor, lockOf, login, treeOfFiles } from "./world.ts";

const run = promisify(execFile);
const hosts = await hostsFor(["one", "kept"]);

it.each([{ host: "one" }, { host: "kept", persist: 30 }])(
  "a key that only an ssh-agent has opens $host, and without that agent nothing does",
  async ({ host, ...more }) => {
    const folder = await tree({}, { onFinished: onTestFinished });
    const given = { ...more, sshConfig: await configOf(folder) };
    const { SSH_AUTH_SOCK: _, ...own } = process.env as Record<string, string>;
    const without = { ...own, XDG_RUNTIME_DIR: folder };
    const env = { ...without, SSH_AUTH_SOCK: await agentWithKey(folder) };
    const session = await login(hosts, host, { ...given, env });
    expect(await deploy(await lockOf(session), await treeOfFiles({ a: "1" }))).toMatchObject({ sent: 1 });
    await session.close();
    const refused = { code: "LOGIN_REFUSED", hint: expect.stringContaining("ssh-add -l") };
    await expect(login(hosts, host, { ...given, env: without })).rejects.toMatchObject(refused);
    await run("ssh-add", ["-q", "-D"], { env });
    await expect(login(hosts, host, { sshConfig: given.sshConfig, env })).rejects.toMatchObject(refused);
  },
);

/** The fleet's, but that no file has a key. */
async function configOf(folder: string): Promise<string> {
  const text = await fs.readFile(hosts.sshConfig, "utf8");
  const config = text.replace(/^ *Identit.*\n/gm, "").replace("Host *\n", "Host *\n  IdentityFile none\n");
  await fs.writeFile(`${folder}/config`, config);
  return `${folder}/config`;
}

/** @returns the socket of an agent that has a key which the hosts let in; no file has it any more */
async function agentWithKey(folder: string): Promise<string> {
  const [socket, key] = [`${folder}/agent`, `${folder}/key`];
  const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
  onTestFinished(() => void agent.kill("SIGKILL"));
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
  await fs.appendFile(`${hosts.dir}/authorized_keys`, await fs.readFile(`${key}.pub`));
  while (!(await fs.access(socket).then(() => true, () => false))) await sleep(10); // biome-ignore format: one line
  await run("ssh-add", ["-q", key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  await fs.rm(key);
  return socket;
}
