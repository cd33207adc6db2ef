import { execFileSync } from "node:child_process";
import { tree } from "@facsimile/testing";
import { expect, it, onTestFinished } from "vitest";
import { connect } from "../src/index.ts";
import { hostsFor, login } from "./world.ts";

const hosts = await hostsFor(["h"]);

it("tells which libraries a host has in its loader's cache", async () => {
  const session = await login(hosts, "h");
  const { machine, cached, listed } = await session.libraries({
    names: ["libc.so.6", "libnobody-has.so.9"],
    folders: [],
    paths: ["/bin/sh", "/nowhere/at/all"],
  });
  expect(machine).toBe(uname());
  expect(cached.get("libc.so.6")?.[0]).toMatch(/^libc6/);
  expect([cached.has("libnobody-has.so.9"), listed.has("libnobody-has.so.9")]).toEqual([false, false]);
  expect(listed.has("libc.so.6")).toBe(true);
});

it("finds ldconfig where the login's PATH does not lead", async () => {
  const session = await connect({ kind: "local", name: "local" }, { env: { PATH: "/usr/bin:/bin", HOME: "/" } });
  onTestFinished(() => session.close());
  const { cached } = await session.libraries({ names: ["libc.so.6"], folders: [], paths: [] });
  expect(cached.has("libc.so.6")).toBe(true);
});

it("looks in further folders and at paths, whose names may hold anything", async () => {
  const root = await tree(
    { "a b/$(touch x)/libours.so.1": "", "a b/$(touch x)/libother.so": "", "q'\"\\n/ld.so": "" },
    { onFinished: onTestFinished },
  );
  const session = await login(hosts, "h");
  const { inFolders, paths } = await session.libraries({
    names: ["libours.so.1", "a\nb", "-v", "\\"],
    folders: [`${root}/a b/$(touch x)`, `${root}/none`],
    paths: [`${root}/q'"\\n/ld.so`, `${root}/none`],
  });
  expect(inFolders.has("libours.so.1")).toBe(true);
  expect(inFolders.has("libother.so")).toBe(false);
  expect([...paths]).toEqual([`${root}/q'"\\n/ld.so`]);
});

it("asks about more names than fit into one argument", async () => {
  const session = await login(hosts, "h");
  const many = Array.from({ length: 10_000 }, (_, i) => `libnumber-${i}.so.1`);
  const { cached } = await session.libraries({ names: [...many, "libc.so.6"], folders: [], paths: [] });
  expect(cached.has("libc.so.6")).toBe(true);
});

it("lists the usual folders with BusyBox and without a cache, as on a host with musl", async () => {
  const tools = "sh cat ls grep tr uname id date head stat readlink dd find mv cp ln tail xargs sha256sum tar".split(
    " ",
  );
  const links = Object.fromEntries(tools.map((name) => [name, { link: "/usr/bin/busybox" }]));
  const ldconfig = { content: "#!/bin/sh\necho Illegal option -p >&2\n", mode: 0o755 };
  const bin = await tree({ ...links, ldconfig }, { onFinished: onTestFinished });
  const session = await connect({ kind: "local", name: "local" }, { env: { PATH: bin, HOME: bin } });
  onTestFinished(() => session.close());
  const { cached, listed } = await session.libraries({ names: ["libc.so.6", "libno.so"], folders: [], paths: [] });
  expect(cached.size).toBe(0);
  expect([listed.has("libc.so.6"), listed.has("libno.so")]).toEqual([true, false]);
});

function uname(): string {
  return execFileSync("uname", ["-m"], { encoding: "utf8" }).trim();
}
