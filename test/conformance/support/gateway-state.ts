import type { Server } from 'node:http';
import { promisify } from 'node:util';
import { call } from '#testing';
import type { MetricsReport } from '../../../apps/gateway/src/telemetry/metrics/index.js';
import type { GatewayHarness } from './harness.js';

/** The metrics of a gateway as JSON. */
export async function metricsOf({ gatewayUrl }: GatewayHarness): Promise<MetricsReport> {
  const headers = { accept: 'application/json' };
  return (await call(gatewayUrl, 'GET /metrics', { headers })).body as MetricsReport;
}

/** Number of open downstream connections of a gateway. */
export function connectionsOf({ gatewayApp }: GatewayHarness): Promise<number> {
  const server: Server = gatewayApp.nest.getHttpServer();
  return promisify((then: (error: Error | null, count: number) => void) => server.getConnections(then))();
}
