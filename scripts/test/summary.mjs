/**
 * The last line of a test run, `N passed, N failed[, N skipped]`, from jest's JSON report. A suite that could not be loaded
 * counts as one failure; a run without any test is a failure too.
 */
export function summaryOf(report) {
  const passed = report?.numPassedTests ?? 0;
  const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
  const failed = (report?.numFailedTests ?? 0) + (report?.numRuntimeErrorTestSuites ?? (report ? 0 : 1));
  const parts = [`${passed} passed`, `${failed} failed`];
  if (skipped > 0) parts.push(`${skipped} skipped`);
  return { line: parts.join(', '), ok: failed === 0 && passed > 0 };
}
