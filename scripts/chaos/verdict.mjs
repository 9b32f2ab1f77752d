/** Responses slower than this multiple of p99 before the fault, and by this many milliseconds, are not normal yet. */
const NORMAL_FACTOR = 2;
const NORMAL_MARGIN_MS = 100;
/** Normal for this long: recovered. */
const QUIET_MS = 1500;

const isServed = ({ status }) => status > 0 && status < 500;

/** The quantile `share` of sorted numbers; 0 without any. */
const quantile = (sorted, share) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

function figuresOf(samples) {
  const sorted = samples.map(({ ms }) => ms).sort((a, b) => a - b);
  const served = samples.filter(isServed).length;
  return {
    requests: samples.length,
    failed: samples.length - served,
    availabilityPercent: samples.length === 0 ? 100 : (served / samples.length) * 100,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
    maxMs: sorted.at(-1) ?? 0,
  };
}

function phasesOf({ samples, faultMs = Infinity, faultEndMs = Infinity }) {
  const phases = { before: [], during: [], after: [] };
  for (const sample of samples) phases[phaseOf(sample, faultMs, faultEndMs)].push(sample);
  return Object.fromEntries(Object.entries(phases).map(([phase, part]) => [phase, figuresOf(part)]));
}

/** A fault also affects the requests that are in flight when it begins. */
function phaseOf({ dueMs, ms }, faultMs, faultEndMs) {
  if (dueMs >= faultEndMs) return 'after';
  return dueMs + ms < faultMs ? 'before' : 'during';
}

/** Milliseconds until the gateway took the first instance out of rotation; `undefined`: it did not. */
function detectMsOf({ changes, up, faultMs, faultEndMs }) {
  const first = changes.find(
    (change) => change.atMs >= faultMs && change.atMs <= faultEndMs && change.up < up,
  );
  return first && first.atMs - faultMs;
}

/** Milliseconds from the end of the fault until all instances are in rotation and responses normal; `undefined`: not yet. */
function recoverMsOf(drill) {
  const { samples, changes, up, faultEndMs, endMs } = drill;
  const { p99Ms } = phasesOf(drill).before;
  const normalMs = Math.max(p99Ms * NORMAL_FACTOR, p99Ms + NORMAL_MARGIN_MS);
  const lastAbnormalMs = samples
    .filter((sample) => sample.dueMs >= faultEndMs && (!isServed(sample) || sample.ms > normalMs))
    .reduce((last, { dueMs }) => Math.max(last, dueMs), 0);
  const last = changes.at(-1);
  if (last && last.up < up) return undefined;
  const backMs =
    changes.findLast((change, index) => change.up >= up && (changes[index - 1]?.up ?? up) < up)?.atMs ?? 0;
  const recoveredMs = Math.max(faultEndMs, backMs, lastAbnormalMs);
  return endMs - recoveredMs < QUIET_MS ? undefined : recoveredMs - faultEndMs;
}

export const hasRecovered = (drill) => recoverMsOf(drill) !== undefined;

/** The figures of a drill, and whether they keep the limits. `checks` are `{ name, value, limit, passed }`. */
export function judge(drill, options) {
  const { limits } = options;
  const phases = phasesOf(drill);
  const all = figuresOf(drill.samples);
  const detectMs = detectMsOf(drill);
  const recoverMs = drill.faultEndMs === undefined ? undefined : recoverMsOf(drill);
  const checks = [
    check(
      'availability',
      all.availabilityPercent,
      limits.availabilityPercent,
      all.availabilityPercent >= limits.availabilityPercent,
    ),
    check('p99', phases.during.p99Ms, limits.p99Ms, phases.during.p99Ms <= limits.p99Ms),
    // An instance that stays in rotation is judged by what clients notice, unless the operator expects that it leaves.
    ...(detectMs !== undefined || limits.mustDetect
      ? [check('detect', detectMs, limits.detectMs, detectMs <= limits.detectMs)]
      : []),
    check('recover', recoverMs, limits.recoverMs, recoverMs <= limits.recoverMs),
  ];
  const passed = !drill.isInterrupted && checks.every((each) => each.passed);
  return { options, drill, phases, all, detectMs, recoverMs, checks, passed };
}

const check = (name, value, limit, passed) => ({ name, value, limit, passed });
