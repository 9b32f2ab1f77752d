import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Histogram, type Registry } from 'prom-client';

// From a cached read to the slowest response that a gateway waits for.
const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Measures every response of `fastify` by method, route pattern and status code. Paths are not labels, because ids
 * would create an unbounded number of series. The label `status` repeats `code` under its earlier name for one
 * release.
 */
export function measureRequests(fastify: FastifyInstance, registry: Registry): void {
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from request head to last byte of the response. Label status is deprecated: use code.',
    labelNames: ['method', 'route', 'code', 'status'],
    buckets: BUCKETS_SECONDS,
    registers: [registry],
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    durations.observe(labelsOf(request, reply), reply.elapsedTime / 1000);
    done();
  });
}

const labelsOf = (request: FastifyRequest, reply: FastifyReply) => ({
  method: request.method,
  route: request.routeOptions.url ?? 'unknown',
  code: reply.statusCode,
  status: reply.statusCode,
});
