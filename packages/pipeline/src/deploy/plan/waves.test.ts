import type { Host, Wave } from "@facsimile/definitions";
import { expect, it } from "vitest";
import { hostsOf, planWaves } from "./waves.ts";

const host = (name: string, targets: readonly string[]): { host: Host } => ({
  host: { name, region: name.split(".")[1], targets } as unknown as Host,
});
const items = [
  host("web1.eu", ["frontend"]),
  host("web2.eu", ["frontend"]),
  host("db1.eu", ["database"]),
  host("web1.us", ["frontend"]),
  host("db1.us", ["frontend", "database"]),
  host("lone", ["frontend"]),
];
const told = (waves: readonly Wave[]) =>
  planWaves(items, waves).map(({ name, members }) => `${name}: ${members.map(({ host }) => host.name).join(" ")}`);

it("puts each host into the first wave that it fits; those that fit none come last", () => {
  expect(told([{ regions: ["eu"] }, { targets: ["database"] }])).toEqual([
    "eu: web1.eu web2.eu db1.eu",
    "database: db1.us",
    "the others: web1.us lone",
  ]);
});

it("asks a host to fit in every way that a wave names", () => {
  expect(told([{ regions: ["eu", "us"], targets: ["database"] }, { hosts: ["lone", "web1.us"] }])).toEqual([
    "eu us database: db1.eu db1.us",
    "lone web1.us: web1.us lone",
    "the others: web1.eu web2.eu",
  ]);
});

it("a wave that names nothing takes all that are left, and waves without hosts are none", () => {
  expect(told([{ hosts: ["web9.eu"] }, { max: 2 }, { regions: ["eu"] }])).toEqual([
    "the others: web1.eu web2.eu db1.eu web1.us db1.us lone",
  ]);
  expect(told([])).toHaveLength(1);
  expect(planWaves([], [{ max: 1 }])).toEqual([]);
});

it("keeps what a wave says of itself", () => {
  expect(planWaves(items, [{ regions: ["eu"], max: 1, soak: 60 }])[0]).toMatchObject({ max: 1, soak: 60 });
});

it("takes a part of the hosts, rounded down", () => {
  expect([hostsOf(3, 100), hostsOf("10%", 19), hostsOf("10%", 20), hostsOf("100%", 7), hostsOf("0%", 7)]).toEqual([
    3, 1, 2, 7, 0,
  ]);
  expect(hostsOf("29%", 100)).toBe(29);
});
