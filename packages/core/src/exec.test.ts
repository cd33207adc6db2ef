import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { createExec } from "./exec.ts";

const exec = createExec({ PATH: process.env["PATH"], LANG: "C", FACS_PGP_KEY: "do not pass on" });

it("gives exit code, bytes and errors of a child, and lets no shell near its arguments", async () => {
  const result = await exec("sh", ["-c", 'printf "%s" "$1"; echo no >&2; exit 3', "sh", "a b;'$(id)"]);
  expect(result).toMatchObject({ exitCode: 3, stderr: "no\n", timedOut: false });
  expect(result.stdout.toString()).toBe("a b;'$(id)");
});

it("hands input over, byte by byte", async () => {
  const bytes = Uint8Array.from([0, 255, 10, 13]);
  const { stdout } = await exec("cat", [], { input: bytes });
  expect(Uint8Array.from(stdout)).toEqual(bytes);
});

it("keeps the environment to the allow-list and what is asked for", async () => {
  const { stdout } = await exec("env", [], { env: { MORE: "1", LANG: undefined } });
  const names = stdout.toString().trim().split("\n").map((line) => line.split("=")[0]); // biome-ignore format: one line
  expect(names.sort()).toEqual(["MORE", "PATH"]);
});

it("ends a child that takes too long", async () => {
  expect(await exec("sleep", ["10"], { timeout: 0.05 })).toMatchObject({ exitCode: 128, timedOut: true });
});

it("names a program that is not there", async () => {
  await expect(exec("no-such-program", [])).rejects.toMatchObject({ code: "EXEC_NOT_FOUND" });
  await expect(exec("sh", ["-c", "exit 0"], { cwd: "/no/such/folder" })).rejects.toThrow("/no/such/folder");
});

it("names a program that may not be run", async () => {
  await expect(exec("/etc/passwd", [])).rejects.toMatchObject({
    code: "EXEC_NOT_FOUND",
    hint: expect.stringContaining("PATH"),
  });
});

it("stops when it is told to, with the reason given", async () => {
  const reason = new Error("enough");
  const running = exec("sleep", ["10"], { signal: AbortSignal.timeout(50) });
  await expect(running).rejects.toThrow();
  await expect(exec("sleep", ["10"], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

/** Processes that sleep for this many seconds: a number that nobody else uses. */
const sleepers = (seconds: number) => {
  const listed = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" });
  return listed.split("\n").filter((line) => line === `sleep ${seconds}`).length;
};

it("hands output over as it comes, in the order it was written, and keeps none of it", async () => {
  const seen: string[] = [];
  const onOutput = (chunk: Uint8Array) => void seen.push(Buffer.from(chunk).toString());
  const script = 'for n in 1 2 3; do echo "out $n"; echo "err $n" >&2; done; cat; exit 4';
  const result = await exec("sh", ["-c", script], { onOutput, env: { MORE: "1" } });
  expect(result).toMatchObject({ exitCode: 4, timedOut: false, stderr: "" });
  expect(seen.join("")).toBe("out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n");
});

it("ends a supervised child with all that it started: when it exits, its time is up, or it is stopped", async () => {
  const onOutput = () => undefined;
  await exec("sh", ["-c", "sleep 86101 & sleep 0.2"], { onOutput });
  expect(sleepers(86_101)).toBe(0);
  const stubborn = "trap '' TERM; sleep 86102 & sleep 86102";
  expect(await exec("sh", ["-c", stubborn], { onOutput, timeout: 0.3 })).toMatchObject({
    exitCode: 128,
    timedOut: true,
  });
  expect(sleepers(86_102)).toBe(0);
  const reason = new Error("enough");
  const stop = new AbortController();
  const running = exec("sh", ["-c", "echo on; sleep 86103"], {
    onOutput: () => stop.abort(reason),
    signal: stop.signal,
  });
  await expect(running).rejects.toBe(reason);
  expect(sleepers(86_103)).toBe(0);
});

it("ends a supervised child when this process is killed", async () => {
  const program = `
    const { supervise } = await import(process.argv[1]);
    supervise("sh", ["-c", "echo on; sleep 86104 & sleep 86104"], { env: { PATH: process.env.PATH }, onOutput: () => console.log("on") });
  `;
  const loader = new URL("../../state/test/typescript.mjs", import.meta.url).href;
  const supervise = new URL("supervise.ts", import.meta.url).href;
  const args = ["--import", loader, "--input-type=module", "--eval", program, supervise];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  expect(sleepers(86_104)).toBe(2);
  child.kill("SIGKILL");
  await once(child, "close");
  await expect.poll(() => sleepers(86_104)).toBe(0);
});
