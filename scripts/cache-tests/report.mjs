import { deviationOf } from './deviations.mjs';

/** The kinds of tests, in the words of the suite's pages. */
const KINDS = { required: 'required', optimal: 'optimal', check: 'informative' };

const kindOf = ({ kind = 'required' }) => kind;

/** The suite records `true` for a test that passed, else name and message of the error. */
const messageOf = (result) => (Array.isArray(result) ? result.join(': ') : 'no result');

function lineOf({ id, name }, result) {
  const deviation = deviationOf(id);
  return `  ${id}: ${name}\n    ${messageOf(result)}${deviation ? ` (on purpose: ${deviation})` : ''}`;
}

/**
 * The counts of each kind, and the tests that failed. A test that informs answers a question, with yes if it passes.
 * @param tests tests of the suite
 * @param results its results by the id of the test
 */
export function reportOf(tests, results) {
  const passed = {};
  const totals = [];
  const failures = [];
  for (const [kind, title] of Object.entries(KINDS)) {
    const all = tests.filter((test) => kindOf(test) === kind);
    const failed = all.filter(({ id }) => results[id] !== true);
    passed[kind] = all.length - failed.length;
    totals.push(`${title}: ${passed[kind]} of ${all.length}`);
    if (failed.length > 0)
      failures.push(`${title}, failed:`, ...failed.map((test) => lineOf(test, results[test.id])));
  }
  return { text: [...failures, ...totals].join('\n'), passed };
}
