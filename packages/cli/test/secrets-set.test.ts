import { spawn } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { git } from "@facsimile/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SecretWorld, secretWorld } from "./secret-world.ts";

const FACS = fileURLToPath(new URL("../bin/facs.mjs", import.meta.url));

let shop: SecretWorld;
beforeAll(async () => {
  shop = await secretWorld({
    "define/dev.json5": `{ home: "shop-dev", state: { generate: { "api/key": { hex: 16 } } }, mail: { $secret: "mail/shop" } }`,
    "define/production.json5": `{ home: "shop", protected: true, state: { scope: "prod" } }`,
    "define/demo.json5": `{ home: "demo", state: { scope: "prod" } }`,
  });
});
afterAll(() => shop.remove());

const serial = async (scope: string) => (await shop.state(scope)).serial;

describe("facs secrets set", () => {
  it("takes a value from stdin without its last newline, and says what to do next", async () => {
    const { code, stdout, stderr } = await shop.facsWith({ input: "hunter-two\n" }, "secrets", "set", "dev", "db/root");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(`state/dev.json: serial 0 → 1
  set       db/root (given)
  seen by   dev, dev.dev0
  next      git add state/dev.json && git commit
            facs deploy dev
            facs deploy dev.dev0
`);
    expect(await shop.value("dev.dev0", "db/root")).toBe("hunter-two");
    expect(await git(shop.root, "status", "--porcelain")).toBe("?? state/");
  });

  it("takes off one newline, not two, and nothing of a file", async () => {
    await shop.facsWith({ input: "two lines\nand one empty\n\n" }, "secrets", "set", "dev", "notes");
    expect(await shop.value("dev", "notes")).toBe("two lines\nand one empty\n");
    await fs.writeFile(path.join(shop.dir, "pem"), "-----BEGIN\nx\n-----END\n");
    expect((await shop.facs("secrets", "set", "dev", "pem", "--file", path.join(shop.dir, "pem"))).code).toBe(0);
    expect(await shop.value("dev", "pem")).toBe("-----BEGIN\nx\n-----END\n");
    await shop.facsWith({ input: "as it is\n" }, "secrets", "set", "dev", "piped", "--file", "-");
    expect(await shop.value("dev", "piped")).toBe("as it is\n");
  });

  it("gives one instance a value of its own, which the shared one does not touch", async () => {
    const own = await shop.facsWith({ input: "only-here" }, "secrets", "set", "dev.dev0", "db/root", "--only");
    expect(own.stdout).toContain("  set       db/root of dev.dev0 alone (given)\n  seen by   dev.dev0\n");
    const all = await shop.facsWith({ input: "for-all-others" }, "secrets", "set", "dev.dev0", "db/root");
    expect(all.stdout).toContain("  replaced  db/root (given)\n  seen by   dev\n");
    expect(all.stdout).toContain("dev.dev0 sees the value of dev.dev0 alone, which stays");
    expect([await shop.value("dev", "db/root"), await shop.value("dev.dev0", "db/root")]).toEqual([
      "for-all-others",
      "only-here",
    ]);
  });

  it("writes nothing where the value is there already", async () => {
    const before = await shop.read("state/dev.json");
    const { code, stdout } = await shop.facsWith({ input: "for-all-others" }, "secrets", "set", "dev", "db/root");
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: "state/dev.json: nothing was written.\n  kept      db/root (given)\n",
    });
    expect(await shop.read("state/dev.json")).toBe(before);
  });

  it.each([
    [
      ["dev", "db/root", "--fil", "some/where"],
      "unknown option '--fil'\n  Did you mean --file?\n  Usage: facs secrets set",
    ],
    [["dev", "db/root", "--fil=some/where"], "unknown option '--fil'\n  Did you mean --file?\n"],
    [["dev", "db/root", "--bogus"], "unknown option as its last word\n  It is not repeated here"],
    [["dev", "-x"], "unknown option as its last word\n"],
  ])("tells an option that there is not in %j, and nothing of what follows", async (words, told) => {
    const { code, stderr } = await shop.facs("secrets", "set", ...words);
    expect({ code, stderr }).toEqual({ code: 64, stderr: expect.stringContaining(`error USAGE: ${told}`) });
    expect(stderr).not.toMatch(/never an argument|some|bogus/);
  });

  it.each([
    [["dev", "db/root", "s3cret-argument"]],
    [["dev", "db/root", "--s3cret-argument"]],
    [["dev", "--value=s3cret-argument", "db/root"]],
    [["dev", "db/root=s3cret-argument"]],
    [["dev", "--only=s3cret-argument", "db/root"]],
    [["--value", "dev", "db/root", "s3cret-argument"]],
    [["dev", "-s3cret-argument"]],
  ])("refuses a value among %j, says why and does not repeat it", async (words) => {
    const before = await shop.read("state/dev.json");
    const { code, stdout, stderr } = await shop.facs("secrets", "set", ...words);
    expect({ code, stdout }).toEqual({ code: 64, stdout: "" });
    expect(stderr).toContain("a value is never an argument: every user of this machine sees arguments");
    expect(stderr).not.toContain("s3cret-argument");
    expect(await shop.read("state/dev.json")).toBe(before);
  });

  it.each([
    ["nothing", ""],
    ["a newline alone", "\n"],
  ])("refuses %s", async (_, input) => {
    const { code, stderr } = await shop.facsWith({ input }, "secrets", "set", "dev", "db/root");
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("SECRET_INVALID: the value for db/root is empty") }); // biome-ignore format: one line
  });

  it("refuses what is not UTF-8 or too large", async () => {
    await fs.writeFile(path.join(shop.dir, "latin1"), Buffer.from([0x66, 0xfc, 0x72]));
    await fs.writeFile(path.join(shop.dir, "large"), "x".repeat((1 << 20) + 1));
    for (const [file, why] of [
      ["latin1", "is not UTF-8"],
      ["large", "holds more than 1 MiB"],
      ["none", "cannot read"],
      [".", "EISDIR"],
    ] as const) {
      const { code, stderr } = await shop.facs("secrets", "set", "dev", "x", "--file", path.join(shop.dir, file));
      expect(code).toBe(1);
      expect(stderr).toContain(why);
    }
  });

  it("asks before it replaces a value of a protected instance, and names the way without a question", async () => {
    expect((await shop.facsWith({ input: "first" }, "secrets", "set", "demo", "pay")).code).toBe(0);
    expect((await shop.facs("secrets", "get", "demo", "payment")).stderr).toContain(
      "Give it: facs secrets set demo payment",
    );
    expect((await shop.facs("secrets", "unset", "demo", "payment")).stderr).toContain(
      "facs secrets list demo shows what there is.",
    );
    const asked = await shop.facsWith({ input: "second" }, "secrets", "set", "demo", "pay");
    expect(asked.code).toBe(1);
    expect(asked.stderr).toContain("production is protected. Replace pay? Nobody can be asked here");
    expect(asked.stderr).toContain("facs secrets set demo pay --yes");
    const file = path.join(shop.root, "no such file");
    const fromFile = await shop.facs("secrets", "set", "demo", "pay", "--file", file);
    expect(fromFile.stderr).toContain(`facs secrets set demo pay --file '${file}' --yes`);
    expect(await shop.value("prod", "pay")).toBe("first");
    expect((await shop.facsWith({ input: "second" }, "secrets", "set", "demo", "pay", "--yes")).code).toBe(0);
    expect(await shop.value("prod", "pay")).toBe("second");
  });

  it("asks on a terminal, twice and hidden", async () => {
    const typed = await terminal(
      ["secrets", "set", "dev", "typed"],
      ["wrong\u007f\u007f\u007f\u007f\u007f", "p-ßwörd\r", "p-ßwörd\r"],
    );
    expect(typed.output).toContain("typed: ");
    expect(typed.output).toContain("typed again: ");
    expect(typed.output).toContain("set       typed (given)");
    expect(typed.output).not.toContain("rd");
    expect(await shop.value("dev", "typed")).toBe("p-ßwörd");
    const differs = await terminal(["secrets", "set", "dev", "typed"], ["first-one\r", "second-one\r"]);
    expect(differs.output).toContain("SECRET_INVALID: the two values differ");
    expect(differs.output).not.toMatch(/first-one|second-one/);
    expect(differs.code).toBe(1);
    const stopped = await terminal(["secrets", "set", "dev", "typed"], ["first\u0003"]);
    expect(stopped).toMatchObject({ code: 130, output: expect.stringContaining("stopped by SIGINT") });
    expect(await shop.value("dev", "typed")).toBe("p-ßwörd");
  });
});

