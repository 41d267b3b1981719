import { readFileSync } from "node:fs";

/**
 * Prints `N passed, N failed` from vitest's JSON report. A test file that could not even be loaded counts as
 * one failure: it holds tests that did not run.
 */
const reportPath = process.argv[2];
if (reportPath === undefined) throw new Error("usage: node tools/count-tests.ts <report.json>");

const report: unknown = JSON.parse(readFileSync(reportPath, "utf8"));

function numberAt(name: string): number {
  const value: unknown =
    typeof report === "object" && report !== null ? Reflect.get(report, name) : undefined;
  if (typeof value !== "number") throw new Error(`the report has no number "${name}"`);
  return value;
}

const passed = numberAt("numPassedTests");
const failedTests = numberAt("numFailedTests");
const failedFiles = numberAt("numFailedTestSuites");
process.stdout.write(`${passed} passed, ${failedTests > 0 ? failedTests : failedFiles} failed\n`);
