import fs from "node:fs/promises";
import path from "node:path";

/** What is being made takes less; what is older was left by a run that was killed. */
const DAY_MS = 86_400_000;

/** Makes a folder `<parent>/<prefix>…` to work in, and removes those that killed runs left there; `inUse` is left alone. */
export async function temporary(
  parent: string,
  { prefix, inUse }: { readonly prefix: string; readonly inUse?: string | undefined },
): Promise<string> {
  await fs.mkdir(parent, { recursive: true });
  const made = await fs.mkdtemp(path.join(parent, prefix));
  const leftovers = (await fs.readdir(parent)).filter((name) => name.startsWith(prefix));
  await sweep(
    leftovers.map((name) => path.join(parent, name)).filter((file) => file !== inUse),
    made,
  );
  return made;
}

// Ages are those of the file system: another machine may write here too.
async function sweep(files: readonly string[], made: string): Promise<void> {
  const { mtimeMs: now } = await fs.stat(made);
  for (const file of files) {
    const found = await fs.lstat(file).catch(() => undefined); // Another run sweeps too.
    if (found !== undefined && now - found.mtimeMs > DAY_MS) await fs.rm(file, { recursive: true, force: true });
  }
}
