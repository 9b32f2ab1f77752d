import { POLICIES } from './targets/policies.mjs';

/**
 * The scenarios. A closed one keeps `connections` busy as fast as responses arrive, as does `zipf`, with requests for many
 * objects of different popularity; an open one sends at a fixed rate, independent of responses. `targets` take part unless the command line names others. Results are also
 * compared with the target `base`, if there is one.
 */
const PROXIES = [
  'wire',
  'node',
  'nginx',
  'haproxy',
  'fastify-http-proxy',
  'fast-gateway',
  'http-proxy-middleware',
];
const ALL_TARGETS = [...PROXIES, 'direct'];

const closed = (kind, connections, request) => ({
  name: `${kind}-${connections}`,
  kind: 'closed',
  connections,
  targets: ALL_TARGETS,
  control: 'cpuUs',
  ...request,
});

const get = (bytes) => ({ method: 'GET', path: `/${bytes}`, responseBytes: bytes, bodyBytes: 0 });
const post = (bytes) => ({ method: 'POST', path: '/207', responseBytes: 207, bodyBytes: bytes });

const REQUESTS = [
  ['get-207b', '207-byte GET', get(207)],
  ['get-10kb', '10 KB GET', get(10_240)],
  ['get-1mb', '1 MB GET', get(1_048_576)],
  ['post-4kb', '4 KB POST', post(4096)],
];

const bodies = REQUESTS.flatMap(([kind, title, request]) =>
  [64, 1024].map((connections) => ({
    title: `${title}, ${connections} connections`,
    ...closed(kind, connections, request),
  })),
);

const local = {
  ...closed('local', 64, get(207)),
  title: '207-byte GET of a service in the gateway’s own process, 64 connections',
  targets: ['local', 'local-direct'],
  // The service is in the gateway's process, so their CPU time cannot be separated.
  control: 'rps',
};

const instances = {
  ...closed('instances', 64, get(207)),
  title: '207-byte GET, 64 connections, by number of registered instances',
  targets: ['wire-1', 'wire-100', 'wire-10000'],
};

/** A response that caches store. */
const cached = (bytes) => ({ ...get(bytes), path: `/cached/${bytes}` });

const policies = {
  ...closed('policies', 64, cached(207)),
  name: 'policies',
  title: '207-byte GET, 64 connections, by members of the policy file',
  targets: ['no-policies', 'empty-file', ...Object.values(POLICIES).map((names) => names.join('+'))],
  base: 'no-policies',
};

const traces = {
  ...closed('traces', 64, get(207)),
  title: '207-byte GET, 64 connections, by share of traces that are sampled',
  targets: ['wire', 'wire-traced', 'wire-traced-all'],
  base: 'wire',
};

const cacheHit = {
  ...closed('cache-hit', 64, cached(207)),
  title: '207-byte GET of one response in the cache, 64 connections',
  targets: ['wire-cache', 'wire', 'nginx-cache', 'varnish'],
  base: 'wire',
};

const cache = {
  ...closed('cache', 64, { ...get(1024), path: '/object/' }),
  name: 'cache',
  kind: 'zipf',
  title: '100,000 objects of 1 to 4 KiB by Zipf’s law, a cache of 64 MiB, 64 connections',
  objects: 100_000,
  exponent: 1,
  // Requested before the measurement: more than the cache can hold.
  filledObjects: 40_000,
  targets: ['wire-cache', 'nginx-cache', 'varnish'],
};

const latency = {
  name: 'latency-1000',
  kind: 'open',
  title: '207-byte GET at 1,000 requests a second, at fixed times',
  connections: 64,
  rate: 1000,
  targets: ALL_TARGETS,
  control: 'p50Ms',
  ...get(207),
};

export const scenarios = [...bodies, local, instances, policies, traces, cacheHit, cache, latency];

const QUICK = ['get-207b-64', 'local-64', 'latency-1000'];

/** The scenarios of the command line. @throws Error for a name that does not exist */
export function chosenScenarios({ scenarios: names, quick }) {
  const wanted = names ?? (quick ? QUICK : scenarios.map(({ name }) => name));
  const unknown = wanted.filter((name) => !scenarios.some((scenario) => scenario.name === name));
  if (unknown.length > 0) throw new Error(`no such scenario: ${unknown.join(', ')}`);
  return scenarios.filter(({ name }) => wanted.includes(name));
}
