import { describe, expect, it } from "vitest";
import { BASE, envOf, printedModules, resolved, SHOWN, State } from "./python-tool.ts";
import { problems } from "./world.ts";

// Intended differences from version 1.x are named as such, and have a row each in docs/from-python.md.

describe("modules", () => {
  const MODULES = [
    { name: "alpha", freeform: { main: { port: 1, host: "h" } }, service: { opts: { threads: 1 } } },
    { name: "beta", daemon: "betasrv", service: { name: "custom" } },
    { name: "gamma" },
  ];
  const config = { alpha: { main: { port: 2 }, extra: { k: "v" } }, gamma: { main: { q: 1 } } };
  const service = { alpha: { opts: { threads: 8 }, new: { z: 1 } }, gamma: { opts: { a: 1 } } };

  it("are overlaid by config and service, called by daemon or name; differently: service.name has its default for gamma too", async () => {
    const definition = await resolved({
      "facsimile.json": BASE,
      "modules.json": MODULES,
      "beta.json": { config, service },
    });
    expect(envOf(definition)).toEqual({ ...BASE, config, service });
    expect(printedModules(definition)).toEqual({
      alpha: {
        freeform: { extra: { k: "v" }, main: { host: "h", port: 2 } },
        name: "alpha",
        password: "pw-1",
        service: { name: "alphad", new: { z: 1 }, opts: { threads: 8 } },
        username: "alpha",
      },
      betasrv: { daemon: "betasrv", name: "beta", password: "pw-2", service: { name: "custom" }, username: "betasrv" },
      gamma: {
        freeform: { main: { q: 1 } },
        name: "gamma",
        password: "pw-3",
        service: { name: "gammad", opts: { a: 1 } },
        username: "gamma",
      },
    });
  });

  it("differently: an overlay for a module that is not there was passed over; here it is an error", async () => {
    const overlay = '{ "config": {\n "nosuch": { "x": 1 } } }';
    expect(await problems(resolved({ "facsimile.json": BASE, "modules.json": MODULES, "beta.json": overlay }))).toEqual(
      [
        expect.stringContaining(
          `UNKNOWN_MODULE ${SHOWN}/beta.json:2:2: config.nosuch is for a module that does not exist (`,
        ),
      ],
    );
  });
});

describe("modules that run several times", () => {
  const web = { name: "web", logical_name: "WEB", service: { x: {} } };
  const db = { name: "db", logical_name: "DB", service: {} };
  const mq = { name: "mq", logical_name: "MQ", service: {} };
  const times = (n_instances: number) => ({ modules: { web: { service: { n_instances } } } });
  const run = (count: number, modules: readonly object[]) =>
    resolved({ "facsimile.json": BASE, "modules.json": modules, "beta.json": times(count) });
  const printedWeb = (n_instances: number) => ({
    logical_name: "WEB",
    name: "web",
    password: "pw-1",
    service: { n_instances, name: "webd", x: {} },
    username: "web",
  });
  const printedDb = { logical_name: "DB", name: "db", password: "pw-2", service: { name: "dbd" }, username: "db" };

  it("differently: they crashed, and repaired their numbers reached no template; here each run does, as a daemon with its uiid", async () => {
    const state = new State();
    const webDaemon = (count: number) => (uiid: number, index: number) => ({
      ...printedWeb(count).service,
      uiid,
      logical_name: "WEB",
      instance_name: `webd.${index}`,
    });
    const dbDaemons = [{ name: "dbd", uiid: 4, logical_name: "DB", instance_name: "dbd.0" }];
    expect(printedModules(await run(3, [web, db]), state)).toEqual({
      web: { ...printedWeb(3), daemons: [1, 2, 3].map(webDaemon(3)) },
      db: { ...printedDb, daemons: dbDaemons },
    });
    expect(printedModules(await run(5, [web, db]), state)).toEqual({
      web: { ...printedWeb(5), daemons: [1, 2, 3, 5, 6].map(webDaemon(5)) },
      db: { ...printedDb, daemons: dbDaemons },
    });
    expect(printedModules(await run(1, [web, db, mq]), state)).toEqual({
      web: { ...printedWeb(1), daemons: [1].map(webDaemon(1)) },
      db: { ...printedDb, daemons: dbDaemons },
      mq: {
        logical_name: "MQ",
        name: "mq",
        password: "pw-3",
        service: { name: "mqd" },
        username: "mq",
        daemons: [{ name: "mqd", uiid: 7, logical_name: "MQ", instance_name: "mqd.0" }],
      },
    });
    expect(Object.fromEntries(state.uiids)).toEqual({
      "webd.0": 1,
      "webd.1": 2,
      "webd.2": 3,
      "dbd.0": 4,
      "webd.3": 5,
      "webd.4": 6,
      "mqd.0": 7,
    });
  });

  it("differently: a number above 255 was a failed assertion; here it is an error with its place", async () => {
    expect(await problems(run(260, [web, db]))).toEqual([
      `TOO_MANY_DAEMONS ${SHOWN}/beta.json:5:20: the modules run 261 times in all (web 260 times); at most 255 can, one for each uiid (Lower n_instances.)`,
    ]);
    expect((await run(254, [web, db])).modules.flatMap(({ daemons }) => daemons).length).toBe(255);
  });
});
