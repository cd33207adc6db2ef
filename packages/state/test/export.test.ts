import fs from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import {
  addMissing,
  changeState,
  confirmSeal,
  exportState,
  openExport,
  parseValueName,
  publishKey,
  restoreState,
  writeExport,
} from "../src/index.ts";
import { gnupg } from "./gnupg.ts";
import { create, dev, dev0, folder, now, tools, type World, world } from "./world.ts";

const set = (name: string, value: string, instance?: string) =>
  ({ type: "set", name: parseValueName(name, instance), value }) as const;

/** A state with one of everything. */
async function filled() {
  const w = await world();
  const options = { keyring: w.keyring, now };
  await create(w, { passwords: ["a"], uiids: ["x.0"] });
  const state = await changeState(
    await w.open(),
    [
      { type: "rotate", name: parseValueName("passwd/a"), by: { value: "SECRET-A" } },
      set("db/root", "SECRET-B", "dev.dev0"),
      { type: "setting", name: "10", value: true },
      { type: "setting", name: "__proto__", value: "/srv" },
    ],
    options,
  );
  return { w, options, state, armored: await exportState(state, options) };
}

const known = ({ keyring, trust }: Pick<World, "keyring" | "trust">) => ({
  keyring,
  trust,
  scope: "dev",
  file: "dev.asc",
});

