import { spawn } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { createExec, type FacsimileError, problemsOf, Secret } from "@facsimile/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { afterBuild, type BuildRequest, build } from "../src/sources/build.ts";
import type { OwnStage } from "../src/sources/stages.ts";
import { programArgs } from "./killed.ts";
import { itAsRoot, mounted, remounted } from "./mounted.ts";
import { contextOf, folder, write } from "./world.ts";

type Some = Partial<OwnStage>;

/** A build of stages; `run` of one stage, or whole stages. */
async function world(...stages: (Some | string)[]) {
  const root = await folder();
  const dir = await write(path.join(root, "SRC/shop-1.0.0"), { "sub/a": "a\n", ".git/HEAD": "no" });
  const context = contextOf(root);
  const source = { dir, top: dir, kind: "tag", commit: "c1" } as const;
  const request: BuildRequest = {
    instance: "dev",
    project: "shop",
    version: "1.0.0",
    source,
    stages: stages.map(stage),
  };
  const run = (more: Partial<BuildRequest> = {}) => build({ ...request, ...more }, context);
  const log = () => fs.readFile(path.join(root, "BUILD/dev/shop-1.0.0.log"), "utf8");
  return { root, context, source, request, run, log };
}

function stage(some: Some | string, index = 0): OwnStage {
  const given = typeof some === "string" ? { run: [some] } : some;
  return {
    name: index === 0 ? "build" : `stage${index}`,
    run: [],
    env: {},
    timeout: 60,
    position: undefined,
    ...given,
  };
}

const text = (dir: string, file: string) => fs.readFile(path.join(dir, file), "utf8");

