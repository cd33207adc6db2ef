import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type SecretWorld, secretWorld } from "./secret-world.ts";

let shop: SecretWorld;
beforeAll(async () => {
  shop = await secretWorld({ "define/production.json5": `{ protected: true }` });
  for (const [name, input] of Object.entries({ "db/root": "root-value", "tls/key": "-----BEGIN\nkey\n-----END\n" }))
    await shop.facsWith({ input: `${input}\n` }, "secrets", "set", "dev", name);
});
afterAll(() => shop.remove());

const inDir = (name: string) => path.join(shop.dir, name);
/** What is left in memory of ours. */
const inMemory = async () => (await fs.readdir("/dev/shm")).filter((name) => name.startsWith("facs-"));
let leftBefore: readonly string[] = [];
beforeEach(async () => {
  leftBefore = await inMemory();
});
const leftNow = async () => (await inMemory()).filter((name) => !leftBefore.includes(name));

describe("facs secrets import", () => {
  it("shows names alone, asks, and takes over what is new", async () => {
    await fs.writeFile(inDir("old.env"), "OLD_ROOT='imported root'\nMAIL=imported-mail\n");
    const asked = await shop.facs("secrets", "import", "dev", "--from", inDir("old.env"));
    expect(asked.code).toBe(1);
    expect(asked.stderr).toContain("old.env:\n  new       OLD_ROOT, MAIL\n");
    expect(asked.stderr).toContain("Take 2 over into state/dev.json? Nobody can be asked here");
    expect(await shop.value("dev", "MAIL")).toBeUndefined();
    const done = await shop.facs("secrets", "import", "dev", "--from", inDir("old.env"), "--yes");
    expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining("  imported  OLD_ROOT, MAIL\n") });
    expect(await shop.value("dev", "OLD_ROOT")).toBe("imported root");
    expect(asked.stderr + done.stdout + done.stderr).not.toMatch(/imported root|imported-mail/);
  });

  it("keeps what is there unless told otherwise", async () => {
    const input = JSON.stringify({ db: { root: "from-json" }, new: { one: "n1" } });
    const from = ["--from", "-", "--format", "json", "--yes"];
    const kept = await shop.facsWith({ input }, "secrets", "import", "dev", ...from);
    expect(kept.stderr).toBe(
      "-:\n  new       new/one\n  kept      db/root\n  What is there is kept: --overwrite replaces it.\n",
    );
    expect([await shop.value("dev", "db/root"), await shop.value("dev", "new/one")]).toEqual(["root-value", "n1"]);
    const over = await shop.facsWith({ input }, "secrets", "import", "dev", ...from, "--overwrite");
    expect(over.stdout).toContain("  replaced  db/root, new/one\n");
    expect(await shop.value("dev", "db/root")).toBe("from-json");
    await shop.facsWith({ input: "root-value" }, "secrets", "set", "dev", "db/root");
  });

  it("takes over passwords, numbers and folders of the Python tool", async () => {
    const daemon = { uiid: 40, logical_name: "QUEUE", instance_name: "queued.0" };
    const old = {
      passwd: { storefront: "0b8a4f0e-0000-4000-8000-00000000aaaa" },
      instances: { inmap: { "queued.0": daemon }, uiidmap: { "40": daemon } },
      directories: { data_dir: "/srv/data" },
    };
    await fs.mkdir(inDir("beta"));
    await fs.writeFile(inDir("beta/state.json"), JSON.stringify(old));
    const { code, stdout } = await shop.facs("secrets", "import", "dev", "--from", inDir("beta/state.json"), "--yes");
    expect(code).toBe(0);
    expect(stdout).toContain("  imported  passwd/storefront, uiid queued.0 = 40, setting data_dir\n");
    const state = await shop.state("dev");
    expect([state.uiid("queued.0"), state.setting("data_dir")]).toEqual([40, "/srv/data"]);
    expect(await shop.value("dev", "passwd/storefront")).toBe(old.passwd.storefront);
  });

  it("tells a broken file by its line, without a word of it", async () => {
    await fs.writeFile(inDir("bad.yaml"), 'ok: x\npw: "hun\\qter2\n');
    const { code, stdout, stderr } = await shop.facs("secrets", "import", "dev", "--from", inDir("bad.yaml"), "--yes");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("FILE_SYNTAX: bad.yaml:2:");
    expect(stderr).not.toMatch(/hun|ter2/);
  });
});

