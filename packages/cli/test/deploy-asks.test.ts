import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { git } from "@facsimile/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onTerminal, type Typing } from "./terminal.ts";
import { type FleetWorld, fleetWorld, HOSTS } from "./world.ts";

const QUESTION = "Deploy? [y/N";

describe("a deploy to hosts", () => {
  let shop: FleetWorld;
  beforeAll(async () => {
    shop = await fleetWorld();
  });
  afterAll(() => shop.remove());

  const running = () =>
    Promise.all(
      HOSTS.map((host) => fs.readlink(path.join(shop.hostHome(host), "shop/ledger/current")).catch(() => "none")),
    );
  const look = async () => [await running(), await git(shop.root, "rev-parse", "HEAD")];
  const type = (typing: readonly Typing[]) => onTerminal(shop, { args: ["deploy", "staging"], typing });

  it("where nobody can be asked needs --yes, says what to type, and changes nothing", async () => {
    const before = await look();
    const { code, stderr, stdout } = await shop.facs("deploy", "staging", "ledger");
    expect(stderr).toContain("error CONFIRMATION_NEEDED: staging would change, and nobody can be asked here\n");
    expect(stderr).toContain("facs plan staging ledger, and if it is right: facs deploy staging ledger --yes\n");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(await look()).toEqual(before);
    expect(await fs.readdir(shop.root)).not.toContain("state");
  });

  it("shows its plan and asks; anything but yes leaves all as it was", async () => {
    const before = await look();
    const { code, stdout } = await type([{ after: QUESTION, text: "" }]);
    expect(stdout).toMatch(
      /staging: 2 projects, 6 hosts[\s\S]* {2}hosts\n[\s\S]*6 hosts would change\.\nDeploy\? \[y\/N/,
    );
    expect(stdout).toContain("Nothing was changed.\n");
    expect(code).toBe(1);
    expect(await look()).toEqual(before);
  });

  it("goes on when somebody says yes, after a look at the files", async () => {
    expect(await type([{ after: QUESTION, text: "y" }])).toMatchObject({ code: 0 });
    await shop.edit("define/staging.json5", "hello from staging", "summer sale");
    const began = Date.now();
    const { code, stdout } = await type([
      { after: QUESTION, text: "d" },
      { after: "+banner = summer sale", text: "yes", meanwhile: () => delay(3000) },
    ]);
    // The time in which somebody thought about it is not the run's.
    expect(Number(/; ([\d.]+) s/.exec(stdout)?.[1])).toBeLessThan((Date.now() - began) / 1000 - 2.9);
    expect(stdout).toContain("all 6 hosts hold exactly their copy of storefront 1.0.0");
    expect(code).toBe(0);
  });

  it("asks nothing where there is nothing to do", async () => {
    expect(await type([])).toMatchObject({ code: 0, stdout: expect.not.stringContaining(QUESTION) });
    expect(await shop.facs("deploy", "staging")).toMatchObject({ code: 0 });
  });

  const byHand = () => fs.appendFile(path.join(shop.hostHome("web1.us"), "shop/ledger/current/etc/ledger.ini"), "x\n");
  const rotate = () => shop.facs("secrets", "rotate", "staging", "passwd/worker", "--yes");
  const edit = () => fs.appendFile(path.join(shop.root, "define/staging.json5"), "// later\n");
  it.each([
    ["a host", "HOST_MOVED: web1.us: somebody else changed ledger there meanwhile", byHand],
    ["the state", "STATE_CHANGED: somebody changed state/staging.json since the plan was shown", rotate],
    ["the definitions", "DEFINITION_CHANGED: somebody changed the definitions since the plan was shown", edit],
  ])("stops with exit 4 when %s moved while it asked, and has changed nothing", async (_what, told, meanwhile) => {
    await shop.edit("define/facsimile.json5", 'currency: "', 'currency: "N');
    const before = await look();
    const { code, stdout } = await type([{ after: QUESTION, text: "y", meanwhile }]);
    expect(stdout).toContain(told);
    expect(code).toBe(4);
    expect(await look()).toEqual(before);
  });

  it("wants the name of a protected instance typed, or --yes", async () => {
    await shop.edit("define/staging.json5", "versions: {", "protected: true,\n  versions: {");
    await git(shop.root, "commit", "--quiet", "--all", "--allow-empty", "-m", "all");
    const before = await running();
    const question = "Type staging to deploy";
    expect(await type([{ after: question, text: "y" }])).toMatchObject({ code: 1 });
    expect(await shop.facs("deploy", "staging")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("CONFIRMATION_NEEDED: staging is protected, and nobody can be asked here"),
    });
    expect(await running()).toEqual(before);
    expect(await type([{ after: question, text: "staging" }])).toMatchObject({ code: 0 });
    expect(await running()).not.toEqual(before);
    await shop.edit("define/facsimile.json5", 'currency: "', 'currency: "N');
    expect(await shop.facs("deploy", "staging", "--yes")).toMatchObject({ code: 0 });
  }, 60_000);
});
