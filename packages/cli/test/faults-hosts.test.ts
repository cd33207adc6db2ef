import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type DeployWorld, deployWorld } from "../../pipeline/test/deploy-world.ts";
import type { Ran } from "./world.ts";

const FACS = fileURLToPath(new URL("../bin/facs.mjs", import.meta.url));

describe("of two hosts, one that cannot be logged in to", () => {
  let shop: DeployWorld;
  beforeAll(async () => {
    shop = await deployWorld(["web1.eu", "web2.eu"]);
    expect((await shop.deploy()).outcome).toBe("done");
  });
  afterAll(() => shop.stopAll());

  /** What `facs deploy` says where one host is not what it should be. */
  async function deployed(web2: string, deploy = ""): Promise<Ran> {
    await shop.define({ banner: "new", deploy, hosts: { "web2.eu": web2 } });
    const env = { PATH: process.env["PATH"], HOME: shop.root, NO_COLOR: "1", FACS_CONFIG_DIR: path.join(shop.root, ".config"), FACS_SSH_CONFIG: shop.fleet.sshConfig }; // biome-ignore format: one line
    const ran = await new Promise<Ran>((resolve) => {
      execFile(process.execPath, [FACS, "deploy", "staging", "--yes"], { cwd: shop.root, env }, (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })); // biome-ignore format: one line
    });
    expect(await shop.banners()).toEqual(["one", "one"]);
    expect(ran.stdout).toContain("staging: nothing switched.");
    return ran;
  }

  it("as it has another key than the one on record: exit 5, however many may be out of reach, and how to compare it", async () => {
    const file = path.join(shop.root, "hosts/known_hosts");
    const right = await fs.readFile(file, "utf8");
    const [first = ""] = right.split("\n");
    await fs.writeFile(file, `${first}\n${first.replace(/^web1/, "web2")}\n`);
    const { code, stdout } = await deployed("", "maxUnreachable: 1,");
    await fs.writeFile(file, right);
    expect(stdout).toMatch(/web2\.eu \(127\S+\) shows another host key than the one on record; nothing was sent to it/);
    expect(stdout).toContain("facs hosts trust");
    expect(stdout).not.toContain(".down");
    expect(code).toBe(5);
  });

  it("as its user is another: exit 1, and where the user is set", async () => {
    const { code, stdout } = await deployed('user: "nobody-here"');
    expect(stdout).toMatch(/web2\.eu \(127\S+\) refused the login: .*Permission denied/);
    expect(code).toBe(1);
  });

  it("as something else answers there: exit 1", async () => {
    const server = net.createServer((socket) => socket.on("error", () => undefined).end("HTTP/1.1 400 Bad Request\r\n\r\n".repeat(200))); // biome-ignore format: one line
    await new Promise<void>((resolve) => server.listen(0, shop.fleet.hosts[1]?.address, resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as net.AddressInfo;
    const { code, stdout } = await deployed(`port: ${port}`);
    expect(stdout).toMatch(/web2\.eu \(127\S+\) cannot be reached: /);
    expect(code).toBe(1);
  });
});
