import type { ListedHost, ListedInstance, Listing } from "@facsimile/pipeline";
import { expect, it } from "vitest";
import { instanceText, listText } from "./list.ts";

const host = (name: string, more: Partial<ListedHost> = {}): ListedHost =>
  ({ host: name, address: name, system: "linux", targets: ["web"], region: "eu", ...more }) as ListedHost;

const staging: ListedInstance = {
  instance: "staging",
  local: false,
  protected: false,
  scope: "staging",
  versions: { shop: "1.0.0", ledger: "2.1" },
  hosts: [
    host("web1.eu", { address: "192.0.2.1", user: "shop", port: 2222 }),
    host("web1.us", { region: "us", targets: ["web", "db"] as never, down: "the disk is full" }),
    host("db1.eu", { targets: ["db"] as never, system: "darwin" }),
  ],
  files: ["define/facsimile.json5", "define/staging.json5", "define/modules.json5"],
  problems: [],
};

const listing = (instances: readonly ListedInstance[]): Listing => ({
  schema: "list/1",
  root: "/",
  projects: [
    { project: "shop", repo: "../shop", path: undefined, targets: ["web", "db"], definitions: "conglomerate" },
    { project: "ledger", repo: "git@example.org:x.git", path: "ledger", targets: undefined, definitions: "source" },
  ] as never,
  instances,
});

it("lists projects with their repositories and targets, instances with hosts, targets and versions", () => {
  const dev = {
    ...staging,
    instance: "dev.dev0",
    local: true,
    versions: {},
    hosts: [host("local", { region: undefined })],
  };
  const production = { ...staging, instance: "production", protected: true, hosts: [host("a", { region: undefined })] };
  const broken = { ...staging, instance: "broken", problems: [new Error() as never] };
  expect(listText(listing([broken, dev, production, staging]))).toBe(`projects
  shop    ../shop                          web, db
  ledger  git@example.org:x.git in ledger  any target  defined in its source

instances
  broken      cannot be read
  dev.dev0    this machine                               no version
  production  1 host                        web 1        shop 1.0.0, ledger 2.1  protected
  staging     3 hosts (eu 2, us 1), 1 down  web 2, db 2  shop 1.0.0, ledger 2.1

1 instance cannot be read. facs lint says why.
`);
});

it("names no more versions than a line takes", () => {
  const versions = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`p${index}`, "1"]));
  expect(listText(listing([{ ...staging, versions }]))).toContain("  p0 1, p1 1, p2 1, p3 1 and 5 more\n");
});

it("shows of one instance every host by region, and the files in the order of the chain", () => {
  const projectFiles = [
    { project: "shop", files: ["define/shop.json5"], before: "define/staging.json5" },
    { project: "ledger", files: [], before: undefined },
    { project: "late", files: ["z"], before: undefined },
  ];
  expect(
    instanceText({ ...staging, protected: true, projectFiles }),
  ).toBe(`staging: 3 hosts (eu 2, us 1), 1 down, state staging, protected
  versions shop    1.0.0
           ledger  2.1

hosts
  eu  web1.eu  web      shop@192.0.2.1:2222
  eu  db1.eu   db       db1.eu               darwin
  us  web1.us  web, db  web1.us              down: the disk is full

definition, weakest first
  define/facsimile.json5
  define/shop.json5       for shop
  define/staging.json5
  define/modules.json5
  z                       for late
`);
  expect(instanceText({ ...staging, versions: {} })).toContain("\n  versions none\n");
});
