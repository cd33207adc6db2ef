import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan } from "../src/deploy/plan/plan.ts";
import { verify } from "../src/deploy/verify.ts";
import { type DeployWorld, deployWorld, outcomes } from "./deploy-world.ts";

const SHARED = `shared: ["uploads", "var/data"],`;

describe("the links of shared paths", { timeout: 60_000 }, () => {
  let shop: DeployWorld;
  beforeAll(async () => {
    shop = await deployWorld(["web1.eu", "web2.eu"]);
    await shop.define({ deploy: SHARED });
    expect((await shop.deploy()).outcome).toBe("done");
  });
  afterAll(() => shop.stopAll());

  const inCopy = (host: string, name: string) => path.join(shop.fleet.hosts.find((one) => one.name === host)?.home ?? "", "shop/shop", name); // biome-ignore format: one line
  const link = (host: string, name: string) => fs.readlink(inCopy(host, `current/${name}`)).catch(() => undefined);
  /** Of each host, what is to change, and what was changed by hand. */
  const planned = async () => {
    const { hosts } = await plan({ instance: "staging" }, shop.context);
    const told = (found: readonly { kind: string; path: string }[]) => found.map(({ kind, path }) => `${kind} ${path}`);
    return hosts.map(({ projects: [one] }) => ({ changes: told(one?.changes ?? []), drift: told(one?.drift ?? []) }));
  };

  it.each(["uploads", "var/data"])(
    "that somebody removed are missing, to a plan and to verify, and the next deploy makes them: %s",
    async (name) => {
      await fs.writeFile(inCopy("web1.eu", `shared/${name}/kept`), "kept");
      await fs.rm(inCopy("web1.eu", `current/${name}`));
      expect(await shop.verify()).toEqual([`web1.eu: missing ${name}`]);
      const { hosts } = await verify({ instance: "staging", deep: true }, shop.context);
      expect(hosts.map(({ projects: [one] }) => one?.differences)).toEqual([
        [{ kind: "missing", path: name, expected: { path: name, type: "link", target: name === "uploads" ? "../../shared/uploads" : "../../../shared/var/data" } }], // biome-ignore format: one line
        [],
      ]);
      expect(await planned()).toEqual([
        { changes: [], drift: [`missing ${name}`] },
        { changes: [], drift: [] },
      ]);
      expect(outcomes(await shop.deploy())).toEqual({ "web1.eu": "done", "web2.eu": "unchanged" });
      expect(await fs.readFile(inCopy("web1.eu", `current/${name}/kept`), "utf8")).toBe("kept");
      expect(await shop.verify()).toEqual([]);
      expect((await shop.deploy()).outcome).toBe("unchanged");
    },
  );

  it("that somebody led elsewhere, or put a folder in their place, are told as that, and put right", async () => {
    await fs.rm(inCopy("web1.eu", "current/uploads"));
    await fs.symlink("/tmp", inCopy("web1.eu", "current/uploads"));
    await fs.rm(inCopy("web2.eu", "current/var/data"));
    await fs.mkdir(inCopy("web2.eu", "current/var/data"));
    await fs.writeFile(inCopy("web2.eu", "current/var/data/new"), "");
    const differs = ["web1.eu: target uploads", "web2.eu: type var/data", "web2.eu: extra var/data/new"];
    expect(await shop.verify()).toEqual(differs);
    expect((await planned()).flatMap(({ drift }) => drift)).toEqual(differs.map((one) => one.replace(/^\S+ /, "")));
    expect(outcomes(await shop.deploy())).toEqual({ "web1.eu": "done", "web2.eu": "done" });
    expect(await shop.verify()).toEqual([]);
    expect(await link("web1.eu", "uploads")).toBe("../../shared/uploads");
  });

  it("of a path that is shared only now come with the next deploy, though no file changes", async () => {
    await shop.define({ deploy: SHARED.replace("[", '["logs", ') });
    expect(await shop.verify()).toEqual([]);
    expect(await planned()).toEqual([
      { changes: ["missing logs"], drift: [] },
      { changes: ["missing logs"], drift: [] },
    ]);
    expect((await shop.deploy()).outcome).toBe("done");
    expect(await link("web2.eu", "logs")).toBe("../../shared/logs");
    expect((await shop.deploy()).outcome).toBe("unchanged");
    expect(await shop.verify()).toEqual([]);
  });
});
