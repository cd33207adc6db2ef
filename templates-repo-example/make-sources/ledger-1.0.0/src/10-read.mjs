import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";

function readIni(path) {
  const pairs = readFileSync(path, "utf8").matchAll(/^(\w+)\s*=\s*(.*)$/gm);
  return Object.fromEntries([...pairs].map(([, key, value]) => [key, value]));
}
