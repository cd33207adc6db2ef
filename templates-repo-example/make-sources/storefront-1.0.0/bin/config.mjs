import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The release that this file is part of. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

export const read = (path) => readFileSync(join(root, path), "utf8");
export const readJson = (path) => JSON.parse(read(path));

/** The `key = value` lines of an ini file; sections only order it for the eye. */
export function readIni(path) {
  const pairs = read(path).matchAll(/^(\w+)\s*=\s*(.*)$/gm);
  return Object.fromEntries([...pairs].map(([, key, value]) => [key, value]));
}

export const version = () => read("etc/storefront.version").trim();
export const urlOf = ({ address, port }, path) =>
  `http://${address.includes(":") ? `[${address}]` : address}:${port}${path}`;
