import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { git, gitCommit } from "@facsimile/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FleetWorld, filesHolding, fleetWorld, type Ran, watch } from "./world.ts";

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Values that a person gave, beside the passwords that the deploy makes. */
const MARKS = Array.from({ length: 50 }, () => `mark-${randomBytes(9).toString("hex")}`);

describe("secrets", () => {
  let shop: FleetWorld;
  const seen: string[] = [];
  const ran: Ran[] = [];
  beforeAll(async () => {
    shop = await fleetWorld();
    const marks = path.join("/dev/shm", path.basename(shop.temp));
    fs.writeFileSync(marks, JSON.stringify(Object.fromEntries(MARKS.map((mark, index) => [`mark/${index}`, mark]))));
    const imported = await shop.facs("secrets", "import", "staging", "--from", marks, "--format", "json", "--yes");
    fs.rmSync(marks);
    expect(imported).toMatchObject({ code: 0, stdout: expect.stringContaining("mark/49") });
    const lines = MARKS.map((_, index) => `{{ secret["mark/${index}"] }}\n`).join("");
    fs.writeFileSync(path.join(shop.root, "tmpl/ledger/_ALL_/_DEPLOY_/etc/marks"), lines);
    await gitCommit(shop.root);
    for (const args of [
      ["plan", "staging"],
      ["deploy", "staging", "--yes"],
      ["deploy", "staging", "--yes", "storefront@1.1.0"],
      ["verify", "staging", "--json"],
      ["plan", "staging", "--json"],
    ]) {
      const running = shop.start(...args);
      let isRunning = true;
      const watching = watch(() => isRunning, seen);
      ran.push(await running.done);
      isRunning = false;
      await watching;
    }
  }, 120_000);
  afterAll(() => shop.remove());

  const secrets = () => {
    const files = ["db1.eu/ledger/current/etc/database.ini", "web1.eu/storefront/current/etc/storefront.ini"].map(
      (name) => {
        const [host = "", ...rest] = name.split("/");
        return fs.readFileSync(path.join(shop.hostHome(host), "shop", ...rest), "utf8");
      },
    );
    return [...files.flatMap((text) => text.match(UUID) ?? []), ...MARKS];
  };

  it("were deployed for real, so that the next tests can fail", () => {
    expect(ran.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
    expect(new Set(secrets()).size).toBe(2 + MARKS.length);
    const marks = path.join(shop.hostHome("db1.us"), "shop/ledger/current/etc/marks");
    expect(fs.readFileSync(marks, "utf8").trimEnd().split("\n")).toEqual(MARKS);
    expect(seen.some((line) => line.includes("ssh"))).toBe(true);
  });

  it("are in no file on the controller", async () => {
    expect(await filesHolding(shop.dir, secrets())).toEqual([]);
    // But for the sockets of connections that are kept.
    expect(fs.readdirSync(shop.temp).filter((name) => !/^facs-\d+$/.test(name))).toEqual([]);
  });

  it("are in no argument of any process, here or on a host", () => {
    expect(seen.filter((line) => secrets().some((secret) => line.includes(secret)))).toEqual([]);
  });

  it("are in no output, plain or JSON", () => {
    const output = ran.map(({ stdout, stderr }) => stdout + stderr).join("\n");
    expect(output.length).toBeGreaterThan(1000);
    expect(secrets().filter((secret) => output.includes(secret))).toEqual([]);
  });

  it("are in no commit", async () => {
    const history = await git(shop.root, "log", "-p", "--all", "--text");
    expect(secrets().filter((secret) => history.includes(secret))).toEqual([]);
    expect(history).toContain("state/staging.json");
  });

  it("can be opened by hand with gpg and the operator's key", async () => {
    const state = JSON.parse(fs.readFileSync(path.join(shop.root, "state/staging.json"), "utf8"));
    const home = fs.mkdtempSync("/tmp/facs-gpg-");
    const env = { ...process.env, GNUPGHOME: home };
    execFileSync("gpg", ["--batch", "--import", path.join(shop.home, ".config/facsimile/key.asc")], {
      env,
      stdio: "pipe",
    });
    const opened = JSON.parse(
      execFileSync("gpg", ["--batch", "--decrypt"], {
        env,
        input: `${state.keys.message.join("\n")}\n`,
        stdio: ["pipe", "pipe", "pipe"],
      }).toString(),
    );
    execFileSync("gpgconf", ["--kill", "all"], { env });
    fs.rmSync(home, { recursive: true });
    expect(opened).toMatchObject({ scope: "staging", id: state.id, recipients: state.keys.recipients });
    expect(Buffer.from(opened.key, "base64")).toHaveLength(32);
  });
});
