import { dice } from "./effort.ts";

/** So many different texts, always the same ones, that a shell, ssh or a path could misread; many would make the file `canary`. */
export function hostileTexts(count: number, canary: string): string[] {
  const roll = dice();
  const parts = [...PARTS, ...commandsThatMake(canary)];
  const texts = new Set<string>();
  while (texts.size < count) texts.add(Array.from({ length: roll(4) + 1 }, () => parts[roll(parts.length)]).join(""));
  return [...texts];
}

const PARTS = [
  "-", "--", "-o", "-oProxyCommand=", "-i", ";", "&", "|", "\n", "\r", "\0", "$(", "`", ")", "'", '"', "\\", "\\n", " ", "\t", "*", "~", "#", "!", "%h", "%r", "%",
  "..", "/", ":", "@", "[", "]", "{a,b}", "$HOME", "$" + "{IFS}", "<", ">", "a", "shop", "root", "127.0.0.1", "ssh://", "é", "\u202e", "\u001b[2J",
]; // biome-ignore format: a list

function commandsThatMake(file: string): string[] {
  const touch = `touch ${file}`;
  const quoted = [touch, `$(${touch})`, `\`${touch}\``, `;${touch};`, `\n${touch}\n`, `'; ${touch}; '`, `| ${touch} #`];
  return [...quoted, ...["Proxy", "Local"].map((kind) => `-o${kind}Command=${touch}`)];
}
