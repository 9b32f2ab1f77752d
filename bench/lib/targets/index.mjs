import { direct } from './direct.mjs';
import { gatewayTarget } from './gateway.mjs';
import { haproxy } from './haproxy.mjs';
import { localTarget } from './local.mjs';
import { nginxTarget } from './nginx.mjs';
import { peerTarget } from './peer.mjs';
import { POLICIES } from './policies.mjs';
import { tracedTarget } from './traced.mjs';
import { varnishTarget } from './varnish.mjs';

/** A quarter of the objects of the scenario `cache`, and the default of this gateway. */
const CACHE_MIB = 64;

/**
 * All targets. `missing` returns the reason why a target cannot take part, if there is one. `start` returns
 * `{ url, child?, headers?, prepare?, stored? }`: the URL for requests, the process whose CPU time counts, header fields that
 * requests need, an action before each measurement, the number of responses in the cache and their bytes outside of the process.
 */
export const targets = [
  gatewayTarget({ name: 'wire', title: 'this gateway', dataPlane: 'wire' }),
  gatewayTarget({ name: 'node', title: 'this gateway, DATA_PLANE=node', dataPlane: 'node' }),
  ...[1, 100, 10_000].map((instances) =>
    gatewayTarget({
      name: `wire-${instances}`,
      title: `this gateway, ${instances.toLocaleString('en')} instance${instances === 1 ? '' : 's'}`,
      dataPlane: 'wire',
      instances,
    }),
  ),
  gatewayTarget({ name: 'no-policies', title: 'no policy file', dataPlane: 'wire' }),
  gatewayTarget({ name: 'empty-file', title: 'a file without policies', dataPlane: 'wire', policies: [] }),
  ...Object.entries(POLICIES).map(([title, policies]) =>
    gatewayTarget({ name: policies.join('+'), title, dataPlane: 'wire', policies }),
  ),
  tracedTarget({ name: 'wire-traced', title: 'this gateway, traces, 1 % sampled', share: 0.01 }),
  tracedTarget({ name: 'wire-traced-all', title: 'this gateway, traces, all sampled', share: 1 }),
  localTarget({ name: 'local', title: 'this gateway, local instance' }),
  localTarget({ name: 'local-direct', title: 'the local service on its own port', direct: true }),
  gatewayTarget({
    name: 'wire-cache',
    title: 'this gateway, cache',
    dataPlane: 'wire',
    policies: ['cache'],
    settings: { GATEWAY_CACHE_MAX_BYTES: String(CACHE_MIB * 2 ** 20) },
  }),
  nginxTarget({ name: 'nginx', title: 'nginx' }),
  nginxTarget({ name: 'nginx-cache', title: 'nginx, proxy_cache', cacheMiB: CACHE_MIB }),
  varnishTarget({ name: 'varnish', title: 'Varnish', cacheMiB: CACHE_MIB }),
  haproxy,
  peerTarget({ name: 'fastify-http-proxy', title: '@fastify/http-proxy' }),
  peerTarget({ name: 'fast-gateway' }),
  peerTarget({ name: 'http-proxy-middleware', title: 'http-proxy-middleware (express)' }),
  direct,
];

/** The targets of a scenario, in its order, or those of them that the command line names. @throws Error for unknown ones */
export function chosenTargets(scenario, names) {
  const unknown = (names ?? []).filter((name) => !targets.some((target) => target.name === name));
  if (unknown.length > 0) throw new Error(`no such target: ${unknown.join(', ')}`);
  const wanted =
    names === undefined ? scenario.targets : scenario.targets.filter((name) => names.includes(name));
  return wanted.map((name) => targets.find((target) => target.name === name));
}