describe("facs secrets unset", () => {
  it("takes a value out, and says who wants it", async () => {
    await shop.facsWith({ input: "a-value" }, "secrets", "set", "dev", "mail/shop");
    const { code, stdout } = await shop.facs("secrets", "unset", "dev", "mail/shop");
    expect(code).toBe(0);
    expect(stdout).toContain("  removed   mail/shop\n  seen by   dev, dev.dev0\n");
    expect(stdout).toContain("define/dev.json5:1:76 wants it: a deploy stops until it is set\n");
    expect(await shop.value("dev", "mail/shop")).toBeUndefined();
    const again = await shop.facs("secrets", "unset", "dev", "mail/shop");
    expect(again).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("NOT_SET: state/dev.json holds no mail/shop"),
    });
    expect((await shop.facs("secrets", "unset", "dev.dev0", "db/root", "--only")).code).toBe(0);
    await shop.facsWith({ input: "its-own-secret" }, "secrets", "set", "dev.dev0", "mine", "--only");
    const shared = await shop.facs("secrets", "unset", "dev.dev0", "mine");
    expect(shared.stderr).toContain("holds no mine\n  There is one of dev.dev0 alone: name that instance, and --only.");
    expect((await shop.facs("secrets", "unset", "dev.dev0", "mine", "--only")).code).toBe(0);
    const other = await shop.facs("secrets", "unset", "dev.dev0", "db/root", "--only");
    expect(other.stderr).toContain("There is one that all share: leave out --only.");
    expect(await shop.value("dev.dev0", "db/root")).toBe("for-all-others");
  });
});

