import fs from "node:fs/promises";
import { tree } from "@facsimile/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { connect } from "../src/index.ts";
import { deploy, hostsFor, lockOf, login, place, treeOfFiles } from "./world.ts";

const hosts = await hostsFor(["read"]);

describe("contents of a tree's files", () => {
  it("come in one answer, as they are: odd names, no newline at the end, signs of the frame", async () => {
    const session = await login(hosts, "read");
    const files = { "etc/a.conf": "a\n+\n-", "-n": "", "new\nline\\": "ünï", bin: "x\0y", large: "12345678901" };
    const { dir } = await deploy(await lockOf(session), await treeOfFiles({ ...files, link: "link:bin" }));
    const paths = [...Object.keys(files), "link", "nosuch", "etc"];
    const read = await session.readFiles(place, { dir, paths, maxBytes: 10 });
    const told = read.map((one) => (one.kind === "text" ? Buffer.from(one.bytes).toString() : { is: one.kind }));
    const none = { is: "none" };
    expect(told).toEqual(["a\n+\n-", "", "ünï", { is: "binary" }, { is: "large" }, none, none, none]);
  });

  it("of a release that is not there are refused", async () => {
    const session = await login(hosts, "read");
    const request = { dir: "0".repeat(64), paths: ["a"], maxBytes: 10 };
    await expect(session.readFiles(place, request)).rejects.toMatchObject({ code: "NOTHING_DEPLOYED" });
  });

  it("that the login may not read are told as such", async () => {
    const home = await tree({ "bin/sh": { content: NOT_ROOT, mode: 0o755 } }, { onFinished: onTestFinished });
    await fs.chmod(home, 0o755);
    const session = await connect(
      { kind: "local", name: "local" },
      { env: { HOME: home, PATH: `${home}/bin:/usr/bin:/bin` } },
    );
    onTestFinished(() => session.close());
    const dir = "0".repeat(64);
    await tree({ locked: "x", open: "y" }, { root: `${home}/shop/storefront/releases/${dir}` });
    await fs.chmod(`${home}/shop/storefront/releases/${dir}/locked`, 0);
    const read = await session.readFiles(place, { dir, paths: ["locked", "open"], maxBytes: 10 });
    expect(read.map(({ kind }) => kind)).toEqual(["unreadable", "text"]);
  });
});

/** Root may read everything: the agent then runs as somebody else. */
const NOT_ROOT = `#!/bin/sh
[ "$(id -u)" = 0 ] || exec /bin/sh "$@"
exec setpriv --reuid=65534 --regid=65534 --clear-groups /bin/sh "$@"
`;
