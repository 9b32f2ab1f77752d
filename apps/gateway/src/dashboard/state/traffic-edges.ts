import type { EdgeState } from '#contracts';
import { rounded } from '../traffic/rounded.js';
import type { TrafficSampler } from '../traffic/traffic-sampler.js';
import { TrafficWindow } from '../traffic/traffic-window.js';

const CLIENT = 'client';
const GATEWAY = 'gateway';
const UNUSED = new TrafficWindow();

/** Edges between clients, the gateway and the services that are known, from proxied traffic. By `FROM TO`. */
export function trafficEdges(
  names: readonly string[],
  { all, services, seconds }: TrafficSampler,
): Record<string, EdgeState> {
  const edges: Record<string, EdgeState> = {
    [`${CLIENT} ${GATEWAY}`]: edgeOf(CLIENT, GATEWAY, 'client', all, seconds),
  };
  for (const name of names)
    edges[`${GATEWAY} ${name}`] = edgeOf(GATEWAY, name, 'proxied', services.get(name) ?? UNUSED, seconds);
  return edges;
}

const edgeOf = (
  from: string,
  to: string,
  kind: EdgeState['kind'],
  { requests, errorRate }: TrafficWindow,
  seconds: number,
): EdgeState => ({
  from,
  to,
  kind,
  requestsPerSecond: rounded(requests / seconds),
  errorRate: rounded(errorRate),
});
