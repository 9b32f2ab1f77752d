import type { EdgeState } from '#contracts';
import { rounded } from '../traffic/rounded.js';
import type { TrafficSampler } from '../traffic/traffic-sampler.js';
import type { TrafficWindow } from '../traffic/traffic-window.js';

export const CLIENT = 'client';
export const GATEWAY = 'gateway';

/** Edges between clients, the gateway and services, from proxied traffic. By `FROM TO`. */
export function trafficEdges({ all, services, seconds }: TrafficSampler): Record<string, EdgeState> {
  const edges: Record<string, EdgeState> = {
    [`${CLIENT} ${GATEWAY}`]: edgeOf(CLIENT, GATEWAY, 'client', all, seconds),
  };
  for (const [name, windows] of services)
    edges[`${GATEWAY} ${name}`] = edgeOf(GATEWAY, name, 'proxied', windows, seconds);
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
