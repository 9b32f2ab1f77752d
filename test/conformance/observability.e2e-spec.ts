import { call, waitFor } from '#testing';
import { metricsOf } from './support/gateway-state.js';
import { onEveryKind, onEveryPlane, SERVICE } from './support/harness.js';
import { exchange } from './support/exchange.js';

onEveryKind('observability', (harness) => {
  it('counts requests, bytes and statuses by service and instance', async () => {
    harness().service.handler = ({ url }, response) => {
      response.statusCode = url === '/bad' ? 500 : 200;
      response.write('12345');
      response.end('67890');
    };
    for (const path of ['/a', '/b', '/bad']) await exchange(harness().url + path);
    await exchange(harness().url, { method: 'HEAD' });
    await waitFor(
      'four counted requests',
      async () => (await metricsOf(harness())).services[0]?.requests === 4,
    );
    const [service] = (await metricsOf(harness())).services;
    const counts = { requests: 4, errors: 1, inFlight: 0, bytesSent: 30, statuses: { 200: 3, 500: 1 } };
    expect(service).toMatchObject({
      name: SERVICE,
      ...counts,
      instances: [{ id: `${SERVICE}-a`, ...counts }],
    });
    expect(service?.latencyMs.p99).toBeGreaterThan(0);
  });

  it('reports requests in flight, and a client that disconnects', async () => {
    harness().service.handler = () => undefined;
    const abort = new AbortController();
    const pending = fetch(harness().url, { signal: abort.signal }).catch(() => 'left');
    await waitFor(
      'the request to be in flight',
      async () => (await metricsOf(harness())).services[0]?.inFlight === 1,
    );
    abort.abort();
    expect(await pending).toBe('left');
    await waitFor(
      'the load to be released',
      async () => (await metricsOf(harness())).services[0]?.inFlight === 0,
    );
    const { body } = await call(harness().gatewayUrl, 'GET /metrics');
    expect(body).toContain(`gateway_endings_total{service="${SERVICE}",ending="client-left"} 1\n`);
    expect(body).toContain(`gateway_requests_total{service="${SERVICE}",code="none"} 1\n`);
  });

  it('counts rejections without labels taken from the request', async () => {
    for (const name of ['x', 'y', 'z']) await call(harness().gatewayUrl, `GET /api/${name}`);
    expect((await metricsOf(harness())).rejections).toEqual({ 'unknown-service': 3 });
    const { body, headers } = await call(harness().gatewayUrl, 'GET /metrics');
    expect(body).toContain('gateway_problems_total{service="",problem="unknown-service"} 3\n');
    expect(body).not.toContain('service="x"');
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it('explains which instance a request would reach', async () => {
    const path = encodeURIComponent(`/api/${SERVICE}/users?limit=5`);
    const { body } = await call(harness().gatewayUrl, `GET /discovery/explain?method=POST&path=${path}`);
    expect(body).toMatchObject({
      method: 'POST',
      route: { service: SERVICE, balancer: 'power-of-two', policy: { timeouts: { connectMs: 3000 } } },
      upstreamPath: '/users?limit=5',
      candidates: [{ id: `${SERVICE}-a`, transport: harness().kind === 'local' ? 'local' : 'http' }],
      excluded: [],
      problem: null,
    });
    const bad = await call(harness().gatewayUrl, 'GET /discovery/explain?path=relative');
    expect([bad.status, bad.body.errors]).toEqual([400, [expect.objectContaining({ pointer: '/path' })]]);
  });

  it('explain takes header fields, and refuses what is none', async () => {
    const explain = (query: string) =>
      call(harness().gatewayUrl, `GET /discovery/explain?path=/api/${SERVICE}&${query}`);
    expect((await explain('header=X-A:1&header=x-b:%20two')).status).toBe(200);
    const bad = await explain('header=no-colon');
    expect([bad.status, bad.body.errors]).toEqual([
      400,
      [expect.objectContaining({ pointer: expect.stringMatching(/^\/header/) })],
    ]);
  });
});

onEveryPlane('health of instances', (harness) => {
  it('responds 503 with Retry-After when instances exist but none is healthy', async () => {
    await harness().register('away', 'http://127.0.0.1:1');
    expect((await call(harness().gatewayUrl, 'GET /api/away')).status).toBe(502);
    const { status, body, headers } = await call(harness().gatewayUrl, 'GET /api/away');
    expect([status, body.type]).toEqual([503, 'urn:msa-gateway:problem:no-healthy-instance']);
    expect(headers.get('retry-after')).toBe('2');
  });
});