describe("a build", () => {
  it("names every file whose name is not UTF-8, of the sources and of what its commands made, with escapes", async () => {
    const { root, source, run } = await world("touch $(printf 'sub/\\303\\050') $(printf 'caf\\351')");
    const of = (error: unknown) => problemsOf(error as FacsimileError).map(({ code, message }) => `${code} ${message}`);
    const made = await run().catch(of);
    expect([made].flat().sort()).toEqual([
      `TREE_BAD_PATH the name of ${root}/BUILD/dev/shop-1.0.0/caf\\xe9 is not in UTF-8`,
      `TREE_BAD_PATH the name of ${root}/BUILD/dev/shop-1.0.0/sub/\\xc3( is not in UTF-8`,
    ]);
    await fs.writeFile(Buffer.concat([Buffer.from(`${source.dir}/f`), Buffer.from([0xff])]), "");
    expect(await run().catch(of)).toEqual([`TREE_BAD_PATH the name of ${source.dir}/f\\xff is not in UTF-8`]);
  });

  it("runs its commands beside the source, which stays as it was, and only when something changed", async () => {
    const { root, source, run, log } = await world({
      run: [
        'echo "$FACS_INSTANCE $FACS_PROJECT $FACS_VERSION $FACS_STAGE" > made',
        ["cat", "made", "sub/a"],
        "echo x >> times",
      ],
    });
    const dir = await run();
    expect(dir).toBe(path.join(root, "BUILD/dev/shop-1.0.0"));
    expect(await fs.readdir(dir)).toEqual(["made", "sub", "times"]);
    expect(await text(dir, "made")).toBe("dev shop 1.0.0 build\n");
    expect(await fs.readdir(source.dir)).toEqual([".git", "sub"]);
    expect(await log()).toContain("$ cat made sub/a\ndev shop 1.0.0 build\na\n");
    await run();
    expect(await text(dir, "times")).toBe("x\n");
  });

  it.each<[string, (request: BuildRequest) => Partial<BuildRequest>]>([
    ["sources", ({ source }) => ({ source: { ...source, commit: "c2" } })],
    ["commands", () => ({ stages: [stage("echo y >> ../times")] })],
    ["environment", () => ({ stages: [stage({ run: ["echo x >> ../times"], env: { A: "1" } })] })],
    ["later stages", () => ({ stages: [stage("echo x >> ../times"), stage("echo 2", 1)] })],
  ])("is done again from the sources when its %s changed", async (_what, change) => {
    const { request, run } = await world("echo x >> ../times", "echo 1");
    const dir = await run();
    await run(change(request));
    expect((await text(dir, "../times")).length).toBe(4);
    await run(change(request));
    expect((await text(dir, "../times")).length).toBe(4);
  });

  it("goes on where it ended, when more stages are asked for or fewer", async () => {
    const { request, run } = await world("echo build >> done", "echo test >> done");
    const dir = await run({ stages: request.stages.slice(0, 1) });
    expect(await text(dir, "done")).toBe("build\n");
    await run();
    expect(await text(dir, "done")).toBe("build\ntest\n");
    await run({ stages: request.stages.slice(0, 1) });
    expect(await text(dir, "done")).toBe("build\ntest\n");
    await expect(run({ stages: [stage("other"), stage("more", 1)], from: 1 })).rejects.toMatchObject({
      code: "STAGE_NOT_DONE",
      message: "shop 1.0.0: the stage build has not been done here",
      hint: "facs deploy dev shop --end build",
    });
  });

  it.each(["echo changed > sub/a", "touch new", "rm made", "chmod 755 made", "ln -sf a sub/b"])(
    "is done again when somebody changed its folder: %s",
    async (command) => {
      const { context, run } = await world("date +%s%N > made; ln -s sub linked");
      const dir = await run();
      const made = await text(dir, "made");
      await context.exec("sh", ["-c", command], { cwd: dir });
      await run();
      expect(await text(dir, "made")).not.toBe(made);
      expect(context.events).toContainEqual({
        type: "warning",
        message: "BUILD/dev/shop-1.0.0 was changed by hand: it is built anew",
      });
    },
  );

  it("tells a failure with the end of its output and the place of its commands, and builds again the next time", async () => {
    const position = { file: "define/shop.json5", line: 3, column: 5 };
    const { run, log } = await world({ run: ["echo x >> times; seq 1 100; echo boom >&2; exit 7"], position });
    const error = await run().catch((reason) => reason);
    expect(error).toMatchObject({ code: "BUILD_FAILED", position, hint: "The whole log: BUILD/dev/shop-1.0.0.log" });
    expect(error.message).toMatch(/^shop: `echo x .*` exited 7\n87\n88\n[\s\S]*\n100\nboom$/);
    expect(await log()).toContain("\n1\n2\n");
    await expect(run()).rejects.toMatchObject({ code: "BUILD_FAILED" });
  });

  it("has its own variables over those that every command sees, and none of ours", async () => {
    const { root, run, context } = await world({
      run: ["env > seen"],
      env: { PIP_INDEX_URL: "http://here", FACS_STAGE: "no" },
    });
    const env = {
      ...context.env,
      FACS_PGP_KEY: "key",
      FACS_PGP_PASSPHRASE: "word",
      AWS_SECRET: "s",
      NODE_OPTIONS: "-x",
    };
    Object.assign(context, { exec: createExec(env) });
    const seen = (await text(await run(), "seen")).split("\n").map((line) => line.split("=")[0]);
    expect(seen).toEqual(
      expect.arrayContaining(["FACS_INSTANCE", "PIP_INDEX_URL", "SRC_DIR", "BUILD_DIR", "PATH", "HOME"]),
    );
    expect(seen.filter((name) => /PGP|SECRET|NODE/.test(name ?? ""))).toEqual([]);
    expect(await text(path.join(root, "BUILD/dev/shop-1.0.0"), "seen")).toContain("FACS_STAGE=build\n");
  });

  it("keeps secrets out of its log and its failure, also one that is written in two pieces", async () => {
    const { context, run, log } = await world("printf 'the word is swo'; sleep 0.3; echo rdf''ish; exit 1");
    context.redactor.add(new Secret("swordfish", "db/root"));
    const error = await run().catch((reason) => reason);
    expect(error.message).toContain("the word is ‹db/root›");
    expect(`${error.message}${await log()}`).not.toContain("rdfish");
  });

  it("ends with all it started when its time is up, and says so", async () => {
    const { run } = await world({ run: ["echo begun; sleep 86201 & sleep 86201"], timeout: 0.5 });
    await expect(run()).rejects.toMatchObject({
      code: "BUILD_FAILED",
      message: "shop: `echo begun; sleep 86201 & sleep 86201` did not end within 0.5 seconds\nbegun",
    });
    expect(await processes("sleep 86201")).toBe(0);
  });

  it("ends with all it started when it is stopped, and is not taken for done", async () => {
    const { context, run, root } = await world("touch begun; sleep 86202 & sleep 86202");
    const stop = new AbortController();
    Object.assign(context, { signal: stop.signal });
    const running = run();
    await expect.poll(() => fs.readdir(path.join(root, "BUILD/dev/shop-1.0.0")).catch(() => [])).toContain("begun");
    stop.abort(new Error("stopped by SIGINT"));
    await expect(running).rejects.toThrow("stopped by SIGINT");
    expect(await processes("sleep 86202")).toBe(0);
    expect(await fs.readdir(path.join(root, "BUILD/dev"))).toEqual(["shop-1.0.0", "shop-1.0.0.log"]);
  });

  it("is not taken for done when its run is killed, and its commands end with it", async () => {
    const { root, request, run, context } = await world(
      "if [ -e ../again ]; then echo x > made; else touch begun; sleep 86203; fi",
    );
    const child = spawn(process.execPath, [...programArgs("build"), root, JSON.stringify(request)], {
      stdio: "inherit",
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const dir = path.join(root, "BUILD/dev/shop-1.0.0");
    await expect.poll(() => fs.readdir(dir).catch(() => []), { timeout: 20_000 }).toContain("begun");
    child.kill("SIGKILL");
    await expect.poll(() => processes("sleep 86203")).toBe(0);
    await fs.writeFile(path.join(root, "BUILD/dev/again"), "");
    // The lock of the dead run holds for some seconds.
    expect(await text(await run(), "made")).toBe("x\n");
    expect(context.events.at(0)).toMatchObject({
      message: "another facs is building in BUILD/dev/shop-1.0.0: waiting for it",
      hint: "If it was killed, this goes on within 10 s.",
    });
  }, 60_000);

  it("is done once when two want it at the same time", async () => {
    const { root, run } = await world("echo x >> ../times; sleep 0.5; echo made > made");
    const [one, two] = await Promise.all([run(), run()]);
    expect(one).toBe(two);
    expect(await text(one, "made")).toBe("made\n");
    expect(await text(path.join(root, "BUILD/dev"), "times")).toBe("x\n");
  });

  itAsRoot("stops on a full disk, and goes on when there is room", async () => {
    const { root, run } = await world("dd if=/dev/zero of=big bs=1M count=8 2>&1");
    await fs.mkdir(path.join(root, "BUILD"));
    mounted(path.join(root, "BUILD"), "size=4m");
    await expect(run()).rejects.toThrow("No space left on device");
    remounted(path.join(root, "BUILD"), "size=64m");
    expect((await fs.stat(path.join(await run(), "big"))).size).toBe(8 << 20);
  });
});

describe("stages after the install", () => {
  it("run each time in the folder of the build, which stays done", async () => {
    const { root, context, request, run } = await world("echo x >> built");
    const dir = await run();
    const late = { ...request, stages: [stage({ name: "scan", run: ['echo "$FACS_STAGE" >> scans'] })] };
    for (const _ of [1, 2]) await afterBuild(late, context);
    expect(await text(dir, "scans")).toBe("scan\nscan\n");
    await run();
    expect(await text(dir, "built")).toBe("x\n");
    expect(await text(dir, "scans")).toBe("scan\nscan\n");
    await expect(afterBuild({ ...late, stages: [stage("exit 3")] }, context)).rejects.toThrow("exited 3");
    expect(await fs.readdir(path.join(root, "BUILD/dev"))).not.toContain("shop-1.0.0.stamp");
  });
});

async function processes(command: string): Promise<number> {
  const { stdout } = await createExec(process.env)("ps", ["-eo", "args"]);
  return stdout.toString().split("\n").filter((line) => line === command).length; // biome-ignore format: one line
}
