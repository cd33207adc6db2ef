import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { checkout } from "../src/sources/checkout.ts";
import { commit, contextOf, folder, git, repository, write } from "./world.ts";

async function world() {
  const root = await folder();
  const repo = await repository(path.join(root, "sources/shop"), { text: "1", bulk: "x".repeat(100_000) }, "1.0.0");
  const context = contextOf(root);
  const take = (version: string, address = "sources/shop") =>
    checkout({ project: "shop", repo: address, version }, context);
  const next = async (tag: string) => {
    await write(repo, { text: tag });
    commit(repo, tag);
  };
  const mirrors = path.join(root, "SRC/.mirrors");
  return { root, repo, context, take, next, mirrors };
}

describe("the mirror of a repository", () => {
  it("makes a second version cost only what is new", async () => {
    const { take, next, mirrors } = await world();
    await take("1.0.0");
    const objects = async () => {
      const files = (await fs.readdir(mirrors, { recursive: true })).filter((name) =>
        /\/objects\/.*[0-9a-f]{38}/.test(name),
      );
      return [...new Set(await Promise.all(files.map(async (file) => (await fs.stat(path.join(mirrors, file))).ino)))];
    };
    const before = await objects();
    await next("1.1.0");
    const [copy = ""] = (await fs.readdir(mirrors, { recursive: true })).filter((name) =>
      /^[^/]*\/copy-\w+$/.test(name),
    );
    const lastWeek = Date.now() / 1000 - 7 * 86_400;
    await fs.utimes(path.join(mirrors, copy), lastWeek, lastWeek);
    expect(await fs.readFile(path.join((await take("1.1.0")).dir, "text"), "utf8")).toBe("1.1.0");
    const after = await objects();
    expect(after).toEqual(expect.arrayContaining(before));
    // One commit, one tree, one text.
    expect([before.length, after.length]).toEqual([4, 7]);
  });

  it("may be removed or damaged at any time: checkouts live on, and it is made anew", async () => {
    const { take, next, mirrors, root } = await world();
    const { dir } = await take("1.0.0");
    await fs.rm(mirrors, { recursive: true });
    expect(git(dir, "fsck", "--full")).toBe("");
    expect((await take("1.0.0")).dir).toBe(dir);
    await next("1.1.0");
    await take("1.1.0");
    for (const file of await fs.readdir(mirrors, { recursive: true }))
      if (/\/objects\/[0-9a-f]{2}\/|\.pack$/.test(file)) await fs.rm(path.join(mirrors, file), { force: true });
    await fs.rm(path.join(root, "SRC/shop-1.0.0"), { recursive: true });
    expect(await fs.readFile(path.join((await take("1.0.0")).dir, "text"), "utf8")).toBe("1");
    await next("1.2.0");
    expect(await fs.readFile(path.join((await take("1.2.0")).dir, "text"), "utf8")).toBe("1.2.0");
  });

  it("gives what it has when the repository does not answer, and says what could not be checked", async () => {
    const { root, repo, context, take, next } = await world();
    await next("1.1.0");
    const branch = await take("main");
    await fs.rename(path.join(repo, ".git"), path.join(repo, "gone"));
    expect(await take("1.0.0")).toMatchObject({ kind: "tag" });
    expect(await take("main")).toEqual(branch);
    expect(await take(branch.commit.slice(0, 9))).toMatchObject({ kind: "commit", commit: branch.commit });
    const warnings = context.events.flatMap((event) => (event.type === "warning" ? [event.message] : []));
    expect(warnings).toEqual([
      `${root}/sources/shop does not answer: whether 1.0.0 was moved is not known`,
      `${root}/sources/shop does not answer: what main is by now is not known`,
      `${root}/sources/shop does not answer: whether ${branch.commit.slice(0, 9)} was moved is not known`,
    ]);
    await expect(take("1.2.0")).rejects.toMatchObject({
      code: "NO_SOURCE",
      message: expect.stringContaining("not appear to be a git repository"),
    });
    // A whole id is what it says: there is nothing to ask.
    expect(await take(branch.commit)).toMatchObject({ commit: branch.commit });
    expect(context.events.filter(({ type }) => type === "warning")).toHaveLength(3);
  });

  it("is not needed, nor the repository, where a complete checkout is here: a local one may have moved away", async () => {
    const { root, repo, context, take, mirrors } = await world();
    const { dir, commit } = await take("1.0.0");
    await fs.rename(repo, path.join(root, "elsewhere"));
    await fs.rm(mirrors, { recursive: true });
    expect(await take("1.0.0")).toMatchObject({ dir, commit, kind: "tag" });
    expect(context.events.at(-1)).toEqual({
      type: "warning",
      message: `there is no repository at ${repo}: whether 1.0.0 was moved is not known`,
      hint: `Taken is ${commit.slice(0, 12)}, which is here.`,
    });
    await expect(take("1.1.0")).rejects.toMatchObject({
      code: "NO_SOURCE",
      message: `shop: there is no repository at ${repo}`,
    });
  });

  it("serves many at once, of one version and of several", async () => {
    const { root, take, next } = await world();
    await next("1.1.0");
    const versions = ["1.0.0", "1.1.0", "main", "1.0.0", "1.1.0", "main"];
    const taken = await Promise.all(versions.map((version) => take(version)));
    expect(taken.map(({ dir }) => path.basename(dir))).toEqual(versions.map((version) => `shop-${version}`));
    for (const { dir } of taken) expect(git(dir, "status", "--porcelain")).toBe("");
    const lying = (await fs.readdir(path.join(root, "SRC"))).filter((name) => name !== ".seen");
    expect(lying.sort()).toEqual([".mirrors", "shop-1.0.0", "shop-1.1.0", "shop-main"]);
  });

  it("sweeps up what killed runs left, when it is a day old", async () => {
    const { root, take, next } = await world();
    await take("1.0.0");
    const old = await fs.mkdir(path.join(root, "SRC/.clone-old/x"), { recursive: true });
    await fs.mkdir(path.join(root, "SRC/.clone-new"));
    const yesterday = Date.now() / 1000 - 90_000;
    await fs.utimes(old ?? "", yesterday, yesterday);
    await next("1.1.0");
    await take("1.1.0");
    const names = await fs.readdir(path.join(root, "SRC"));
    expect([names.includes(".clone-old"), names.includes(".clone-new")]).toEqual([false, true]);
  });
});

