import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { tree } from "@facsimile/testing";
import { describe, expect, it, onTestFinished } from "vitest";

const FACS = fileURLToPath(new URL("../bin/facs.mjs", import.meta.url));

const DEFINE = {
  "define/facsimile.json5": `{
  projects: { shop: { repo: "../shop", targets: ["web"] } },
  home: "nobody",
  deploy: { user: "nobody", nodes: { web: ["w1", "w2"] } },
  hosts: { w1: { region: "eu" }, w2: { region: "us" } },
  etc: "\${home}/etc",
  currency: "EUR",
  "@region:us": { currency: "USD" },
}
`,
  "define/shop.json5": '{ deploy: {\n  user: "storefront" } }\n',
  "define/staging.json5": '{ versions: { shop: "1" }, deploy: {\n  user: "shop" } }\n',
};

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real CLI in a folder. */
function facs(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const options = { cwd, env: { ...process.env, NO_COLOR: "1", FACS_ROOT: undefined, ...env } };
  return new Promise((resolve) => {
    execFile(process.execPath, [FACS, ...args], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

const world = (more: Readonly<Record<string, string>> = {}) =>
  tree({ ...DEFINE, ...more }, { onFinished: onTestFinished });

describe("facs explain", () => {
  it("tells where a value comes from; the only project need not be named", async () => {
    const root = await world();
    const named = await facs(root, ["explain", "staging", "shop", "deploy.user"]);
    expect(named).toEqual({
      code: 0,
      stdout: `deploy.user = "shop"
  define/staging.json5:2:9       "shop"       ← this one
  define/shop.json5:2:9          "storefront"   overridden
  define/facsimile.json5:4:19    "nobody"       overridden
`,
      stderr:
        "! the source's own definitions were not looked at: SRC/shop-1 is not there (facs plan staging shop fetches it)\n",
    });
    expect(await facs(path.join(root, "define"), ["explain", "staging", "deploy.user"])).toEqual(named);
    const ascii = await facs(root, ["explain", "staging", "deploy.user"], { LC_ALL: "POSIX" });
    expect(ascii.stdout).toContain('"shop"       <- this one\n');
  });

  it("looks with a host's eyes, or tells who sees another value", async () => {
    const root = await world({ "SRC/shop-1/README": "" });
    expect(await facs(root, ["explain", "staging", "currency"])).toEqual({
      code: 0,
      stdout: `currency = "EUR"
  define/facsimile.json5:7:13                "EUR" ← this one
  define/facsimile.json5:8:29    @region:us  "USD"   with --region us
`,
      stderr: "",
    });
    for (const eyes of [["--host", "w2"], ["--region", "us"], ["--region", "us", "--target", "web"]]) {
      expect((await facs(root, ["explain", "staging", "currency", ...eyes])).stdout).toBe(`currency = "USD"
  define/facsimile.json5:8:29    @region:us  "USD" ← this one
  define/facsimile.json5:7:13                "EUR"   overridden
`);
    } // biome-ignore format: a list
  });

  it("reads the source's own definitions where its checkout is there", async () => {
    const root = await world({ "SRC/shop-1/config/facsimile/facsimile.json5": '{ currency: "CHF", own: 1 }' });
    const { stdout, stderr } = await facs(root, ["explain", "staging", "own"]);
    expect(stdout).toBe("own = 1\n  SRC/shop-1/config/facsimile/facsimile.json5:1:25    1 ← this one\n");
    expect(stderr).toBe("");
    const other = await facs(root, ["explain", "staging", "own", "--set", "versions.shop=2"]);
    expect(other.stderr).toContain("NOT_SET: own is not set in staging, shop");
  });

  it("prints the order of the layers alone, or after the value all that was looked at", async () => {
    const root = await world({ "SRC/shop-1/README": "" });
    expect((await facs(root, ["explain", "staging.x", "--layers"])).code).toBe(64);
    const layers = await facs(root, ["explain", "staging", "shop", "--layers", "--set", "a=1", "--host", "w2"]);
    expect(layers.stdout).toBe(`staging, shop, w2: layers, strongest first
  --set a
  define/staging.json5    instance
  define/shop.json5       project
  define/facsimile.json5  every instance  @region:us
  defaults
`);
    const all = await facs(root, ["explain", "staging", "home", "--all"]);
    expect(all.stdout.split("\n\n")[1]).toBe(`looked at, strongest first
  define/staging.json5    instance        says nothing of it
  define/shop.json5       project         says nothing of it
  define/facsimile.json5  every instance  sets it
  defaults                                says nothing of it
`);
  });

  it("fails where nothing is set, with the nearest key and the places it looked at", async () => {
    const { code, stdout, stderr } = await facs(await world(), ["explain", "staging", "deploy.usr"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe(`error NOT_SET: deploy.usr is not set in staging, shop
  Did you mean deploy.user?
  Looked in, strongest first:
    define/staging.json5
    define/shop.json5
    define/facsimile.json5
    defaults
`);
  });

  it("with several projects explains what holds for all, and says which differ", async () => {
    const root = await world({
      "define/facsimile.json5": '{ projects: { shop: {}, ledger: {} }, deploy: { user: "nobody" } }',
      "define/ledger.json5": "{ ledger: { port: 1 } }",
    });
    const { stdout, stderr } = await facs(root, ["explain", "staging", "deploy.user"]);
    expect(stdout).not.toContain("define/shop.json5");
    expect(stderr).toBe("! a project sets it for itself too: facs explain staging shop deploy.user\n");
    const missing = await facs(root, ["explain", "staging", "ledger"]);
    expect(missing.stderr).toContain("  ledger is a project: name the key after it.\n");
    expect(missing.stderr).toContain("  ledger sets it for itself: facs explain staging ledger ledger\n");
  });

  it("gives one JSON document", async () => {
    const root = await world();
    const { stdout } = await facs(root, ["explain", "staging", "etc", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: "explain/1",
      instance: "staging",
      project: "shop",
      key: "etc",
      leaves: [
        {
          path: "etc",
          value: "nobody/etc",
          written: "${home}/etc",
          layer: "define/facsimile.json5",
          position: { file: "define/facsimile.json5", line: 6, column: 8 },
          overrode: [],
          uses: [{ path: "home", value: "nobody", layer: "define/facsimile.json5" }],
          elsewhere: [],
        },
      ],
      source: { folder: "SRC/shop-1", found: false },
    });
    const failed = await facs(root, ["explain", "staging", "nope", "--json"]);
    expect(JSON.parse(failed.stdout)).toMatchObject({ schema: "error/1", problems: [{ code: "NOT_SET" }] });
  });

  it("says what does not go together", async () => {
    const root = await world();
    const usage = async (...args: string[]) => {
      const { code, stderr } = await facs(root, ["explain", "staging", ...args]);
      return [code, stderr.split("\n")[0]];
    };
    expect(await usage()).toEqual([64, "error USAGE: which key of staging?"]);
    expect(await usage("a", "b", "c")).toEqual([64, "error USAGE: too many words"]);
    expect(await usage("shop", "home", "--layers")).toEqual([64, "error USAGE: --layers takes no key"]);
    expect(await usage("home", "--host", "w1", "--region", "eu")).toEqual([64, "error USAGE: a host has its own targets and region: --host stands alone"]); // biome-ignore format: one line
    expect(await usage("a..b")).toEqual([64, expect.stringContaining("BAD_PATH")]);
    expect(await usage("home", "--host", "w9")).toEqual([64, expect.stringContaining("UNKNOWN_HOST: there is no host w9")]); // biome-ignore format: one line
  });

  it("loads nothing that it does not need: whoever asks waits for no other library", async () => {
    const root = await world({ "define/modules.json5": "[]" });
    const scripts = await scriptsOf(root, ["explain", "staging", "currency", "--host", "w2"]);
    expect(scripts).toContain("commander");
    for (const name of ["zod", "yaml", "execa", "openpgp", "liquidjs", "re2js", "@humanwhocodes/momoa", "p-limit"]) {
      expect(scripts).not.toContain(name);
    }
    const own = scripts.filter((name) => name.startsWith("packages/"));
    expect(own.sort()).toEqual(["packages/cli", "packages/core", "packages/definitions"]);
  });
});

/** The packages whose code a run loads, in whatever way. */
async function scriptsOf(root: string, args: readonly string[]): Promise<readonly string[]> {
  const folder = path.join(root, "coverage");
  // Node writes down every script that it ran, ES module or not.
  expect((await facs(root, args, { NODE_V8_COVERAGE: folder })).code).toBe(0);
  const reports = await fs.readdir(folder);
  const texts = await Promise.all(reports.map((file) => fs.readFile(path.join(folder, file), "utf8")));
  const urls = texts.flatMap((text) =>
    (JSON.parse(text) as { result: { url: string }[] }).result.map(({ url }) => url),
  );
  const files = (await Promise.all([...new Set(urls)].map(sourcesOf))).flat();
  const names = files.map(
    (file) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? /packages\/\w+/.exec(file)?.[0],
  );
  return [...new Set(names.flatMap((name) => name ?? []))];
}

/** What a built file was made from, as its source map has it; else the file itself. */
async function sourcesOf(url: string): Promise<readonly string[]> {
  if (!url.includes("/dist/") || url.includes("/node_modules/")) return [url];
  if (url.endsWith("/rolldown-runtime.js")) return [];
  const { sources } = JSON.parse(await fs.readFile(fileURLToPath(`${url}.map`), "utf8")) as { sources: string[] };
  return sources.map((source) => new URL(source, url).href);
}
