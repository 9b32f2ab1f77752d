import {
  call,
  MOUNTS,
  startCollector,
  startSystem,
  tempDir,
  waitFor,
  type ReceivedSpan,
  type RunningSystem,
  type TestCollector,
} from '#testing';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const CLIENT = '00f067aa0ba902b7';

describe.each(MOUNTS)('Traces in the %s mount', (mount) => {
  const data = tempDir();
  let collector: TestCollector;
  let system: RunningSystem;

  beforeAll(async () => {
    collector = await startCollector();
    system = await startSystem(mount, {
      DATA_DIR: data.path,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20secret',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      OTEL_BSP_SCHEDULE_DELAY: '50',
    });
  });

  afterAll(async () => {
    await system.process.stop();
    collector.stop();
    data.remove();
  });

  const post = async (path: string, body: object, traceparent?: string) => {
    const headers: Record<string, string> =
      traceparent === undefined ? {} : { traceparent, tracestate: 'vendor=1' };
    const response = await call(system.url, `POST ${path}`, { body, headers });
    expect(response.status).toBe(201);
    return (response.body as { id: string }).id;
  };

  /** An order, and the spans of its request. */
  async function placeOrder(): Promise<readonly ReceivedSpan[]> {
    const userId = await post('/api/user-service/users', { email: 'ann@example.com', name: 'Ann' });
    const productId = await post('/api/product-service/products', {
      ...{ name: 'Pen', category: 'office', price: 100, currency: 'EUR', stock: 5 },
    });
    const body = { userId, items: [{ productId, quantity: 1 }] };
    await post('/api/order-service/orders', body, `00-${TRACE_ID}-${CLIENT}-01`);
    const spans = () => collector.spans.filter(({ traceId }) => traceId === TRACE_ID);
    await waitFor('the spans of all apps', () => new Set(spans().map(({ app }) => app)).size === 4);
    await waitFor('the server span of the order service', () => spans().some(isServerOf('order-service')));
    return spans();
  }

  const isServerOf =
    (service: string) =>
    ({ app, kind }: ReceivedSpan): boolean =>
      app === service && kind === 2;

  it('hold an order with its calls and queries, each below its caller', async () => {
    const spans = await placeOrder();
    const parentOf = ({ parentSpanId }: ReceivedSpan): ReceivedSpan | undefined =>
      spans.find(({ spanId }) => spanId === parentSpanId);
    const pathOf = (span: ReceivedSpan): string[] => {
      const parent = parentOf(span);
      return [...(parent ? pathOf(parent) : []), `${span.app}: ${span.name}`];
    };
    const paths = spans.map((span) => pathOf(span).join(' > '));
    const order = 'gateway: POST /api/order-service/* > gateway: POST > order-service: POST /orders';
    expect(paths).toEqual(
      expect.arrayContaining([
        'gateway: POST /api/order-service/*',
        order,
        `${order} > order-service: GET > user-service: GET /users/:id`,
        `${order} > order-service: GET > user-service: GET /users/:id > user-service: SELECT users`,
        `${order} > order-service: PUT > product-service: PUT /stock-reservations/:orderId`,
        expect.stringMatching(/^gateway.*PUT \/stock-reservations\/:orderId > product-service: UPDATE \w+$/),
        `${order} > order-service: INSERT orders`,
      ]),
    );
    const root = spans.find(({ parentSpanId }) => parentSpanId === CLIENT)!;
    expect(root).toMatchObject({
      app: 'gateway',
      kind: 2,
      traceState: 'vendor=1',
      resource: { 'service.name': 'gateway', 'deployment.environment.name': 'test' },
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/api/order-service/*',
        'url.path': '/api/order-service/orders',
        'url.scheme': 'http',
        'http.response.status_code': 201,
        'network.protocol.version': '1.1',
        'client.address': '127.0.0.1',
      },
    });
  });

  it('go to the collector as configured', () => {
    expect(collector.exports[0]).toMatchObject({
      url: '/v1/traces',
      headers: {
        'content-type': 'application/x-protobuf',
        'content-encoding': 'gzip',
        authorization: 'Bearer secret',
      },
    });
  });

  it('hold no value of a query', () => {
    const queries = collector.spans.filter(({ attributes }) => 'db.system.name' in attributes);
    expect(queries.length).toBeGreaterThan(0);
    expect(JSON.stringify(queries.map(({ attributes }) => attributes))).not.toContain('ann@example.com');
    expect(queries[0]!.attributes).toMatchObject({ 'db.system.name': 'sqlite' });
  });

  it('are counted in the metrics', async () => {
    const text = await (await fetch(`${system.url}/metrics`)).text();
    expect(text).toMatch(/^gateway_trace_spans_exported_total [1-9]/m);
    expect(text).toMatch(/^gateway_trace_spans_dropped_total 0$/m);
    expect(text).toMatch(/^gateway_trace_spans_failed_total 0$/m);
  });

  it('have ids in the access log', async () => {
    await waitFor('the record of the order', () => system.process.stdout.includes(`"traceId":"${TRACE_ID}"`));
  });
});