describe("facs secrets exec", () => {
  it("gives the command its values as environment, and nothing that opens the state", async () => {
    const env = { FACS_PGP_PASSPHRASE: "not-for-children" };
    const show = "process.stdout.write(JSON.stringify(process.env))";
    const { code, stdout, stderr } = await shop.facsWith(
      { env },
      "secrets",
      "exec",
      "dev",
      "--",
      process.execPath,
      "-e",
      show,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const seen = JSON.parse(stdout);
    expect(seen).toMatchObject({ DB_ROOT: "root-value", TLS_KEY: "-----BEGIN\nkey\n-----END\n", PASSWD_STOREFRONT: expect.any(String) }); // biome-ignore format: one line
    expect(seen).not.toHaveProperty("FACS_PGP_PASSPHRASE");
  });

  it("gives only what is asked for", async () => {
    const { stdout } = await shop.facs("secrets", "exec", "dev", "--only", "db/root", "--", "env");
    expect(stdout).toContain("DB_ROOT=root-value\n");
    expect(stdout).not.toContain("TLS_KEY");
    const none = await shop.facs("secrets", "exec", "dev", "--only", "db/rot", "--", "env");
    expect(none).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("Did you mean db/root?") });
  });

  it("reads no shell into arguments, and ends as the command does", async () => {
    expect((await shop.facs("secrets", "exec", "dev", "--", "echo", "$DB_ROOT", "a b;c")).stdout).toBe(
      "$DB_ROOT a b;c\n",
    );
    expect((await shop.facs("secrets", "exec", "dev", "--", "sh", "-c", "exit 7")).code).toBe(7);
    expect((await shop.facs("secrets", "exec", "dev", "--", "sh", "-c", "kill -KILL $$")).code).toBe(137);
    const none = await shop.facs("secrets", "exec", "dev", "--", "no-such-program");
    expect(none).toMatchObject({ code: 127, stderr: expect.stringContaining("EXEC_NOT_FOUND: no-such-program: command not found") }); // biome-ignore format: one line
  });

  it("refuses two values for one variable, and one that the environment has", async () => {
    await shop.facsWith({ input: "clashing" }, "secrets", "set", "dev", "db.root");
    const two = await shop.facs("secrets", "exec", "dev", "--", "env");
    expect({ ...two, code: two.code }).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("ENV_CLASH: db/root would be DB_ROOT, and so is db.root"),
    });
    await shop.facs("secrets", "unset", "dev", "db.root");
    const env = { DB_ROOT: "there" };
    const one = await shop.facsWith({ env }, "secrets", "exec", "dev", "--", "env");
    expect(one.stderr).toContain("db/root would be DB_ROOT, and so is what the environment has already");
  });

  it("passes signals on, and lets the command end in its own way", async () => {
    const wait = `process.on("SIGTERM", () => { process.stdout.write("bye"); process.exit(3); }); process.stdout.write("ready"); setInterval(() => {}, 1000);`;
    const running = shop.start(
      {},
      "secrets",
      "exec",
      "dev",
      "--fifo",
      "tls/key=KEY",
      "--",
      process.execPath,
      "-e",
      wait,
    );
    await until(() => running.text.stdout.includes("ready"));
    expect(await leftNow()).toHaveLength(1);
    process.kill(running.pid, "SIGTERM");
    expect(await running.done).toMatchObject({ code: 3, stdout: "readybye" });
    expect(await leftNow()).toEqual([]);
  });

  it("gives a value by a pipe, once, and leaves nothing", async () => {
    const script =
      'test -p "$KEY" && cat "$KEY" && test -z "$DB_ROOT$TLS_KEY" && for i in $(seq 100); do test -e "$KEY" || break; sleep 0.1; done; ls "$KEY" 2>&1; stat -c %a "$(dirname "$KEY")"';
    const args = ["secrets", "exec", "dev", "--fifo", "tls/key=KEY", "--", "sh", "-c", script];
    const { code, stdout } = await shop.facs(...args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^-----BEGIN\nkey\n-----END\nls: .*\n700\n$/);
    expect(await leftNow()).toEqual([]);
    expect((await shop.facs("secrets", "exec", "dev", "--fifo", "tls/key=KEY", "--", "true")).code).toBe(0);
    expect(await leftNow()).toEqual([]);
  });

  it("gives a pipe's value to nobody twice: who opens it again finds nothing, at once", async () => {
    const script = 'for n in 1 2; do cat "$KEY"; done';
    const ran = await shop.facs("secrets", "exec", "dev", "--fifo", "db/root=KEY", "--", "sh", "-c", script);
    expect(ran).toMatchObject({ code: 1, stdout: "root-value", stderr: expect.stringContaining("No such file") });
  });

  it("takes no variable for a pipe that has a value already", async () => {
    const env = { TAKEN: "yes" };
    const args = (...pipes: string[]) => [
      "secrets",
      "exec",
      "dev",
      ...pipes.flatMap((pipe) => ["--fifo", pipe]),
      "--",
      "true",
    ];
    const refused = async (...pipes: string[]) => (await shop.facsWith({ env }, ...args(...pipes))).stderr;
    expect(await refused("tls/key=TAKEN")).toMatch(
      /ENV_CLASH: --fifo tls\/key would be TAKEN, and so is what the environ/,
    );
    expect(await refused("tls/key=PATH")).toMatch(/ENV_CLASH/);
    expect(await refused("tls/key=A", "db/root=A")).toMatch(
      /ENV_CLASH: --fifo db\/root would be A, and so is --fifo tls/,
    );
  });

  it("ends as shells do where the command is not there, or is none; it has no document", async () => {
    const run = (...words: string[]) => shop.facs("secrets", "exec", "dev", "--", ...words);
    expect(await run("no-such-command")).toMatchObject({
      code: 127,
      stderr: expect.stringContaining("EXEC_NOT_FOUND"),
    });
    // A folder that may not be searched hides nothing, as root may search all.
    await fs.mkdir(inDir("closed"), { mode: 0 });
    const env = { PATH: `${inDir("closed")}:${process.env["PATH"]}` };
    const hidden = await shop.facsWith({ env }, "secrets", "exec", "dev", "--", "no-such-command");
    expect(hidden).toMatchObject({ code: 127, stderr: expect.stringContaining("command not found") });
    expect(await run(shop.dir)).toMatchObject({ code: 126, stderr: expect.stringContaining("EACCES") });
    expect((await run("echo", "--json")).stdout).toBe("--json\n");
    expect(await shop.facs("secrets", "exec", "dev", "--json", "--", "true")).toMatchObject({
      code: 64,
      stderr: expect.stringContaining("put -- before it"),
    });
  });

  it("takes no pipe without a variable", async () => {
    const wrong = await shop.facs("secrets", "exec", "dev", "--fifo", "tls/key", "--", "true");
    expect(wrong).toMatchObject({ code: 64, stderr: expect.stringContaining("expected NAME=VARIABLE") });
  });
});

