import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from '#testing';
import { coveredLines } from '../scripts/test/covered-lines.mjs';
import { rerunFailed, type SuiteResult } from '../scripts/test/rerun-failed.mjs';
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
    ['all tests passed', report({ numPassedTests: 3 }), '3 passed, 0 failed', true],
    ['a test failed', report({ numPassedTests: 3, numFailedTests: 2 }), '3 passed, 2 failed', false],
    [
      'a test was skipped',
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
    ['jest itself failed', undefined, '0 passed, 1 failed', false],
  ])('when %s', (_when, report, line, ok) => {
    expect(summaryOf(report)).toEqual({ line, ok });
  });
});

describe('the rerun of failed suites', () => {
  const suite = (name: string, ...statuses: string[]): SuiteResult => ({
    name,
    status: statuses.includes('failed') ? 'failed' : 'passed',
    assertionResults: statuses.map((status, i) => ({ status, fullName: `${name} ${i}` })),
  });
  const rerun = (first: SuiteResult[], second?: SuiteResult[]) => {
    const reruns: string[][] = [];
    const { report, lines } = rerunFailed({ testResults: first }, (paths) => {
      reruns.push(paths);
      return second && { testResults: second };
    });
    return { reruns, lines, line: summaryOf(report).line };
  };

  it('covers only the suites that failed, and lists the tests that passed in it', () => {
    const first = [suite('a', 'passed'), suite('b', 'failed', 'passed', 'skipped')];
    const { reruns, lines, line } = rerun(first, [suite('b', 'passed', 'passed', 'skipped')]);
    expect(reruns).toEqual([['b']]);
    expect(lines).toEqual(['Failed in parallel, passed alone: b', '  b 0']);
    expect(line).toBe('3 passed, 0 failed, 1 skipped');
  });

  it('keeps a failure that occurs again', () => {
    const { lines, line } = rerun(
      [suite('a', 'failed'), suite('b', 'failed')],
      [suite('a', 'failed'), suite('b', 'passed')],
    );
    expect(lines).toEqual(['Failed in parallel, passed alone: b', '  b 0']);
    expect(line).toBe('1 passed, 1 failed');
  });

  it('keeps a failure when jest itself fails', () => {
    expect(rerun([suite('a', 'failed')]).line).toBe('0 passed, 1 failed');
  });

  it('counts a suite that could not be loaded', () => {
    const unloadable = { ...suite('a'), status: 'failed' };
    expect(rerun([unloadable], [unloadable]).line).toBe('0 passed, 1 failed');
    expect(rerun([unloadable], [suite('a', 'passed')]).line).toBe('1 passed, 0 failed');
  });

  it('is skipped when nothing failed, or when many suites did', () => {
    expect(rerun([suite('a', 'passed')]).reruns).toEqual([]);
    expect(rerun(Array.from({ length: 6 }, (_, i) => suite(`${i}`, 'failed'))).reruns).toEqual([]);
  });
});

describe('npm test -- --coverage', () => {
  const folder = tempDir('coverage-');
  afterAll(() => folder.remove());

  it('reports the share of covered lines and where the report is', () => {
    const summary = { total: { lines: { total: 200, covered: 181, pct: 90.5 } } };
    writeFileSync(join(folder.path, 'coverage-summary.json'), JSON.stringify(summary));
    expect(coveredLines(folder.path)).toBe(`90.5 % of 200 lines covered; see ${folder.path}/index.html`);
  });
});
