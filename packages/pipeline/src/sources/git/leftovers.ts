import fs from "node:fs/promises";
import path from "node:path";

/** What is being made takes less; what is older was left by a run that was killed. */
const DAY_MS = 86_400_000;

/** Makes a folder `<parent>/<prefix>…` to work in, and removes those that killed runs left there. */
export async function temporary(parent: string, prefix: string): Promise<string> {
  await fs.mkdir(parent, { recursive: true });
  const made = await fs.mkdtemp(path.join(parent, prefix));
  await sweep(parent, { prefix, made });
  return made;
}

// Ages are those of the file system: another machine may write here too.
async function sweep(parent: string, { prefix, made }: { prefix: string; made: string }): Promise<void> {
  const { mtimeMs: now } = await fs.stat(made);
  const names = (await fs.readdir(parent)).filter((name) => name.startsWith(prefix));
  for (const file of names.map((name) => path.join(parent, name))) {
    const found = await fs.lstat(file).catch(() => undefined); // Another run sweeps too.
    if (found !== undefined && now - found.mtimeMs > DAY_MS) await fs.rm(file, { recursive: true, force: true });
  }
}
