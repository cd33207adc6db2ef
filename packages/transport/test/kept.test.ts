import fs from "node:fs/promises";
import { tree } from "@facsimile/testing";
import { expect, it, onTestFinished } from "vitest";
import { hostsFor, login } from "./world.ts";

const hosts = await hostsFor(["up", "other", "gone"]);

/** A folder for sockets of this test's own. */
async function kept(): Promise<{ persist: number; env: Record<string, string>; folder: string }> {
  const base = await tree({}, { onFinished: onTestFinished });
  const env = { ...(process.env as Record<string, string>), XDG_RUNTIME_DIR: base };
  return { persist: 30, env, folder: `${base}/facs-${process.getuid?.()}` };
}

async function logins(host: string): Promise<number> {
  return (await fs.readFile(`${hosts.dir}/${host}.log`, "utf8")).split("Accepted publickey").length - 1;
}

it("is ridden on by the next session, and is nobody else's", async () => {
  const { folder, ...options } = await kept();
  const before = await logins("up");
  for (let n = 0; n < 3; n++) await (await login(hosts, "up", options)).close();
  const [first, second] = await Promise.all([login(hosts, "up", options), login(hosts, "up", options)]);
  expect(await first.facts()).toMatchObject({ system: "Linux" });
  await Promise.all([first.close(), second.close()]);
  expect((await logins("up")) - before).toBe(1);
  expect((await fs.stat(folder)).mode & 0o777).toBe(0o700);
  expect(await fs.readdir(folder)).toHaveLength(1);
});

it("is not used once another key is on record, or none", async () => {
  const { folder, ...options } = await kept();
  await (await login(hosts, "other", options)).close();
  const text = await fs.readFile(`${hosts.dir}/known_hosts`, "utf8");
  const wrong = text.split("\n").filter((line) => line.startsWith("up ")).map((line) => line.replace(/^up/, "other")); // biome-ignore format: one line
  const files = await tree({ wrong: `${wrong.join("\n")}\n`, none: "" }, { onFinished: onTestFinished });
  const open = (name: string) => login(hosts, "other", { ...options, knownHosts: `${files}/${name}` });
  await expect(open("wrong")).rejects.toMatchObject({ code: "HOST_KEY_CHANGED" });
  await expect(open("none")).rejects.toMatchObject({ code: "HOST_KEY_UNKNOWN" });
});

it("is made anew when the old one is dead, or the host has come back", async () => {
  const { folder, ...options } = await kept();
  await (await login(hosts, "gone", options)).close();
  const [socket = ""] = await fs.readdir(folder);
  await hosts.stop("gone");
  await expect(login(hosts, "gone", options)).rejects.toMatchObject({ code: "HOST_UNREACHABLE" });
  await hosts.start("gone");
  await (await login(hosts, "gone", options)).close();
  await fs.rm(`${folder}/${socket}`);
  // Somebody's left over, that nobody listens on.
  await fs.writeFile(`${folder}/${socket}`, "");
  await (await login(hosts, "gone", options)).close();
});

it("is not kept where the folder is not ours alone", async () => {
  const { folder, ...options } = await kept();
  await fs.mkdir(folder, { mode: 0o755 });
  await (await login(hosts, "up", options)).close();
  expect(await fs.readdir(folder)).toEqual([]);
});
