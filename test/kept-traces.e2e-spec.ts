import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { boot, type RunningApp } from '#service-kit';
import { gateway } from '#apps/gateway';
import {
  call,
  onPrograms,
  startCollector,
  startPrometheus,
  tempDir,
  waitFor,
  type ReceivedSpan,
  type TestCollector,
  type TestPrometheus,
} from '#testing';

/** No health check is taken for a request, or ejects an instance. */
const UNCHECKED = { 'gateway.health-check.interval-ms': '0' };

const POLICIES = `
version: 1
services:
  edge:
    tracing: { context: restart }
`;

/** A gateway with the services `inner` and `edge`, whose instances a test defines. */
class TracedGateway {
  readonly servers: Server[] = [];

  private constructor(
    readonly collector: TestCollector,
    readonly app: RunningApp,
    private readonly directory: ReturnType<typeof tempDir>,
  ) {}

  static async start(env: Readonly<Record<string, string>> = {}): Promise<TracedGateway> {
    const directory = tempDir();
    const policies = join(directory.path, 'gateway.yaml');
    writeFileSync(policies, POLICIES);
    const collector = await startCollector();
    const app = await boot(gateway, {
      env: {
        ...{ LOG_LEVEL: 'ERROR', GATEWAY_HOST: '127.0.0.1', GATEWAY_PORT: '0', GATEWAY_CONFIG: policies },
        ...{ DATA_DIR: directory.path, OTEL_BSP_SCHEDULE_DELAY: '20' },
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        ...env,
      },
    });
    return new TracedGateway(collector, app, directory);
  }

  async register(name: string, handler: RequestListener, metadata = {}): Promise<string> {
    const server = createServer(handler);
    this.servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const id = `${name}-${this.servers.length}`;
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const body = { id, name, url, ttlSeconds: 300, metadata };
    expect((await call(this.app.url, 'POST /discovery/register', { body })).status).toBe(201);
    return id;
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
    return call(this.app.url, `GET ${path}`, { headers }).then(({ status }) => status);
  }

  /** The spans of the request to a path, once its server span has arrived. */
  async spansOf(path: string): Promise<readonly ReceivedSpan[]> {
    const { spans } = this.collector;
    await waitFor(`the trace of ${path}`, () => spans.some(isOf(path)));
    return spans.filter(({ traceId }) => traceId === spans.find(isOf(path))!.traceId);
  }

  async stop(): Promise<void> {
    await this.app.leave();
    await this.app.close();
    for (const server of this.servers) server.close().closeAllConnections();
    this.collector.stop();
    this.directory.remove();
  }
}

const isOf =
  (path: string) =>
  ({ attributes }: ReceivedSpan): boolean =>
    attributes['url.path'] === path;

const clientsOf = (spans: readonly ReceivedSpan[]): ReceivedSpan[] =>
  spans.filter(({ kind }) => kind === 3).sort((a, b) => (a.startNano < b.startNano ? -1 : 1));

describe('A gateway that samples no traces', () => {
  let traced: TracedGateway;

  beforeAll(async () => {
    traced = await TracedGateway.start({ OTEL_TRACES_SAMPLER: 'always_off', TRACE_SLOW_MS: '1000' });
    await traced.register('inner', ({ url }, response) => {
      response.statusCode = url === '/failed' ? 500 : 200;
      if (url === '/broken') response.write('a', () => response.destroy());
      else setTimeout(() => response.end(), url === '/slow' ? 1100 : 0);
    });
  });

  afterAll(() => traced.stop());

  it('keeps those of failed, broken and slow requests', async () => {
    for (const path of ['/fast', '/failed', '/slow']) await traced.get(`/api/inner${path}`);
    await traced.get('/api/inner/broken').catch(() => undefined);
    const [failed] = await traced.spansOf('/api/inner/failed');
    expect(failed).toMatchObject({ status: 2, attributes: { 'error.type': '500' } });
    const [slow] = await traced.spansOf('/api/inner/slow');
    expect(slow).toMatchObject({ status: 0, attributes: { 'http.response.status_code': 200 } });
    const [broken] = await traced.spansOf('/api/inner/broken');
    expect(broken).toMatchObject({ status: 2, attributes: { 'error.type': 'broken' } });
    expect(traced.collector.spans.find(isOf('/api/inner/fast'))).toBeUndefined();
  });
});

