/** `npm run bench`: compares this gateway with its peers in one run. README.md explains the results. */
import { canMeasureCpu } from './lib/cpu.mjs';
import { canLoad, loadFor } from './lib/load/index.mjs';
import { describeMachine, installPackages } from './lib/machine.mjs';
import { HELP, readOptions } from './lib/options.mjs';
import { writeResults } from './lib/results.mjs';
import { runScenario } from './lib/rounds.mjs';
import { chosenScenarios, scenarios } from './lib/scenarios.mjs';
import { tableOf } from './lib/table.mjs';
import { chosenTargets, targets } from './lib/targets/index.mjs';
import { installPeers } from './lib/targets/peer.mjs';
import { startUpstream } from './lib/upstream.mjs';
import { linesOf, verdictsOf } from './lib/verdicts.mjs';
import { withWorkspace } from './lib/workspace.mjs';

const QUIET = 0.5;
const log = (line) => process.stderr.write(`${line}\n`);

function list() {
  for (const { name, title } of [...scenarios, ...targets]) console.log(`${name.padEnd(24)} ${title}`);
}

function warn(machine) {
  if (!canMeasureCpu) log('CPU time per request is not measured on this system: it is read from /proc.');
  if (!machine.pinned) log('Gateway and load share cores: compare CPU time, not requests/s.');
  if (machine.loadAverageAtStart > QUIET)
    log(`Load average ${machine.loadAverageAtStart.toFixed(1)}: other processes disturb the results.`);
}

/** Every scenario with its targets. Peers are installed only if one takes part. */
function plan(options) {
  const planned = chosenScenarios(options)
    .filter(canLoad)
    .map((scenario) => ({ scenario, targets: chosenTargets(scenario, options.targets) }))
    .filter((each) => each.targets.length > 0);
  if (planned.length === 0) throw new Error('these scenarios have none of these targets');
  const needsPeers = ({ scenario, targets: chosen }) =>
    chosen.some(({ isPeer }) => isPeer) || loadFor(scenario).name === 'autocannon';
  if (planned.some(needsPeers)) installPeers();
  return planned;
}

async function measureAll(planned, options, directory) {
  const upstream = await startUpstream(directory);
  const measured = [];
  for (const { scenario, targets: chosen } of planned) {
    log(scenario.title);
    const result = await runScenario(scenario, chosen, { context: { upstream, directory }, options, log });
    console.log(`\n${tableOf(result)}\n`);
    measured.push({ ...result, load: loadFor(scenario).name });
  }
  return measured;
}

async function main() {
  const options = readOptions(process.argv.slice(2));
  if (options.help) return console.log(HELP);
  if (options.list) return list();
  if (options.install) installPackages();
  const planned = plan(options);
  const machine = describeMachine();
  warn(machine);
  const measured = await withWorkspace((directory) => measureAll(planned, options, directory));
  const verdicts = verdictsOf(measured);
  for (const line of linesOf(verdicts)) console.log(line);
  const { starts, rounds, seconds, warmupSeconds } = options;
  const run = { machine, starts, rounds, seconds, warmupSeconds, verdicts, scenarios: measured };
  log(`results: ${writeResults(run, options)}`);
}

main().then(
  () => process.exit(),
  (error) => {
    console.error(error.message);
    process.exit(1);
  },
);
