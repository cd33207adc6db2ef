// npm test: set up, build, types, lint, every test. The last line is `N passed, N failed`, counted from the runner's report;
// a step that fails without being a test (build, types, lint, a file that cannot load) counts as one failed.
// Arguments go to vitest: npm test -- packages/core
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { main, root, run, StopError } from "./lib/run.mjs";
import { runBuild, setup } from "./setup.mjs";

const REPORT = join(root, ".reports", "vitest.json");
const totals = { passed: 0, failed: 0, skipped: 0 };

await main("test", testAll);
printTotals();

async function testAll() {
  const env = await setup({ build: false, tests: true }).catch((error) => {
    totals.failed += 1;
    throw error;
  });
  await step("build", () => runBuild(env, (line) => console.log(`test   ${line}`)));
  await step("types", () => check("turbo", ["run", "typecheck", "--output-logs=errors-only"], env));
  await step("types of test/", () => check("tsc", ["-p", "."], env));
  await step("lint", () => check("biome", ["check", "."], env));
  await vitest(env);
}

async function step(name, work) {
  const ok = await work();
  console.log(`test   ${name}: ${ok ? "ok" : "FAILED"}`);
  if (!ok) totals.failed += 1;
}

async function check(tool, args, env) {
  const { code, output } = await run(tool, args, { env });
  if (code !== 0) console.error(output.trimEnd());
  return code === 0;
}

async function vitest(env) {
  mkdirSync(join(root, ".reports"), { recursive: true });
  rmSync(REPORT, { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${REPORT}`];
  const { code } = await run("vitest", ["run", ...reporters, ...process.argv.slice(2)], { env, show: true });
  if (!existsSync(REPORT)) {
    totals.failed += 1;
    throw new StopError(`vitest left no report (exit ${code})`, "The messages above say why.");
  }
  const failed = count(JSON.parse(readFileSync(REPORT, "utf8")));
  // An error outside of every test, such as a rejection that nobody caught, fails the run and is in no count.
  if (code !== 0 && failed === 0) totals.failed += 1;
}

/** Adds the report to the totals; returns how many failures it holds. */
function count({ numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults }) {
  const unloaded = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && !hasFailed(assertionResults),
  );
  const failed = numFailedTests + unloaded.length;
  totals.passed += numPassedTests;
  totals.skipped += numPendingTests + numTodoTests;
  totals.failed += failed;
  return failed;
}

function hasFailed(results) {
  return results.some(({ status }) => status === "failed");
}

function printTotals() {
  const { passed, failed, skipped } = totals;
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  if (failed > 0 || passed === 0) process.exitCode = 1;
}
