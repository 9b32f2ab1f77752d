import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One line about the coverage report that jest has written to `folder`. */
export function coveredLines(folder = 'coverage') {
  const { lines } = JSON.parse(readFileSync(join(folder, 'coverage-summary.json'), 'utf8')).total;
  return `${lines.pct} % of ${lines.total} lines covered; see ${folder}/index.html`;
}
