import { summaryOf } from '../scripts/test/summary.mjs';

const report = (counts: object): object => ({
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
  ...counts,
});

describe('the last line of npm test', () => {
  it.each([
    ['all is well', report({ numPassedTests: 3 }), '3 passed, 0 failed', true],
    ['something failed', report({ numPassedTests: 3, numFailedTests: 2 }), '3 passed, 2 failed', false],
    [
      'something was skipped',
      report({ numPassedTests: 3, numPendingTests: 1, numTodoTests: 1 }),
      '3 passed, 0 failed, 2 skipped',
      true,
    ],
    [
      'a suite could not be loaded',
      report({ numPassedTests: 3, numRuntimeErrorTestSuites: 1 }),
      '3 passed, 1 failed',
      false,
    ],
    ['no test ran', report({}), '0 passed, 0 failed', false],
    ['jest itself broke', undefined, '0 passed, 1 failed', false],
  ])('when %s', (_when, given, line, ok) => {
    expect(summaryOf(given)).toEqual({ line, ok });
  });
});