describe('The trace of a request', () => {
  let traced: TracedGateway;

  beforeAll(async () => {
    traced = await TracedGateway.start();
    await traced.register('edge', (_request, response) => response.end());
  });

  afterAll(() => traced.stop());

  it('has a span for each attempt', async () => {
    const failed = await traced.register(
      'retried',
      (_request, response) => response.writeHead(503).end(),
      UNCHECKED,
    );
    await traced.get('/api/retried/first');
    const answered = await traced.register('retried', (_request, response) => response.end(), UNCHECKED);
    const attempts = async (path: string) => clientsOf(await traced.spansOf(path));
    for (let i = 0; ; i += 1) {
      expect(await traced.get(`/api/retried/${i}`)).toBe(200);
      const found = await attempts(`/api/retried/${i}`);
      if (found.length < 2) continue;
      expect(found).toMatchObject([
        { status: 2, attributes: { 'msa_gateway.instance': failed, 'http.response.status_code': 503 } },
        { status: 0, attributes: { 'msa_gateway.instance': answered, 'http.request.resend_count': 1 } },
      ]);
      return;
    }
  });

  it('marks a hedged attempt, and the one that it replaced', async () => {
    const metadata = { ...UNCHECKED, 'gateway.hedge.after': '20' };
    let isFirst = true;
    const handler: RequestListener = (_request, response) => {
      const isLate = isFirst;
      isFirst = false;
      setTimeout(() => response.end(), isLate ? 1000 : 0);
    };
    for (let i = 0; i < 2; i += 1) await traced.register('hedged', handler, metadata);
    expect(await traced.get('/api/hedged/a')).toBe(200);
    expect(clientsOf(await traced.spansOf('/api/hedged/a'))).toMatchObject([
      { status: 2, attributes: { 'error.type': 'cancelled' } },
      { status: 0, attributes: { 'msa_gateway.hedged': true, 'http.response.status_code': 200 } },
    ]);
  });

  it('begins anew on a route that does not trust clients, with a link', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    await traced.get('/api/edge/a', { traceparent: `00-${traceId}-00f067aa0ba902b7-00` });
    const [server] = (await traced.spansOf('/api/edge/a')).filter(({ kind }) => kind === 2);
    expect(server!.traceId).not.toBe(traceId);
    expect(server).toMatchObject({ parentSpanId: '', links: [traceId] });
  });

  it('exists for a request that matches no service', async () => {
    expect(await traced.get('/api/no-such-service')).toBe(404);
    expect(await traced.spansOf('/api/no-such-service')).toMatchObject([
      { name: 'GET', attributes: { 'msa_gateway.problem': 'unknown-service' } },
    ]);
  });

  it('is not recorded for the endpoints of the gateway itself', async () => {
    await traced.get('/health');
    await traced.get('/api/edge/after');
    await traced.spansOf('/api/edge/after');
    expect(traced.collector.spans.find(isOf('/health'))).toBeUndefined();
  });
});

describe('A route that does not trust clients', () => {
  it('removes their trace context if the gateway records no traces', async () => {
    const untraced = await TracedGateway.start({ OTEL_SDK_DISABLED: 'true' });
    const received: unknown[] = [];
    const handler: RequestListener = ({ headers }, response) => {
      received.push(headers.traceparent);
      response.end();
    };
    await untraced.register('edge', handler);
    await untraced.register('inner', handler);
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    for (const service of ['edge', 'inner']) await untraced.get(`/api/${service}/`, { traceparent });
    expect(received).toEqual([undefined, traceparent]);
    await untraced.stop();
    expect(untraced.collector.exports).toEqual([]);
  });
});

describe('A collector that does not take spans', () => {
  it.each([429, 503])('with %d costs no request, and at most seconds of a shutdown', async (status) => {
    const refusing = await startCollector((response) =>
      response.writeHead(status, { 'retry-after': '9' }).end(),
    );
    const traced = await TracedGateway.start({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: refusing.url,
      OTEL_EXPORTER_OTLP_TIMEOUT: '500',
    });
    await traced.register('inner', (_request, response) => response.end());
    expect(await traced.get('/api/inner/')).toBe(200);
    await waitFor('the lost spans', async () => {
      const text = await (await fetch(`${traced.app.url}/metrics`)).text();
      return /^gateway_trace_spans_failed_total 2$/m.test(text);
    });
    await traced.stop();
    refusing.stop();
  });

  it('at all does not hold up a shutdown', async () => {
    const hanging = await startCollector(() => undefined);
    const traced = await TracedGateway.start({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: hanging.url,
      OTEL_EXPORTER_OTLP_TIMEOUT: '5000',
    });
    await traced.register('inner', (_request, response) => response.end());
    expect(await traced.get('/api/inner/')).toBe(200);
    await waitFor('the export', () => hanging.exports.length > 0);
    const begin = performance.now();
    await traced.stop();
    expect(performance.now() - begin).toBeLessThan(10_000);
    hanging.stop();
  });
});

onPrograms(['prometheus'], 'Prometheus', () => {
  let traced: TracedGateway;
  let prometheus: TestPrometheus;

  beforeAll(async () => {
    traced = await TracedGateway.start();
    prometheus = await startPrometheus({ gateway: traced.app.url });
  });

  afterAll(async () => {
    await prometheus.stop();
    await traced.stop();
  });

  it('gets the ids of traces as exemplars of the durations', async () => {
    await traced.register('inner', (_request, response) => response.end());
    await traced.get('/api/inner/exemplar');
    const [{ traceId }] = (await traced.spansOf('/api/inner/exemplar')) as [ReceivedSpan];
    await waitFor('the exemplar', async () => {
      const found = await prometheus.exemplars('gateway_request_duration_seconds_bucket');
      return found.some(({ labels }) => labels.trace_id === traceId);
    });
  });
});
