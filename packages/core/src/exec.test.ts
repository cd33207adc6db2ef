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
