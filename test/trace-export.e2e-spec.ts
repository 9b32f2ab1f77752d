import {
  call,
  onPostgres,
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
/** Numbers of `SpanKind` of OTLP. */
const [PRODUCER, CONSUMER] = [4, 5];

/** A system that exports spans to a collector of its own. */
async function startTraced(
  settings: Readonly<Record<string, string>>,
): Promise<{ readonly system: RunningSystem; readonly collector: TestCollector }> {
  const collector = await startCollector();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '50', ...settings };
  return { collector, system: await startSystem('monolith', env) };
}

/** The spans of a request that adds a user, once all of them have arrived. */
async function spansOfUser(
  system: RunningSystem,
  { spans }: TestCollector,
): Promise<readonly ReceivedSpan[]> {
  const headers = { traceparent: `00-${TRACE_ID}-${CLIENT}-01`, tracestate: 'vendor=1' };
  const body = { email: 'ann@example.com', name: 'Ann' };
  const { status } = await call(system.url, 'POST /api/user-service/users', { body, headers });
  expect(status).toBe(201);
  const found = () => spans.filter(({ traceId }) => traceId === TRACE_ID);
  await waitFor('the spans of both apps', () => found().filter(({ kind }) => kind === 2).length === 2);
  return found();
}

describe('Traces for a collector that takes JSON', () => {
  const data = tempDir();
  afterAll(() => data.remove());

  it('hold the same spans as in protobuf', async () => {
    const { system, collector } = await startTraced({
      DATA_DIR: data.path,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    });
    const spans = await spansOfUser(system, collector);
    const root = spans.find(({ parentSpanId }) => parentSpanId === CLIENT)!;
    expect(root).toMatchObject({
      ...{ app: 'gateway', name: 'POST /api/user-service/*', kind: 2, traceState: 'vendor=1', status: 0 },
      attributes: { 'http.request.method': 'POST', 'http.response.status_code': 201 },
    });
    expect(root.spanId).toMatch(/^[\da-f]{16}$/);
    expect(root.endNano).toBeGreaterThan(root.startNano);
    expect(Math.abs(Number(root.endNano / 1_000_000n) - Date.now())).toBeLessThan(60_000);
    expect(spans.map(({ app, name }) => `${app}: ${name}`)).toContain('user-service: INSERT users');
    expect(collector.exports.map(({ url, headers }) => [url, headers['content-type']])).toContainEqual([
      '/v1/traces',
      'application/json',
    ]);
    await system.process.stop();
    collector.stop();
  });
});

describe('Traces of a change', () => {
  const data = tempDir();
  afterAll(() => data.remove());

  it('hold the creation of its event, and the handler in the other service with its queries', async () => {
    const { system, collector } = await startTraced({ DATA_DIR: data.path });
    const { body } = await call(system.url, 'POST /api/user-service/users', {
      body: { email: 'ann@example.com', name: 'Ann' },
    });
    const { id } = body as { readonly id: string };
    const headers = { traceparent: `00-${TRACE_ID}-${CLIENT}-01` };
    await call(system.url, `DELETE /api/user-service/users/${id}`, { headers });
    const found = (kind: number) =>
      collector.spans.find((span) => span.traceId === TRACE_ID && span.kind === kind);
    const spanNamed = (name: string) =>
      collector.spans.find((span) => span.traceId === TRACE_ID && span.name === name)!;
    // Each service exports its spans by itself; the last one of the user service is that of the request.
    await waitFor('the spans of both services', () =>
      [found(CONSUMER), spanNamed('DELETE /users/:id')].every(Boolean),
    );
    const [creation, handler] = [found(PRODUCER)!, found(CONSUMER)!];
    const attributes = {
      'messaging.system': 'msa_gateway',
      'messaging.destination.name': 'user-service',
      'cloudevents.event_type': 'shop.user.deleted.v1',
      'cloudevents.event_subject': id,
    };
    expect(creation).toMatchObject({
      ...{ app: 'user-service', name: 'create user-service', status: 0 },
      parentSpanId: spanNamed('DELETE /users/:id').spanId,
      attributes: { ...attributes, 'messaging.operation.type': 'create' },
    });
    expect(handler).toMatchObject({
      ...{ app: 'order-service', name: 'process user-service', status: 0, parentSpanId: creation.spanId },
      attributes: {
        ...attributes,
        'messaging.operation.type': 'process',
        'messaging.consumer.group.name': 'order-service',
        'messaging.message.id': creation.attributes['messaging.message.id'],
      },
    });
    expect(spanNamed('INSERT order_service_handled_events').parentSpanId).toBe(handler.spanId);
    await system.process.stop();
    collector.stop();
  });
});

onPostgres('traces of a system', (server) => {
  it('hold its queries, without their values', async () => {
    const DATABASE_URL = await server().createDatabase();
    const { system, collector } = await startTraced({ DATABASE_URL });
    const spans = await spansOfUser(system, collector);
    const query = spans.find(({ name }) => name === 'INSERT users')!;
    const parent = spans.find(({ spanId }) => spanId === query.parentSpanId);
    expect([parent?.app, parent?.name]).toEqual(['user-service', 'POST /users']);
    expect(query).toMatchObject({
      ...{ app: 'user-service', kind: 3 },
      attributes: {
        'db.system.name': 'postgresql',
        'db.namespace': expect.stringMatching(/./) as string,
        'db.operation.name': 'INSERT',
        'db.collection.name': 'users',
        'db.query.summary': 'INSERT users',
      },
    });
    expect(JSON.stringify(spans.map(({ attributes }) => attributes))).not.toContain('ann@example.com');
    await system.process.stop();
    collector.stop();
  }, 60_000);
});
