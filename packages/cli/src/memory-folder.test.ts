import fs from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { faultOf, withMemoryFolder } from "./memory-folder.ts";

describe("withMemoryFolder", () => {
  it("hands out a folder of this user alone, in memory, and leaves none, also after a failure", async () => {
    const folders: string[] = [];
    const work = async (folder: string) => {
      folders.push(folder);
      expect((await fs.stat(folder)).mode & 0o777).toBe(0o700);
      await fs.mkdir(path.join(folder, "deep"));
      await fs.writeFile(path.join(folder, "deep/file"), "value");
      throw new Error("broken");
    };
    // A folder that is no memory is passed over.
    await expect(withMemoryFolder({ XDG_RUNTIME_DIR: "/proc" }, work)).rejects.toThrow("broken");
    expect(folders).toEqual([expect.stringMatching(/^\/dev\/shm\/facs-\w+$/)]);
    await expect(fs.access(folders[0] ?? "")).rejects.toThrow("ENOENT");
  });

  it("overwrites what it removes, also where somebody else holds the file open", async () => {
    const handle = await withMemoryFolder({}, async (folder) => {
      await fs.writeFile(path.join(folder, "file"), "value");
      return fs.open(path.join(folder, "file"));
    });
    expect(await handle.readFile()).toEqual(Buffer.alloc(5));
    await handle.close();
  });

  it("says why a folder does not do", async () => {
    expect(await faultOf("/dev/shm")).toBeUndefined();
    expect(await faultOf("/proc")).toBe("is on a disk");
    expect(await faultOf("/nowhere")).toBe("cannot be used");
  });
});
