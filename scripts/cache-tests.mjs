/**
 * `npm run cache-tests`: runs http-tests/cache-tests (npm `http-cache-tests`) through a gateway with a cache, prints how many
 * of its tests pass and why the others fail, and exits with 1 below the thresholds.
 */
import { parseArgs } from 'node:util';
import './lib/node-version.mjs';
import { ensureBuilt } from './lib/build.mjs';
import { ROOT } from './lib/root.mjs';
import { loadSuite } from './cache-tests/suite.mjs';
import { reportOf } from './cache-tests/report.mjs';

const USAGE = `usage: npm run cache-tests [-- options]
  --suite DIRECTORY  another version of the suite: a clone of github.com/http-tests/cache-tests in node_modules/
  --id TEST          only this test, with its requests and responses`;

/**
 * Fewer passed tests than these are a regression; see docs/guide/cache-conformance.md. The package has tests that contradict RFC 9111,
 * and fewer optimal ones than the repository.
 */
const THRESHOLDS = {
  package: { required: 150, optimal: 72 },
  repository: { required: 150, optimal: 85 },
};

const { values: options } = parseArgs({
  options: { suite: { type: 'string' }, id: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
});

if (options.help) console.log(USAGE);
else process.exitCode = await run(options);

async function run({ suite: directory = `${ROOT}/node_modules/http-cache-tests`, id }) {
  await ensureBuilt();
  // Imports the build.
  const { withGateway } = await import('./cache-tests/gateway.mjs');
  const suite = await loadSuite(directory, id);
  const results = await withGateway(suite, (url) => suite.run(url));
  const { text, passed } = reportOf(suite.tests, results);
  console.log(text);
  const isGood = id
    ? Object.values(passed).some((count) => count > 0)
    : isAbove(passed, THRESHOLDS[suite.origin]);
  return isGood ? 0 : 1;
}

function isAbove(passed, thresholds) {
  const missed = Object.entries(thresholds).filter(([kind, least]) => passed[kind] < least);
  for (const [kind, least] of missed) console.error(`${kind}: ${passed[kind]} passed, ${least} are needed.`);
  return missed.length === 0;
}
