import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { get as httpGet } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ROOT } from "./lib/sources.ts";

const EXAMPLE = join(ROOT, "templates-repo-example");

test("make-sources gives the same commits whatever git is told elsewhere, and leaves what is there", () => {
  const [first, second] = [copyOfExample(), copyOfExample()];
  const hooks = join(second, "hooks");
  mkdirSync(hooks);
  writeFileSync(join(hooks, "pre-commit"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  const config = `[core]\n\tautocrlf = true\n\thooksPath = ${hooks}\n[commit]\n\tgpgSign = true\n[user]\n\tname = Somebody\n`;
  writeFileSync(join(second, ".gitconfig"), config);
  makeSources(first);
  makeSources(second, { HOME: second, GIT_DIR: "/nowhere", GIT_DEFAULT_HASH: "sha256", TZ: "Asia/Tokyo" });
  for (const project of ["storefront", "ledger"]) {
    expect(tagsOf(join(first, "sources", project))).toMatch(/^\w{40} 1\.0\.0\n\w{40} 1\.1\.0\n$/);
    expect(tagsOf(join(second, "sources", project))).toBe(tagsOf(join(first, "sources", project)));
  }
  writeFileSync(join(first, "sources/ledger/mine.txt"), "my work\n");
  expect(makeSources(first)).toBe("sources/storefront: already there\nsources/ledger: already there\n");
  expect(readFileSync(join(first, "sources/ledger/mine.txt"), "utf8")).toBe("my work\n");
});

test("the shop starts, answers, is replaced by the next version, and stops", async () => {
  const shop = await shopWith(["1.0.0", "1.1.0"]);
  onTestFinished(() => void shop.run("1.0.0", "stop"));
  expect(shop.run("1.0.0", "health")).toMatchObject({ status: 1, stderr: expect.stringContaining("ECONNREFUSED") });
  expect(shop.run("1.0.0", "restart")).toMatchObject({ status: 0 });
  expect(await shop.get("/")).toEqual([
    200,
    '{"version":"1.0.0","region":"eu","banner":"hi = there","host":"web1.eu"}\n',
  ]);
  expect(await shop.get("/health")).toEqual([200, "ok\n"]);
  expect(await shop.get("/orders")).toEqual([401, "who?\n"]);
  expect(await shop.get("/orders", { authorization: "Bearer sesame" })).toEqual([200, "[]\n"]);

  expect(shop.run("1.1.0", "health")).toMatchObject({
    status: 1,
    stderr: "storefront: version 1.0.0 answers, not 1.1.0\n",
  });
  expect(shop.run("1.1.0", "restart")).toMatchObject({ status: 0 });
  expect(shop.run("1.1.0", "health")).toMatchObject({ status: 0, stdout: "ok\n" });
  expect(await shop.get("/prices")).toEqual([200, '{"currency":"EUR","prices":{"tea":3.5,"coffee":4.2}}\n']);

  expect(shop.run("1.1.0", "stop")).toMatchObject({ status: 0 });
  await expect(shop.get("/")).rejects.toThrow();
});

test("restart spares a process that only has the number of an old one, and tells of an address that is taken", async () => {
  const shop = await shopWith(["1.0.0"]);
  onTestFinished(() => void shop.run("1.0.0", "stop"));
  writeFileSync(join(shop.shared, "storefront.pid"), `${process.pid}\n`);
  expect(shop.run("1.0.0", "restart")).toMatchObject({ status: 0 });

  const other = await shopWith(["1.0.0"], shop.port);
  const { status, stderr } = other.run("1.0.0", "restart");
  expect(status).toBe(1);
  expect(stderr).toContain(`cannot listen on 127.0.0.1:${shop.port}`);
  expect(await shop.get("/health")).toEqual([200, "ok\n"]);
});

function copyOfExample(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "example-")));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(EXAMPLE, folder, { recursive: true, filter: (path) => !path.startsWith(join(EXAMPLE, "sources")) });
  return folder;
}

function makeSources(folder: string, env: NodeJS.ProcessEnv = {}): string {
  const script = join(folder, "make-sources.mjs");
  return execFileSync(process.execPath, [script], { cwd: tmpdir(), encoding: "utf8", env: { ...process.env, ...env } });
}

function tagsOf(repository: string): string {
  const format = "--format=%(objectname) %(refname:short)";
  return execFileSync("git", ["for-each-ref", format, "refs/tags"], { cwd: repository, encoding: "utf8" });
}

/** Releases of the shop side by side as on a host, with what the templates would have written. */
async function shopWith(versions: readonly string[], port?: number) {
  const example = copyOfExample();
  makeSources(example);
  const shared = join(example, "shared");
  mkdirSync(shared);
  const address = { host: "web1.eu", address: "127.0.0.1", port: port ?? (await freePort()) };
  for (const version of versions) writeRelease(example, { version, shared, address });
  const at = `http://127.0.0.1:${address.port}`;
  return {
    shared,
    port: address.port,
    run: (version: string, command: string) =>
      spawnSync(`./bin/${command}`, { cwd: join(example, version), encoding: "utf8" }),
    get: (path: string, headers: Record<string, string> = {}) => get(`${at}${path}`, headers),
  };
}

/** One connection for each question: spawnSync holds up this process, which then misses that a server has gone. */
function get(url: string, headers: Record<string, string>): Promise<[status: number | undefined, body: string]> {
  return new Promise((resolve, reject) => {
    const request = httpGet(url, { headers, agent: false }, (answer) => {
      let body = "";
      answer.setEncoding("utf8").on("data", (text: string) => (body += text));
      answer.on("end", () => resolve([answer.statusCode, body]));
    });
    request.on("error", reject);
  });
}

function writeRelease(
  example: string,
  { version, shared, address }: { version: string; shared: string; address: object },
) {
  const release = join(example, version);
  execFileSync("git", ["clone", "-q", "-b", version, join(example, "sources/storefront"), release], {
    stdio: "ignore",
  });
  mkdirSync(join(release, "etc"));
  symlinkSync(shared, join(release, "var"));
  const ini = "[storefront]\nregion = eu\nbanner = hi = there\ncurrency = EUR\npassword = sesame\n";
  const files = { "storefront.ini": ini, "storefront.version": version, "log.json": '{ "requests": true }' };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(release, "etc", name), text);
  writeFileSync(join(release, "etc/listen.json"), JSON.stringify(address));
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
