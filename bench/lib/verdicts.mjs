const LARGEST_CONTROL_OFFSET = 0.1;
const LARGEST_FAILURE_SHARE = 0.001;

const atMost = (limit) => ({ limit, text: `at most ${limit}`, isMet: (value) => value <= limit });
const atLeast = (limit) => ({ limit, text: `at least ${limit}`, isMet: (value) => value >= limit });

const ratioOf = (field) => (ours, theirs) => ours[field] / theirs[field];
const addedP50 = (ours, theirs, direct) => (ours.p50Ms - direct.p50Ms) / (theirs.p50Ms - direct.p50Ms);

/** Performance targets of this project. Each is compared with a run; the verdict is refused if the run is too noisy. */
const claims = [
  ['get-207b-64', 'wire', 'fastify-http-proxy', 'CPU per request', ratioOf('cpuUs'), atMost(0.3)],
  ['get-207b-64', 'wire', 'nginx', 'CPU per request', ratioOf('cpuUs'), atMost(2.2)],
  ['get-10kb-64', 'wire', 'fastify-http-proxy', 'CPU per request', ratioOf('cpuUs'), atMost(0.4)],
  ['get-1mb-64', 'wire', 'nginx', 'requests/s', ratioOf('rps'), atLeast(0.7)],
  ['local-64', 'local', 'local-direct', 'requests/s', ratioOf('rps'), atLeast(0.9)],
  ['cache-hit-64', 'wire-cache', 'wire', 'requests/s', ratioOf('rps'), atLeast(3)],
  ['cache-hit-64', 'wire-cache', 'nginx-cache', 'requests/s', ratioOf('rps'), atLeast(0.67)],
  ['cache', 'wire-cache', 'nginx-cache', 'hits/s', ratioOf('hitsPerSecond'), atLeast(0.6)],
  ['latency-1000', 'wire', 'nginx', 'added p50', addedP50, atMost(1.5)],
  ['instances-64', 'wire-100', 'wire-1', 'CPU per request', ratioOf('cpuUs'), atMost(1.1)],
  ['instances-64', 'wire-10000', 'wire-1', 'CPU per request', ratioOf('cpuUs'), atMost(1.1)],
];

const isSound = ({ requests, failures }) => requests > 0 && failures <= requests * LARGEST_FAILURE_SHARE;

function refusal({ controlOffset }, parties) {
  if (controlOffset === undefined) return 'there is no control';
  if (controlOffset > LARGEST_CONTROL_OFFSET)
    return `the control differs by ${(controlOffset * 100).toFixed(0)} %`;
  if (!parties.every(isSound)) return 'requests failed';
  return undefined;
}

function verdictOf(scenario, [name, our, their, what, compare, bound]) {
  const find = (target) => scenario.results.find((result) => result.name === target && !result.leftOut);
  const [ours, theirs, direct] = [find(our), find(their), find('direct')];
  const needed = compare === addedP50 ? [ours, theirs, direct] : [ours, theirs];
  if (needed.includes(undefined)) return undefined;
  const refused = refusal(scenario, needed);
  const value = compare(ours, theirs, direct);
  const claim = `${name}: ${what} of ${our}, ${their} = 1: ${bound.text}`;
  return {
    claim,
    value,
    verdict: refused ? `refused: ${refused}` : bound.isMet(value) ? 'met' : 'missed',
  };
}

/** Verdicts on every claim whose two sides the run has measured. */
export const verdictsOf = (measured) =>
  claims
    .map((claim) => {
      const scenario = measured.find(({ name }) => name === claim[0]);
      return scenario && verdictOf(scenario, claim);
    })
    .filter((verdict) => verdict !== undefined);

/** Verdicts as text. */
export const linesOf = (verdicts) =>
  verdicts.map(({ claim, value, verdict }) => `${verdict.padEnd(14)} ${claim}; measured ${value.toFixed(2)}`);
