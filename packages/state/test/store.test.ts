import path from "node:path";
import { folderStore } from "../src/store/store.ts";
import { storeConformance } from "./store-conformance.ts";
import { watched } from "./watched.ts";
import { folder } from "./world.ts";

storeConformance("a folder", async () => {
  const dir = path.join(await folder(), "state");
  const failingAt = (n: number) => {
    let calls = 0;
    const fs = watched(() => {
      calls += 1;
      if (calls === n) throw Object.assign(new Error("EIO: made to fail"), { code: "EIO" });
    });
    return { store: folderStore(dir, fs), reached: () => calls >= n };
  };
  return { store: folderStore(dir), other: folderStore(dir), failingAt };
});
