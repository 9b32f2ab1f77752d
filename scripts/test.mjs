/**
 * `npm test [-- jest options]`, `npm run test:unit`, `npm run test:e2e`: installs, builds, makes sure of the servers that
 * suites need, runs the suites. The last line sums all suites up.
 */
import './lib/node-version.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { build, isBuilt } from './lib/build.mjs';
import { ensureServers } from './lib/servers.mjs';
import { runJest } from './test/jest.mjs';
import { summaryOf } from './test/summary.mjs';

const PROJECTS = ['unit', 'e2e'];

const [first, ...rest] = process.argv.slice(2);
const projects = PROJECTS.includes(first) ? [first] : PROJECTS;
const jestOptions = PROJECTS.includes(first) || first === undefined ? rest : [first, ...rest];

ensureInstalled();
refuseMissingInCi(ensureServers());
// e2e suites run the built apps.
if (!isBuilt()) build();

const { status, report } = runJest(projects, jestOptions);
const { line, ok } = summaryOf(report);
if (line.startsWith('0 passed, 0 failed')) console.error('No test ran.');
console.log(line);
process.exitCode = ok && status === 0 ? 0 : status || 1;

function refuseMissingInCi(missing) {
  if (missing.length === 0) return;
  const names = missing.map((server) => `${server.name} (Debian package ${server.package})`).join(', ');
  console.error(`Not on this machine: ${names}.`);
  if (process.env.CI !== 'true') return console.error('The suites that need it are skipped.');
  console.error('CI=true: that is a failure.');
  console.log('0 passed, 1 failed');
  process.exit(1);
}