describe("facs secrets get", () => {
  it("prints the value alone: with a newline on a terminal, without one elsewhere", async () => {
    await shop.facsWith({ input: "the value" }, "secrets", "set", "dev", "shown");
    expect(await shop.facs("secrets", "get", "dev", "shown")).toEqual({ code: 0, stdout: "the value", stderr: "" });
    expect((await terminal(["secrets", "get", "dev", "shown"], [])).output).toBe("the value\r\n");
    expect(JSON.parse((await shop.facs("secrets", "get", "dev", "shown", "--json")).stdout)).toEqual({
      schema: "secret/1",
      name: "shown",
      previous: false,
      value: "the value",
    });
  });

  it("tells a name that is not there, with the one that may have been meant", async () => {
    const { code, stdout, stderr } = await shop.facs("secrets", "get", "dev", "shwon");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("NOT_SET: state/dev.json holds no shwon");
    expect(stderr).toContain("Did you mean shown?");
    expect((await shop.facs("secrets", "get", "dev", "api/key")).stderr).toContain("facs secrets generate dev api/key");
    expect((await shop.facs("secrets", "get", "dev", "shown", "--previous")).stderr).toContain("was never rotated");
  });
});

describe("facs secrets generate", () => {
  it("makes what is missing as the definitions say, once, and names what only a person can give", async () => {
    const { code, stdout } = await shop.facs("secrets", "generate", "dev");
    expect(code).toBe(0);
    expect(stdout).toContain("  made      passwd/storefront (uuid), api/key (hex 16)\n");
    expect(stdout).toContain("mail/shop is missing (define/dev.json5:1:76): facs secrets set dev mail/shop");
    expect(await shop.value("dev", "api/key")).toMatch(/^[0-9a-f]{32}$/);
    const before = await serial("dev");
    const again = await shop.facs("secrets", "generate", "dev", "api/key");
    expect(again.stdout).toContain("state/dev.json: nothing was written.\n  kept      api/key\n");
    expect(await serial("dev")).toBe(before);
  });

  it("does not guess how a value is made", async () => {
    const { code, stderr } = await shop.facs("secrets", "generate", "dev", "mail/shop");
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("NO_POLICY: nothing says how mail/shop is made") }); // biome-ignore format: one line
  });
});

describe("facs secrets rotate", () => {
  it("makes a new value as it was made, keeps the one before, and names who shares it", async () => {
    const before = await shop.value("dev", "api/key");
    const { code, stdout, stderr } = await shop.facs("secrets", "rotate", "dev", "api/key");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "rotating api/key: seen by dev, dev.dev0\n" });
    expect(stdout).toContain("  rotated   api/key (hex 16)\n  seen by   dev, dev.dev0\n");
    const now = await shop.value("dev", "api/key");
    expect(now).toMatch(/^[0-9a-f]{32}$/);
    expect(now).not.toBe(before);
    expect((await shop.facs("secrets", "get", "dev", "api/key", "--previous")).stdout).toBe(before);
  });

  it("follows the definition where its rule changed", async () => {
    await shop.put(
      "define/dev.json5",
      `{ home: "x", state: { generate: { "api/key": { length: 9, alphabet: "xy" } } } }`,
    );
    expect((await shop.facs("secrets", "rotate", "dev", "api/key")).stdout).toContain("api/key (9 of xy)");
    expect(await shop.value("dev", "api/key")).toMatch(/^[xy]{9}$/);
  });

  it("takes a given value as set does", async () => {
    const { code, stdout } = await shop.facsWith({ input: "another\n" }, "secrets", "rotate", "dev", "shown");
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("  rotated   shown (given)\n") });
    expect(await shop.value("dev", "shown")).toBe("another");
    expect((await shop.facs("secrets", "get", "dev", "shown", "--previous")).stdout).toBe("the value");
    const two = await shop.facsWith({ input: "x" }, "secrets", "rotate", "dev", "shown", "notes");
    expect({ code: two.code, stderr: two.stderr }).toMatchObject({ code: 64, stderr: expect.stringContaining("only one can be given here") }); // biome-ignore format: one line
  });

  it("rotates all that was made, and leaves what people gave", async () => {
    const before = [await shop.value("dev", "passwd/storefront"), await shop.value("dev", "shown")];
    const { code, stdout } = await shop.facs("secrets", "rotate", "dev", "--all");
    expect(code).toBe(0);
    expect(stdout).toContain("  rotated   passwd/storefront (uuid), api/key (9 of xy)\n");
    expect(stdout).toContain("left, as a person gave it: shown: facs secrets rotate dev shown\n");
    expect(await shop.value("dev", "passwd/storefront")).not.toBe(before[0]);
    expect(await shop.value("dev", "shown")).toBe(before[1]);
    expect((await shop.facs("secrets", "rotate", "dev")).code).toBe(64);
    expect((await shop.facs("secrets", "rotate", "dev", "shown", "--all")).code).toBe(64);
  });

  it("asks where a protected instance shares it", async () => {
    const before = await serial("prod");
    const asked = await shop.facsWith({ input: "third" }, "secrets", "rotate", "demo", "pay");
    expect(asked.code).toBe(1);
    expect(asked.stderr).toContain("rotating pay: seen by demo, production\n");
    expect(asked.stderr).toContain("facs secrets rotate demo pay --yes");
    expect(await serial("prod")).toBe(before);
    const no = await terminal(["secrets", "rotate", "demo", "pay"], ["n\r"]);
    expect(no).toMatchObject({ code: 1, output: expect.stringContaining("Nothing was changed.") });
    expect(await serial("prod")).toBe(before);
    expect((await shop.facsWith({ input: "third" }, "secrets", "rotate", "demo", "pay", "--yes")).code).toBe(0);
    expect(await serial("prod")).toBe(before + 1);
  });
});