describe("facs secrets edit", () => {
  /** An editor that does this to its file. */
  async function editor(script: string): Promise<{ env: NodeJS.ProcessEnv }> {
    await fs.writeFile(inDir("editor"), `#!/bin/sh\nset -e\n${script}\n`, { mode: 0o755 });
    await fs.copyFile(inDir("editor"), path.join("/tmp", `facs-editor-${process.pid}`));
    return { env: { EDITOR: `/tmp/facs-editor-${process.pid} --wait` } };
  }
  afterAll(() => fs.rm(`/tmp/facs-editor-${process.pid}`, { force: true }));

  it("changes one value in memory, and leaves nothing of it", async () => {
    const given = await editor(
      `test "$1" = --wait; case "$2" in /dev/shm/facs-*) ;; *) exit 9;; esac
       stat -c '%a' "$2" "$(dirname "$2")" > ${"$HOME"}/modes; cp "$2" "$TMPDIR/copy~"; echo edited-value > "$2"`,
    );
    const { code, stdout } = await shop.facsWith(given, "secrets", "edit", "dev", "db/root");
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("  replaced  db/root\n") });
    expect(await shop.value("dev", "db/root")).toBe("edited-value");
    expect(await fs.readFile(path.join(shop.home, "modes"), "utf8")).toBe("600\n700\n");
    expect(await leftNow()).toEqual([]);
  });

  it("writes nothing where nothing changed, the editor failed, or the text is empty", async () => {
    const before = await shop.read("state/dev.json");
    const same = await shop.facsWith(await editor("true"), "secrets", "edit", "dev", "tls/key");
    expect(same).toMatchObject({ code: 0, stdout: "state/dev.json: nothing was written.\n" });
    const failed = await shop.facsWith(await editor('echo x > "$2"; exit 5'), "secrets", "edit", "dev", "tls/key");
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining("EDITOR_FAILED: the editor ended with status 5") }); // biome-ignore format: one line
    const empty = await shop.facsWith(await editor(': > "$2"'), "secrets", "edit", "dev", "tls/key");
    expect(empty).toMatchObject({ code: 1, stderr: expect.stringContaining("SECRET_INVALID: the value for tls/key is empty") }); // biome-ignore format: one line
    const none = await shop.facsWith({ env: { EDITOR: "", VISUAL: "" } }, "secrets", "edit", "dev", "tls/key");
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining("NO_EDITOR") });
    expect(await shop.read("state/dev.json")).toBe(before);
    expect(await leftNow()).toEqual([]);
  });

  it("changes all as a map: names come, change and go, and are shown before anything is sealed", async () => {
    const given = await editor(
      `sed -i -e '/^MAIL:/d' -e 's/^OLD_ROOT:.*/OLD_ROOT: "new #1"/' "$2"; printf 'added: |\\n  two\\n  lines\\n' >> "$2"`,
    );
    const asked = await shop.facsWith(given, "secrets", "edit", "dev");
    expect(asked.code).toBe(1);
    expect(asked.stderr).toContain("  replaced  OLD_ROOT\n  set       added\n  removed   MAIL\n");
    expect(asked.stderr).toContain("Seal these 3 changes? Nobody can be asked here");
    expect(await shop.value("dev", "MAIL")).toBe("imported-mail");
    const { code, stdout } = await shop.facsWith(given, "secrets", "edit", "dev", "--yes");
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("  removed   MAIL\n") });
    const now = ["MAIL", "OLD_ROOT", "added", "tls/key", "db/root"].map((name) => shop.value("dev", name));
    expect(await Promise.all(now)).toEqual([undefined, "new #1", "two\nlines\n", "-----BEGIN\nkey\n-----END\n", "edited-value"]); // biome-ignore format: one line
    const bad = await shop.facsWith(await editor(`echo 'pw: *hunter2' > "$2"`), "secrets", "edit", "dev", "--yes");
    expect(bad.stderr).toContain("secrets.yaml:1:5: pw is not a text");
    expect(bad.stderr).not.toContain("hunter2");
    expect(await leftNow()).toEqual([]);
  });

  it("leaves nothing after a signal, and writes nothing", async () => {
    const before = await shop.read("state/dev.json");
    const given = await editor(`echo half-done > "$2"; echo ready > ${"$HOME"}/ready; exec sleep 60`);
    const running = shop.start(given, "secrets", "edit", "dev", "db/root");
    await until(async () => (await fs.readFile(path.join(shop.home, "ready"), "utf8").catch(() => "")) !== "");
    expect(await leftNow()).toHaveLength(1);
    process.kill(running.pid, "SIGTERM");
    expect((await running.done).code).toBe(1);
    expect(await leftNow()).toEqual([]);
    expect(await shop.read("state/dev.json")).toBe(before);
  });
});

/** Waits until it is so; the test's own limit ends it. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(20);
}