describe("an export", () => {
  it("is opened by gpg, holds everything as JSON, and shows nothing", async () => {
    const { w, state, armored } = await filled();
    expect(armored).toMatch(/^-----BEGIN PGP MESSAGE-----\n/);
    expect(armored).not.toContain("SECRET");
    const { gpg } = await gnupg();
    await gpg(["--import"], w.key.privateKey);
    const { stdout } = await gpg(["--decrypt"], armored);
    const content = JSON.parse(stdout);
    expect(content).toMatchObject({
      ...{ facsimile: "export/1", id: state.id, scope: "dev", serial: 2, digest: state.digest },
      ...{ exported: now().toISOString(), recipients: [w.key.fingerprint], signer: w.key.fingerprint },
      uiids: { "x.0": 1 },
    });
    expect(Object.entries(content.settings)).toEqual([
      ["10", true],
      ["__proto__", "/srv"],
    ]);
    expect(content.values).toMatchObject([
      { kind: "passwd", name: "a", value: "SECRET-A", policy: "given", previous: { until: now().toISOString() } },
      { kind: "secrets", name: "db/root", instance: "dev.dev0", value: "SECRET-B" },
    ]);
    await fs.writeFile(path.join(w.root, "s.asc"), `${content.signature.join("\n")}\n`);
    const signed = stdout.replace(/"signature": \[[^\]]*\]/, '"signature": []');
    await expect(gpg(["--verify", path.join(w.root, "s.asc"), "-"], signed)).resolves.toMatchObject({ stderr: expect.stringContaining("Good signature") }); // biome-ignore format: one line
  });

  it("makes the state again where it is gone, for everybody's memory the next one", async () => {
    const { w, options, state, armored } = await filled();
    await confirmSeal(state);
    await fs.rm(w.file);
    await expect(w.open()).rejects.toMatchObject({ code: "STATE_MISSING" });
    const from = await openExport(armored, known(w));
    const restored = await restoreState(await w.open({ acceptRollback: true }), from, options);
    expect([restored.id, restored.serial]).toEqual([state.id, 3]);
    const again = await w.open();
    expect([again.password("a", dev)?.reveal(), again.secret("db/root", dev0)?.reveal()]).toEqual([
      "SECRET-A",
      "SECRET-B",
    ]);
    expect([again.setting("__proto__"), again.setting("10"), again.uiid("x.0")]).toEqual(["/srv", true, 1]);
    expect(again.secrets()).toHaveLength(3);
    await expect(restoreState(again, from, options)).rejects.toMatchObject({ code: "STATE_EXISTS" });
  });

  it("that is older than what was seen is restored only when that is meant", async () => {
    const { w, options, armored } = await filled();
    await confirmSeal(await changeState(await w.open(), [set("new", "1")], options));
    await fs.rm(w.file);
    const from = await openExport(armored, known(w));
    const empty = await w.open({ acceptRollback: true });
    await expect(restoreState(empty, from, options)).rejects.toMatchObject({ code: "STATE_ROLLED_BACK" });
    await expect(fs.stat(w.file)).rejects.toThrow("ENOENT");
    const restored = await restoreState(empty, from, { ...options, acceptRollback: true });
    // Above all that others have seen.
    expect(restored.serial).toBe(4);
  });

  it("adds what a state lacks, and leaves what it has", async () => {
    const { w, options, state, armored } = await filled();
    const from = await openExport(armored, known(w));
    expect(await addMissing(state, from, options)).toEqual({ state, added: [], left: [] });
    const other = { ...w, ...(await tools(w)), file: path.join(w.root, "state/dev.json") };
    await fs.rm(w.file);
    await create(other, { passwords: ["a"], uiids: ["y.0"] });
    const merged = await addMissing(await other.open(), from, options);
    expect(merged.added).toEqual(["db/root of dev.dev0", "settings.10", "settings.__proto__"]);
    expect(merged.left).toEqual(["passwd/a", "uiid x.0"]);
    const again = await other.open();
    expect([again.serial, again.password("a", dev)?.reveal() === "SECRET-A"]).toEqual([2, false]);
    expect([again.secret("db/root", dev0)?.reveal(), again.setting("10")]).toEqual(["SECRET-B", true]);
  });

  it("is encrypted to whom it is meant for", async () => {
    const { w, options, state } = await filled();
    const kim = await world("Kim");
    await publishKey(kim.key, { root: w.root });
    const armored = await exportState(state, { ...options, recipients: [kim.key.fingerprint] });
    const mine = w.key.fingerprint;
    await expect(openExport(armored, { ...known(w), published: [mine, kim.key.fingerprint] })).rejects.toMatchObject({
      code: "NOT_A_RECIPIENT",
      message: `your key ${mine} (Robin <robin@example.org>) does not open dev.asc`,
      hint: expect.stringMatching(
        `^These keys do: ${kim.key.fingerprint} \\("Kim <kim@example.org>"\\)\n.*--recipient ${mine}$`,
      ),
    });
    const unknown = openExport(armored, known(w));
    await expect(unknown).rejects.toMatchObject({
      hint: expect.stringMatching(/none of keys\/; it is for [0-9A-F]{16}\n/),
    });
    expect((await openExport(armored, { ...known(w), keyring: kim.keyring })).serial).toBe(2);
    const nobody = exportState(state, { ...options, recipients: ["A".repeat(40)] });
    await expect(nobody).rejects.toMatchObject({ code: "NO_PUBLIC_KEY" });
  });

  it("is told from other files, and from a damaged one", async () => {
    const { w, armored } = await filled();
    const refused = (text: string) => expect(openExport(text, known(w))).rejects;
    for (const text of ["", "# A shop\n", w.key.publicKey, armored.slice(0, 120)])
      await refused(text).toMatchObject({
        code: "EXPORT_INVALID",
        message: expect.stringMatching(/^dev\.asc is no export/),
      });
    const lines = armored.split("\n");
    lines[12] = lines[13] ?? "";
    await refused(lines.join("\n")).toMatchObject({
      code: "EXPORT_INVALID",
      message: expect.stringMatching(/^dev\.asc is .*damaged/),
    });
  });

  it("by a stranger, for another scope, or touched up is not used", async () => {
    const { w, options, state, armored } = await filled();
    const kim = await world("Kim");
    await publishKey(kim.key, { root: w.root });
    const forged = await exportState(state, { ...options, keyring: kim.keyring });
    await expect(openExport(forged, known(w))).rejects.toMatchObject({ code: "STATE_UNTRUSTED_SIGNER" });
    await expect(openExport(armored, { ...known(w), scope: "qa" })).rejects.toMatchObject({
      code: "STATE_WRONG_SCOPE",
    });
    const touched = (change: (text: string) => string) => ({
      ...w.keyring,
      decrypt: async (text: string) => Buffer.from(change(Buffer.from(await w.keyring.decrypt(text)).toString())),
    });
    const opened = (change: (text: string) => string) => openExport(armored, { ...known(w), keyring: touched(change) });
    await expect(opened((text) => text.replace("SECRET-A", "SECRET-X"))).rejects.toMatchObject({
      code: "BAD_SIGNATURE",
    });
    await expect(opened((text) => `${text} `)).rejects.toMatchObject({ code: "BAD_SIGNATURE" });
    await expect(opened((text) => text.replace("export/1", "export/2"))).rejects.toMatchObject({
      code: "EXPORT_NEWER",
    });
    const broken = await opened(() => "SECRET-A").catch((error: Error & { hint?: string }) => error);
    expect(broken).toMatchObject({ code: "EXPORT_INVALID", hint: expect.not.stringContaining("git") });
    expect(String((broken as Error).message)).not.toContain("SECRET");
  });

  it("is written once, for nobody else to read, and never over a file", async () => {
    const file = path.join(await folder(), "copy.asc");
    await writeExport(file, "one");
    expect((await fs.stat(file)).mode & 0o777).toBe(0o600);
    await expect(writeExport(file, "two")).rejects.toMatchObject({ code: "EXPORT_EXISTS" });
    expect(await fs.readFile(file, "utf8")).toBe("one");
  });
});
