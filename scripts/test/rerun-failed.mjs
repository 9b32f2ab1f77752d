/** With more failed suites, load is not a plausible cause. */
const MOST_FAILED = 5;

const failedTests = (suite) => suite.assertionResults.filter(({ status }) => status === 'failed');

/**
 * Suites start real servers and processes. On a machine that stalls for seconds some of them time out. A few failed suites are
 * therefore run a second time, alone. A suite that fails again has failed. A suite that passes is reported, because it may show a
 * race in the product.
 *
 * @param report jest's JSON report of the first run
 * @param runAlone takes paths of suites; returns a report of these
 * @returns the report with the second results in place of the first, and lines to print
 */
export function rerunFailed(report, runAlone) {
  const failed = report?.testResults.filter(({ status }) => status === 'failed') ?? [];
  if (failed.length === 0 || failed.length > MOST_FAILED) return { report, lines: [] };
  const second = runAlone(failed.map(({ name }) => name));
  const secondOf = new Map(second?.testResults.map((suite) => [suite.name, suite]));
  const passed = failed.filter(({ name }) => secondOf.get(name)?.status === 'passed');
  return {
    report: withTotals(report.testResults.map((suite) => secondOf.get(suite.name) ?? suite)),
    lines: passed.flatMap((suite) => linesOf(suite)),
  };
}

const linesOf = (suite) => [
  `Failed in parallel, passed alone: ${suite.name}`,
  ...failedTests(suite).map(({ fullName }) => `  ${fullName}`),
];

/** A report of these suites with the totals for the summary. */
function withTotals(testResults) {
  const count = (...wanted) =>
    testResults.flatMap((suite) => suite.assertionResults).filter(({ status }) => wanted.includes(status))
      .length;
  return {
    testResults,
    numPassedTests: count('passed'),
    numFailedTests: count('failed'),
    numPendingTests: count('pending', 'skipped'),
    numTodoTests: count('todo'),
    // A suite that failed without a failed test could not be loaded, or failed outside of its tests.
    numRuntimeErrorTestSuites: testResults.filter(
      (suite) => suite.status === 'failed' && failedTests(suite).length === 0,
    ).length,
  };
}