describe("facs secrets list", () => {
  it("tells names, ages, origins, readers and what is missing, and never a value", async () => {
    await shop.put(
      "define/dev.json5",
      `{ home: "x", mail: { $secret: "mail/shop" }, state: { generate: { new: { base64: 8 } } } }`,
    );
    await shop.facsWith({ input: "its-own-value" }, "secrets", "set", "dev.dev0", "shown", "--only");
    const { code, stdout, stderr } = await shop.facs("secrets", "list", "dev");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^dev: 9 secrets; state\/dev\.json, serial \d+\n\n/);
    expect(stdout).toMatch(/^ {2}api\/key +9 of xy +rotated today$/m);
    expect(stdout).toMatch(/^ {2}shown +of dev\.dev0 alone +given +made today$/m);
    expect(stdout).toMatch(/^ {2}shown +not seen by dev\.dev0 +given +rotated today$/m);
    expect(stdout).toContain("  missing\n");
    expect(stdout).toMatch(/^ {4}mail\/shop +define\/dev\.json5:1:20 +facs secrets set dev mail\/shop$/m);
    expect(stdout).toMatch(/^ {4}new +state\.generate +the next deploy makes it: base64 8$/m);
    expect(stdout).toMatch(
      /^ {2}shared by +dev, dev\.dev0\n {2}readable by +[0-9A-F]{40} {2}Test <test@example\.org>$/m,
    );
    const json = await shop.facs("secrets", "list", "dev", "--json");
    expect(JSON.parse(json.stdout)).toMatchObject({
      schema: "secrets/1",
      scope: "dev",
      sharedBy: ["dev", "dev.dev0"],
      missing: [{ name: "mail/shop" }, { name: "new", policy: "base64 8" }],
    });
    for (const name of ["db/root", "shown", "api/key", "passwd/storefront"]) {
      const value = await shop.value("dev", name);
      expect(stdout + json.stdout).not.toContain(value);
    }
  });

  it("tells of a scope without a file too", async () => {
    await shop.put("define/fresh.json5", "{}");
    const { code, stdout } = await shop.facs("secrets", "list", "fresh");
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("fresh: 0 secrets; state/fresh.json does not exist yet\n") }); // biome-ignore format: one line
  });
});

/** Runs facs on a pseudo-terminal, and types each text when the output has stopped. */
async function terminal(args: readonly string[], keys: readonly string[]): Promise<{ code: number; output: string }> {
  const words = [process.execPath, FACS, ...args].map((word) => `'${word}'`).join(" ");
  const child = spawn("script", ["--quiet", "--return", "--command", words, "/dev/null"], {
    cwd: shop.root,
    env: { ...shop.env, SHELL: "/bin/sh" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let output = "";
  const left = [...keys];
  child.stdout.on("data", (chunk) => {
    output += chunk;
    const next = /(?:: |\? \[y\/N\] )$/.test(output) ? left.shift() : undefined;
    if (next !== undefined) child.stdin.write(/[\r\u0003]$/.test(next) ? next : next + (left.shift() ?? ""));
  });
  const code = await new Promise<number>((resolve) => child.on("close", (status) => resolve(status ?? 128)));
  return { code, output };
}
