/**
 * `npm test`, `npm run test:unit`, `npm run test:e2e`: installs the packages and the servers that suites need, runs the
 * suites, and runs a few failed ones a second time. With `-- FILE` or other jest options it installs no server and runs once.
 * With `-- --coverage` it also reports the covered lines. The last line is the sum of all suites.
 */
import './lib/node-version.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { ensureServers, missingServers } from './lib/servers.mjs';
import { coveredLines } from './test/covered-lines.mjs';
import { ALONE, runJest } from './test/jest.mjs';
import { rerunFailed } from './test/rerun-failed.mjs';
import { summaryOf } from './test/summary.mjs';

const PROJECTS = ['unit', 'e2e'];

const args = process.argv.slice(2);
const projects = PROJECTS.includes(args[0]) ? [args.shift()] : PROJECTS;
const hasCoverage = args.includes('--coverage');
const isWholeRun = args.every((option) => option === '--coverage');

await ensureInstalled();
failIfMissingInCi(isWholeRun ? ensureServers() : missingServers());

const first = runJest(projects, args);
const { report, lines } = isWholeRun ? rerunFailed(first.report, runAlone) : { ...first, lines: [] };
for (const line of lines) console.error(line);
if (hasCoverage) console.log(coveredLines());
const { line, ok } = summaryOf(report);
if (line.startsWith('0 passed, 0 failed')) console.error('No test ran.');
console.log(line);
// If the second run had no failure, it replaces the result of the first. Without a second run jest's exit code counts.
process.exitCode = ok && (first.status === 0 || report !== first.report) ? 0 : first.status || 1;

function runAlone(paths) {
  console.error(`Running failed suites again, alone: ${paths.join(', ')}`);
  return runJest(projects, ['--runTestsByPath', ...paths], ALONE).report;
}

function failIfMissingInCi(missing) {
  if (missing.length === 0) return;
  const names = missing.map((server) => `${server.name} (Debian package ${server.package})`).join(', ');
  console.error(`Not installed: ${names}.`);
  if (process.env.CI !== 'true') return console.error('Suites that need it are skipped.');
  console.error('With CI=true this is a failure.');
  console.log('0 passed, 1 failed');
  process.exit(1);
}
