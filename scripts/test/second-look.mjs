/** More suites than these do not fail because others ran beside them. */
const MOST = 5;

const failedTests = (suite) => suite.assertionResults.filter(({ status }) => status === 'failed');

/**
 * Suites start real servers and processes, and on a machine that stands still for seconds one or the other misses its time.
 * The few that failed are therefore run once more, alone; what fails again has failed, and what passes is named, since it may
 * be a race of the product's.
 *
 * @param report jest's JSON report of the first run
 * @param runAlone takes paths of suites; returns a report of these
 * @returns the report with the second results in place of the first, and the lines that tell of it
 */
export function secondLook(report, runAlone) {
  const failed = report?.testResults.filter(({ status }) => status === 'failed') ?? [];
  if (failed.length === 0 || failed.length > MOST) return { report, lines: [] };
  const second = runAlone(failed.map(({ name }) => name));
  const secondOf = new Map(second?.testResults.map((suite) => [suite.name, suite]));
  const passed = failed.filter(({ name }) => secondOf.get(name)?.status === 'passed');
  return {
    report: counted(report.testResults.map((suite) => secondOf.get(suite.name) ?? suite)),
    lines: passed.flatMap((suite) => linesOf(suite)),
  };
}

const linesOf = (suite) => [
  `Failed beside others, passed alone: ${suite.name}`,
  ...failedTests(suite).map(({ fullName }) => `  ${fullName}`),
];

/** A report of these suites with the sums that a summary reads. */
function counted(testResults) {
  const count = (...wanted) =>
    testResults.flatMap((suite) => suite.assertionResults).filter(({ status }) => wanted.includes(status))
      .length;
  return {
    testResults,
    numPassedTests: count('passed'),
    numFailedTests: count('failed'),
    numPendingTests: count('pending', 'skipped'),
    numTodoTests: count('todo'),
    // A suite that failed without a failed test could not be loaded, or failed in what surrounds its tests.
    numRuntimeErrorTestSuites: testResults.filter(
      (suite) => suite.status === 'failed' && failedTests(suite).length === 0,
    ).length,
  };
}
