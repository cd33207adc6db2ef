import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { entriesOf } from "../entries.ts";

/**
 * Takes out of a fresh virtual environment what holds only here or only now: links to this machine's Python, paths in
 * scripts, what pip noted of where packages came from, compiled files, scripts for shells of people.
 *
 * @returns Files that name the folder `here` all the same, relative to the environment.
 */
export async function makeMovable(
  dir: string,
  { python, here }: { readonly python: string; readonly here: string },
): Promise<readonly string[]> {
  await removeAll(dir, (name) => /(?:^|\/)__pycache__$/.test(name) || /^bin\/(?:activate|Activate)[^/]*$/.test(name));
  // venv(3): home is where the Python that it builds on is, and all that Python asks of this file.
  await fs.writeFile(path.join(dir, "pyvenv.cfg"), `home = ${path.posix.dirname(python)}\ninclude-system-site-packages = false\n`); // biome-ignore format: one line
  for (const name of await fs.readdir(path.join(dir, "bin"))) await moveScript(path.join(dir, "bin", name), { dir });
  await placePython(path.join(dir, "bin"), python);
  await removeAll(dir, (name) => /\.dist-info\/direct_url\.json$/.test(name));
  // The same again, for systems that look there; they look in lib as well.
  if ((await fs.readlink(path.join(dir, "lib64")).catch(() => "")) === "lib") await fs.rm(path.join(dir, "lib64"));
  const names = await entriesOf(dir);
  for (const name of names.filter((each) => /\.dist-info\/RECORD$/.test(each))) await renewRecord(path.join(dir, name));
  const held = await Promise.all(names.map((name) => holds(path.join(dir, name), here)));
  return names.filter((_, index) => held[index]);
}

async function removeAll(dir: string, matches: (name: string) => boolean): Promise<void> {
  const names = (await entriesOf(dir)).filter(matches);
  await Promise.all(names.map((name) => fs.rm(path.join(dir, name), { recursive: true, force: true })));
}

async function placePython(bin: string, python: string): Promise<void> {
  const names = (await fs.readdir(bin)).filter((name) => /^python[\d.]*$/.test(name));
  for (const name of names) await fs.rm(path.join(bin, name));
  await fs.writeFile(path.join(bin, "python"), launcher(python));
  await fs.chmod(path.join(bin, "python"), 0o755);
  for (const name of names.filter((each) => each !== "python")) await fs.symlink("python", path.join(bin, name));
}

/**
 * A link to Python would lead out of the release. Python knows its environment by the name that it is called by
 * (`pyvenv.cfg` beside it, PEP 405), which no shell but Python itself can give.
 */
export function launcher(python: string): string {
  return `#!/bin/sh
exec ${python} -I -S -c 'import os, sys; os.execv(sys.argv[1], sys.argv[2:])' ${python} "${BESIDE}/python" "$@"
`;
}

/** The folder of the script that runs, through all links. */
const BESIDE = '$(dirname -- "$(realpath -- "$0")")';

/** For the shell it runs Python on itself; for Python it is a text. As pip writes it where a path is long, but without one. */
const HEADER = `#!/bin/sh
'''exec' "${BESIDE}/python" "$0" "$@"
' '''
`;

async function moveScript(file: string, { dir }: { readonly dir: string }): Promise<void> {
  if (!(await fs.lstat(file)).isFile()) return;
  const text = await fs.readFile(file, "latin1");
  const moved = movedScript(text, `${dir}/bin/python`);
  if (moved !== text) await fs.writeFile(file, moved, "latin1");
}

/** A script that runs the Python beside it, where it ran the one at `python`. */
export function movedScript(text: string, python: string): string {
  const [first = "", second = "", third = ""] = text.split("\n", 3);
  if (first.startsWith(`#!${python}`)) return HEADER + text.slice(first.length + 1);
  const isLong = first === "#!/bin/sh" && second.startsWith("'''exec'") && second.includes(python);
  return isLong ? HEADER + text.slice(first.length + second.length + third.length + 3) : text;
}

/** What pip keeps of the files of a package: scripts have other bytes now, and what is gone is not listed. */
async function renewRecord(file: string): Promise<void> {
  const site = path.dirname(path.dirname(file));
  const lines = (await fs.readFile(file, "utf8")).split("\n");
  const renewed = await Promise.all(
    lines.map(async (line) => {
      const [, name] = /^((?:\.\.\/)+bin\/.+),sha256=[^,]*,\d+\r?$/.exec(line) ?? [];
      if (/direct_url\.json,|__pycache__\//.test(line)) return [];
      if (name === undefined) return [line];
      const bytes = await fs.readFile(path.join(site, name));
      return [`${name},sha256=${createHash("sha256").update(bytes).digest("base64url")},${bytes.length}`];
    }),
  );
  await fs.writeFile(file, renewed.flat().join("\n"));
}

async function holds(file: string, text: string): Promise<boolean> {
  const stat = await fs.lstat(file);
  if (stat.isSymbolicLink()) return (await fs.readlink(file)).startsWith("/");
  return stat.isFile() && (await fs.readFile(file)).includes(text);
}
