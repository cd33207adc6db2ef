import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SecretWorld, secretWorld } from "./secret-world.ts";

const TEMPLATE = `password = {{ module.storefront.password }}
reports  = {{ instance.db.reports }}
root     = {{ secret["db/root"] }}
key      = {{ instance.api.key }}
cookie   = {{ secret.cookie }}
worker   = {{ module.worker.db.password }}
`;

const dev = (generate: string, more = "") => `{
  home: "shop-dev",
  state: { generate: ${generate} },
  db: { reports: { $secret: "passwd/reports" } },
  api: { key: { $secret: "api/key" } },
  ${more}
}`;

const GENERATE = `{
    "db/root": "uuid", "api/key": { hex: 32 }, cookie: { base64: 24 }, "pin": { length: 6, alphabet: "01" },
    "passwd/storefront": { length: 20 }, "passwd/reports": "uuid", "worker/db": { length: 40, alphabet: "äöü" },
  }`;

describe("state.generate", () => {
  let shop: SecretWorld;
  beforeAll(async () => {
    shop = await secretWorld({
      "define/dev.json5": dev(GENERATE),
      "define/modules.json5": `[{ name: "storefront" }, { name: "worker", db: { password: { $secret: "worker/db" } } }]`,
      "tmpl/shop/_ALL_/_DEPLOY_/etc/app.ini": TEMPLATE,
    });
  });
  afterAll(() => shop.remove());
  const deployed = async () => {
    const text = await fs.readFile(path.join(shop.home, "shop-dev/shop/current/etc/app.ini"), "utf8");
    return Object.fromEntries(text.split("\n").flatMap((line) => (line === "" ? [] : [line.split(/ += +/)])));
  };

  it("is planned without a trace, with the hosts that get each value", async () => {
    const { code, stdout, stderr } = await shop.facs("plan", "dev");
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const made = ["passwd/reports", "passwd/storefront", "passwd/worker", "api/key", "cookie", "db/root", "pin", "worker/db"]; // biome-ignore format: a list
    const told = [...stdout.matchAll(/^ {4}\+ secret (\S+) +(.*?) +define\/\S+$/gm)].map(([, name, how]) => [
      name,
      how,
    ]);
    expect(told.map(([name]) => name)).toEqual(made);
    expect(Object.fromEntries(told)).toMatchObject({
      "passwd/storefront": "20 letters and digits, for module storefront",
      "api/key": "hex 32",
      "worker/db": "40 of äöü",
    });
    expect(stdout).toContain("state dev serial 0 → 1");
    expect(stdout).toMatch(/^ {4}api\/key +new on local$/m);
    expect(stdout).not.toMatch(/^ {4}pin +new on/m);
    await expect(shop.read("state/dev.json")).rejects.toThrow("ENOENT");
    const { state } = JSON.parse((await shop.facs("plan", "dev", "--json")).stdout);
    expect(state).toMatchObject({ passwords: made.slice(0, 3).map((name) => name.slice(7)), secrets: made.slice(3) });
  });

  it("is not rendered as a placeholder that looks right", async () => {
    const { code, stdout, stderr } = await shop.facs("render", "dev", "etc/app.ini");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("SECRETS_MISSING: state dev does not have passwd/reports, passwd/storefront");
    expect(stderr).toContain("facs secrets generate dev");
  });

  it("is made by the first deploy, each as its rule says, and reaches templates", async () => {
    const { code, stdout, stderr } = await shop.facs("deploy", "dev");
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toContain(
      "  made     passwd/reports, passwd/storefront, passwd/worker, api/key, cookie, db/root, pin, worker/db\n",
    );
    const values = await deployed();
    expect(values["password"]).toMatch(/^[A-Za-z0-9]{20}$/);
    expect(values["reports"]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(values["root"]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(values["key"]).toMatch(/^[0-9a-f]{64}$/);
    expect(Buffer.from(values["cookie"] ?? "", "base64")).toHaveLength(24);
    expect(values["worker"]).toMatch(/^[äöü]{40}$/);
    expect(await shop.value("dev", "pin")).toMatch(/^[01]{6}$/);
    for (const secret of Object.values(values)) expect(stdout + stderr).not.toContain(secret);
  });

  it("is the plan of that deploy: the next one has nothing to do", async () => {
    expect((await shop.facs("plan", "dev")).stdout).toMatch(/Nothing to do\.\n$/);
  });

  it("never makes anew what exists, also when its rule changed or went", async () => {
    const before = [await deployed(), await shop.read("state/dev.json")];
    await shop.put("define/dev.json5", dev(`{ "db/root": { hex: 8 }, cookie: "uuid" }`));
    const { code, stdout } = await shop.facs("deploy", "dev");
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("dev: no change") });
    expect([await deployed(), await shop.read("state/dev.json")]).toEqual(before);
  });

  it("makes what is new beside what there is", async () => {
    const before = await deployed();
    await shop.put("define/dev.json5", dev(`{ "mail/shop": "uuid" }`, `mail: { $secret: "mail/shop" },`));
    const { stdout } = await shop.facs("deploy", "dev");
    expect(stdout).toContain("  made     mail/shop\n");
    expect(await deployed()).toEqual(before);
  });

  it("leaves a reference to what nobody gives to one clear error, with its place and the command", async () => {
    const more = `mail: [{ $secret: "mail/shop" }, { $secret: "mail/shpo" }], pay: { $secret: "constructor" },`;
    await shop.put("define/dev.json5", dev("{}", more));
    for (const verb of ["plan", "deploy"]) {
      const { code, stdout, stderr } = await shop.facs(verb, "dev");
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toContain(
        "define/dev.json5:6:36: error SECRETS_MISSING: mail.1 refers to the secret mail/shpo, which state/dev.json does not have",
      );
      expect(stderr).toContain("Did you mean mail/shop? Or set it: facs secrets set dev mail/shpo\n");
      expect(stderr).toContain("error SECRETS_MISSING: pay refers to the secret constructor");
      expect(stderr).toContain("2 problems.");
    }
    const { code, stderr } = await shop.facs("render", "dev", "etc/app.ini");
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("facs secrets set dev mail/shpo"),
    });
  });

  it("and one in a template with the place there", async () => {
    await shop.put("define/dev.json5", dev("{}"));
    await shop.put("tmpl/shop/_ALL_/_DEPLOY_/etc/app.ini", `a = {{ secret["api/kye"] }}\n`);
    const { code, stderr } = await shop.facs("plan", "dev");
    expect(code).toBe(1);
    expect(stderr).toContain("tmpl/shop/_ALL_/_DEPLOY_/etc/app.ini:1:");
    expect(stderr).toContain('unknown variable secret["api/kye"]');
    expect(stderr).toContain("Set it: facs secrets set dev api/kye\n");
  });

  it("is refused with its place where it cannot be", async () => {
    await shop.put("define/dev.json5", dev(`{ "db/root": { hex: 0 } }`));
    const { code, stderr } = await shop.facs("plan", "dev");
    expect(code).toBe(1);
    expect(stderr).toContain(
      'define/dev.json5:3:42: error INVALID_VALUE: state.generate."db/root".hex is the number 0',
    );
  });
});
