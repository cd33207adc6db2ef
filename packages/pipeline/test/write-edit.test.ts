import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { tree } from "@facsimile/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { writeEdit } from "../src/write-edit.ts";

const FILE = "define/dev.json5";
const EDIT = { file: FILE, before: "{ a: 1 }\n", after: "{ a: 2 }\n" };

async function folder(files: Readonly<Record<string, string>> = { [FILE]: EDIT.before }) {
  const root = await tree(files, { onFinished: onTestFinished });
  const at = (name: string) => path.join(root, name);
  return { root, at, read: (name: string = FILE) => fs.readFile(at(name), "utf8") };
}

describe("writeEdit", () => {
  it("puts the new text in the place of the one that it was planned on", async () => {
    const { root, read } = await folder();
    await writeEdit(EDIT, { root });
    expect(await read()).toBe(EDIT.after);
    expect(await fs.readdir(path.join(root, "define"))).toEqual(["dev.json5"]);
  });

  it("makes a file where there was none", async () => {
    const { root, read } = await folder({ "define/x": "" });
    await writeEdit({ ...EDIT, before: "" }, { root });
    expect(await read()).toBe(EDIT.after);
  });

  it("refuses a file that changed meanwhile, came into being, or went away", async () => {
    const { root, read, at } = await folder({ [FILE]: "{ a: 3 }\n" });
    const stale = { code: "EDIT_STALE", message: "define/dev.json5 was changed by somebody else meanwhile" };
    await expect(writeEdit(EDIT, { root })).rejects.toMatchObject(stale);
    await expect(writeEdit({ ...EDIT, before: "" }, { root })).rejects.toMatchObject(stale);
    expect(await read()).toBe("{ a: 3 }\n");
    await fs.rm(at(FILE));
    await expect(writeEdit(EDIT, { root })).rejects.toMatchObject(stale);
    expect(await fs.readdir(at("define"))).toEqual([]);
  });

  it("keeps the file's mode, whatever the umask", async () => {
    const { root, at } = await folder();
    await fs.chmod(at(FILE), 0o640);
    await writeEdit(EDIT, { root });
    expect((await fs.stat(at(FILE))).mode & 0o777).toBe(0o640);
  });

  it("writes what a link leads to, and the link stays", async () => {
    const { root, at, read } = await folder({ "shared/dev.json5": EDIT.before, "define/x": "" });
    await fs.symlink("../shared/dev.json5", at(FILE));
    await writeEdit(EDIT, { root });
    expect(await fs.readlink(at(FILE))).toBe("../shared/dev.json5");
    expect(await read("shared/dev.json5")).toBe(EDIT.after);
    expect(await fs.readdir(at("shared"))).toEqual(["dev.json5"]);
  });

  it("keeps a byte order mark, which no reader hands on", async () => {
    const { root, read } = await folder({ [FILE]: `\ufeff${EDIT.before}` });
    await writeEdit(EDIT, { root });
    expect(await read()).toBe(`\ufeff${EDIT.after}`);
  });

  it("takes bytes that are no text for a change", async () => {
    const { root, at } = await folder();
    await fs.writeFile(at(FILE), Buffer.from([0x7b, 0xff, 0x7d]));
    await expect(writeEdit({ ...EDIT, before: "{\ufffd}x" }, { root })).rejects.toMatchObject({ code: "EDIT_STALE" });
  });

  it("leaves the old text, and nothing beside it, where the new one does not go in whole", async () => {
    const { root, at, read } = await folder();
    const source = path.join(import.meta.dirname, "../src/write-edit.ts");
    const script = `
      import { writeEdit } from ${JSON.stringify(source)};
      process.on("SIGXFSZ", () => {}); // Else the limit ends the process.
      const edit = { ...${JSON.stringify(EDIT)}, after: "//" + "x".repeat(20_000) };
      const work = writeEdit(edit, { root: ${JSON.stringify(root)} });
      await work.then(() => console.log("written"), (error) => console.log(error.code));
    `;
    await fs.writeFile(at("script.mjs"), script);
    const typescript = path.join(import.meta.dirname, "../../state/test/typescript.mjs");
    const node = [process.execPath, "--import", typescript, "--conditions=@facsimile/source", at("script.mjs")];
    // A limit of 8 kB on what a process writes acts as a full disk does: the first write is short, the second fails.
    const { stdout } = await promisify(execFile)("sh", ["-c", 'ulimit -f 16; exec "$0" "$@"', ...node]);
    expect(stdout).toBe("EFBIG\n");
    expect(await read()).toBe(EDIT.before);
    expect(await fs.readdir(at("define"))).toEqual(["dev.json5"]);
  });
});