describe("a repository behind a login", () => {
  it("is read with the URL's password, which is in no message, list of processes, file or configuration", async () => {
    const { root, repo, context, take } = await world();
    const bare = path.join(root, "served.git");
    git(root, "clone", "--quiet", "--bare", repo, bare);
    git(bare, "update-server-info");
    const { port, seen } = await serve(bare, "robin:open sesame");
    const url = (path: string, password: string) => `http://robin:${password}@127.0.0.1:${port}/${path}`;
    const { dir } = await take("1.0.0", url("", "open%20sesame"));
    expect(await fs.readFile(path.join(dir, "text"), "utf8")).toBe("1");
    expect(seen.length).toBeGreaterThan(3);
    expect(seen.join("\n")).not.toMatch(/open sesame|open%20sesame/);
    expect(await holding(path.join(root, "SRC"), /open(?: |%20)sesame/)).toEqual([]);
    const error = await take("2.0.0", url("", "open%20sesame")).catch((reason) => reason);
    expect(`${error.message} ${error.hint}`).not.toContain("sesame");
    const wrong = await take("2.0.0", url("", "wrong-word")).catch((reason) => reason);
    expect(wrong).toMatchObject({ code: "NO_SOURCE", message: expect.stringContaining("uthentication failed") });
    expect(`${wrong.message} ${wrong.hint} ${JSON.stringify(context.events)}`).not.toContain("wrong-word");
    expect(context.redactor.redact("it was wrong-word")).not.toContain("wrong-word");
  });
});

/** Serves a folder to who knows the login, and notes the command lines of all processes with each request. */
async function serve(dir: string, login: string): Promise<{ port: number; seen: string[] }> {
  const seen: string[] = [];
  const server = http.createServer((request, response) => {
    execFile("sh", ["-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"], (_error, stdout) => seen.push(stdout));
    if (request.headers.authorization !== `Basic ${Buffer.from(login).toString("base64")}`)
      return response.writeHead(401, { "www-authenticate": "Basic realm=x" }).end();
    const file = path.join(dir, new URL(request.url ?? "", "http://x").pathname);
    fs.readFile(file).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404).end(),
    );
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, seen };
}

async function holding(dir: string, pattern: RegExp): Promise<string[]> {
  const entries = await fs.readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const texts = await Promise.all(files.map((file) => fs.readFile(file, "latin1")));
  return files.filter((_, index) => pattern.test(texts[index] ?? ""));
}
