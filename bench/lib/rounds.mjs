import { check, measure } from './measure.mjs';
import { median } from './median.mjs';
import { fillCache, storageOf } from './storage.mjs';

/** The same target under another name. The difference between the two is noise. */
const controlOf = (target) => ({
  ...target,
  name: `${target.name} (control)`,
  title: `${target.title} (control)`,
  isControl: true,
});

/** Starts, checks and warms up one target. A target that cannot take part is left out with the reason. */
async function startTarget(target, scenario, { context, options, log }) {
  const missing = target.missing();
  if (missing !== undefined) return { target, leftOut: missing };
  let running;
  try {
    running = await target.start(context);
    await check(running, target, scenario);
    log(`  warming up ${target.title}`);
    const memoryBefore = await fillCache(running, target, scenario);
    await measure(running, target, scenario, options.warmupSeconds);
    return { target, running, rounds: [], memoryBefore };
  } catch (error) {
    await running?.child?.stop();
    return { target, leftOut: error.message };
  }
}

/** Starts all targets. The first that can take part does so twice. */
async function startTargets(targets, scenario, run) {
  const entries = [];
  for (const target of targets) {
    const entry = await startTarget(target, scenario, run);
    const needsControl = entry.running !== undefined && entries.every(({ running }) => running === undefined);
    entries.push(entry);
    if (needsControl) entries.push(await startTarget(controlOf(target), scenario, run));
  }
  return entries;
}

// Alternating order: drift over the run affects every target equally.
const order = (entries, round) => (round % 2 === 0 ? entries : entries.toReversed());

const medianOf = (rounds, field) => median(rounds.map((round) => round[field]));

const summary = ({ target, rounds = [], storage, leftOut, starts = [] }) => ({
  name: target.name,
  title: target.title,
  isControl: target.isControl ?? false,
  leftOut,
  cpuUs: medianOf(rounds, 'cpuUs'),
  rps: medianOf(rounds, 'rps'),
  p50Ms: medianOf(rounds, 'p50Ms'),
  p99Ms: medianOf(rounds, 'p99Ms'),
  hitRate: medianOf(rounds, 'hitRate'),
  hitsPerSecond: medianOf(rounds, 'hitsPerSecond'),
  cpuUsOfStarts: starts,
  storage,
  requests: rounds.reduce((sum, { requests }) => sum + requests, 0),
  failures: rounds.reduce((sum, { failures }) => sum + failures, 0),
  rounds,
});

/** Relative difference between the control and its target: 0.1 is 10 %. `undefined` if either is missing. */
function controlOffset(results, field) {
  const [first, control] = results.filter(({ leftOut }) => leftOut === undefined);
  if (!control?.isControl || first[field] === undefined) return undefined;
  return Math.abs(control[field] / first[field] - 1);
}

/** Starts every target, measures it in interleaved rounds and stops it. */
async function measureStart(scenario, targets, run) {
  const entries = await startTargets(targets, scenario, run);
  const present = entries.filter(({ running }) => running !== undefined);
  for (let round = 0; round < run.options.rounds; round += 1) {
    run.log(`  round ${round + 1} of ${run.options.rounds}`);
    for (const { target, running, rounds } of order(present, round))
      rounds.push(await measure(running, target, scenario, run.options.seconds));
  }
  for (const entry of present) entry.storage = await storageOf(entry.running, entry.memoryBefore);
  await Promise.all(present.map(({ running }) => running.child?.stop()));
  return entries;
}

/** One target over all starts: its rounds, and the CPU time of each start; `undefined` for a start without it. */
function together(entries) {
  const present = entries.filter((entry) => entry.leftOut === undefined);
  if (present.length < entries.flat().length) return entries.flat().find(({ leftOut }) => leftOut);
  const starts = Array.from(entries, (entry) => entry && medianOf(entry.rounds, 'cpuUs'));
  return { ...present.at(-1), rounds: present.flatMap(({ rounds }) => rounds), starts };
}

/**
 * Measures every target of a scenario in interleaved rounds. Medians of rounds are compared, never single rounds.
 * @param run `{ context, options, log }`
 */
export async function runScenario(scenario, targets, run) {
  const byName = new Map();
  for (let start = 0; start < run.options.starts; start += 1)
    for (const entry of await measureStart(scenario, targets, run)) {
      const { name } = entry.target;
      if (!byName.has(name)) byName.set(name, []);
      byName.get(name)[start] = entry;
    }
  const results = [...byName.values()].map((entries) => summary(together(entries)));
  return { ...scenario, controlOffset: controlOffset(results, scenario.control), results };
}
