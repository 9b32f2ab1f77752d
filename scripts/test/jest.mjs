import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { VM_MODULES } from './vm-modules.mjs';

// Suites start processes of their own: as many workers as cores, and two where there is one core only, for most of a
// suite's time is spent waiting.
const BESIDE_OTHERS = ['--maxWorkers', String(Math.max(2, Math.min(8, availableParallelism())))];
export const ALONE = ['--runInBand'];

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Runs the suites of `projects`; returns jest's exit code and its report (`undefined` when it made none).
 *
 * @param company whether suites run side by side, or `ALONE`
 */
export function runJest(projects, options, company = BESIDE_OTHERS) {
  const folder = mkdtempSync(join(tmpdir(), 'msa-gateway-test-'));
  const reportFile = join(folder, 'report.json');
  // An option that ends the list of projects stands behind it.
  const jest = ['node_modules/jest/bin/jest.js', '--selectProjects', ...projects, ...company];
  const output = ['--json', `--outputFile=${reportFile}`];
  const { status } = spawnSync(process.execPath, [...VM_MODULES, ...jest, ...output, ...options], {
    // With --json jest prints the report itself on standard output; people read what it says on standard error.
    stdio: ['inherit', 'ignore', 'inherit'],
  });
  const report = read(reportFile);
  rmSync(folder, { recursive: true, force: true });
  return { status: status ?? 1, report };
}
