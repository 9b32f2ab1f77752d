import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { VM_MODULES } from './vm-modules.mjs';

// Suites start processes of their own and wait for them a third of the time: two workers per core keep the cores busy.
const PARALLEL = ['--maxWorkers', String(Math.max(2, Math.min(8, 2 * availableParallelism())))];
export const ALONE = ['--runInBand'];

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Runs the suites of `projects`; returns jest's exit code and its report (`undefined` if there is none).
 *
 * @param workers jest's options for parallel runs, or `ALONE`
 */
export function runJest(projects, options, workers = PARALLEL) {
  const folder = mkdtempSync(join(tmpdir(), 'msa-gateway-test-'));
  const reportFile = join(folder, 'report.json');
  // The list of projects must be followed by an option, which ends it.
  const jest = ['node_modules/jest/bin/jest.js', '--selectProjects', ...projects, ...workers];
  const output = ['--json', `--outputFile=${reportFile}`];
  const { status } = spawnSync(process.execPath, [...VM_MODULES, ...jest, ...output, ...options], {
    // With --json jest prints the report to standard output, which is not needed; its messages are on standard error.
    stdio: ['inherit', 'ignore', 'inherit'],
  });
  const report = read(reportFile);
  rmSync(folder, { recursive: true, force: true });
  return { status: status ?? 1, report };
}
