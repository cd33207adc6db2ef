import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { movedPaths, parseStats, Records } from "../look/listing.ts";
import {
  formatDeployed,
  formatHistory,
  formatLock,
  formatMarker,
  parseDeployed,
  parseHistory,
  parseLock,
  parseMarker,
} from "./formats.ts";

/** The code blocks of a format's page. */
function vectors(name: string): string[] {
  const page = readFileSync(new URL(`../../../../docs/formats/${name}.md`, import.meta.url), "utf8");
  return [...page.matchAll(/^```\w*\n(.*?)\n```$/gms)].map(([, block]) => block ?? "");
}

it("writes and reads marker/1 as its page has it", () => {
  const place = { instance: "staging", project: "storefront" };
  const [vector = ""] = vectors("marker-1");
  expect(formatMarker(place)).toBe(vector);
  expect(parseMarker(`${vector}\n`)).toEqual(place);
  expect(parseMarker("something else")).toBeUndefined();
});

it("writes and reads lock/1 as its page has it", () => {
  const [name = "", json = ""] = vectors("lock-1");
  const lock = { owner: "ann@laptop", run: "20260101-000000-1", reason: "deploy" };
  expect(`${formatLock(lock)},"since":1767225600}`).toBe(json);
  const read = { ...lock, since: 1_767_225_600, until: 1_767_225_720 };
  expect(parseLock(`${name} ${json}\n`, 1_767_225_720)).toEqual({ ...read, expired: false });
  expect(parseLock(`${name} ${json}\n`, 1_767_225_721)).toEqual({ ...read, expired: true });
  expect(parseLock(`${name} {"cut sho`, 0)).toMatchObject({ owner: "", until: 1_767_225_720 });
});

it("writes and reads history/1 as its page has it, and forgives a line cut short", () => {
  const [line = ""] = vectors("history-1");
  const [entry, ...others] = parseHistory(`${line}\n${line.replace(/"at":"[^"]*"/, '"at":7')}\n{"facsimile":"hist`);
  expect(others).toEqual([]);
  expect(entry).toMatchObject({ version: "1.1.0", action: "deploy" });
  expect(entry && formatHistory(entry)).toBe(line);
  const older = line.replace(/"instance":"[^"]*",/, "");
  expect(parseHistory(older).map(formatHistory)).toEqual([older]);
  expect(parseHistory(line.replace(/"instance":"[^"]*"/, '"instance":7'))).toEqual([]);
});

it("refuses formats of a newer version, saying so", () => {
  const refusal = expect.objectContaining({ code: "HOST_FORMAT_NEWER" });
  expect(() => parseMarker('{"facsimile":"marker/2"}')).toThrow(refusal);
  expect(() => parseHistory('{"facsimile":"history/2"}\n')).toThrow(refusal);
});

describe.each(["snapshot-1", "snapshot-2"])("%s", (name) => {
  const [vector = ""] = vectors(name);
  const bytes = Buffer.from(vector.replaceAll("\\0", "\0").replaceAll("\\n", "\n"));
  const read = (buffer: Buffer) => parseStats(new Records(buffer)) ?? new Map();

  it("reads as its page has it", () => {
    const stats = [...read(bytes)].map(([path, { type, mode, size, target }]) => [path, type, mode, size, target]);
    expect(stats).toEqual([
      ["etc", "dir", 0o755, 4096, ""],
      ["etc/a\nb", "file", 0o644, 5, ""],
      ["l", "link", 0o777, 3, "etc"],
    ]);
  });

  it("tells a change of any field, and paths that came or went", () => {
    const changed = (from: string, to: string) =>
      movedPaths(read(bytes), read(Buffer.from(bytes.toString().replace(from, to))));
    expect(changed("x", "x")).toEqual([]);
    const mode = name === "snapshot-1" ? ["81a4", "81ed"] : ["f 644", "f 755"];
    const times = name === "snapshot-1" ? ["03 +", "04 +"] : ["0030 ", "0040 "];
    for (const from of [mode[0], " 132 ", " 5 ", ...times]) {
      const to = from === mode[0] ? mode[1] : from?.replace(/[0-9](?=[^0-9]*$)/, "9");
      expect(changed(from ?? "", to ?? "")).toEqual(["etc/a\nb"]);
    }
    expect(changed("./etc/a\nb", "./etc/c")).toEqual(["etc/a\nb", "etc/c"]);
  });

  it("is of no use when it is of another format or does not add up", () => {
    const other = name === "snapshot-1" ? "snapshot/2" : "snapshot/1";
    const broken = (from: string, to: string) =>
      parseStats(new Records(Buffer.from(bytes.toString().replace(from, to))));
    expect(broken(name.replace("-", "/"), other)).toBeUndefined();
    expect(broken(name.replace("-", "/"), "snapshot/3")).toBeUndefined();
    expect(broken("./etc\0", "")).toBeUndefined();
  });
});

it("writes and reads deployed/1 as its page has it", () => {
  const [vector = ""] = vectors("deployed-1");
  const state = {
    scope: "production",
    id: "232decd1a556e9bc40e25eb41cf65610",
    serial: 13,
    digest: "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
  };
  expect(formatDeployed(state)).toBe(vector);
  expect(parseDeployed(`${vector}\n`)).toEqual(state);
  expect(parseDeployed(vector.slice(0, -20))).toBeUndefined();
  expect(parseDeployed(vector.replace("13", '"13"'))).toBeUndefined();
  expect(() => parseDeployed(vector.replace("/1", "/2"))).toThrow(
    expect.objectContaining({ code: "HOST_FORMAT_NEWER" }),
  );
});
