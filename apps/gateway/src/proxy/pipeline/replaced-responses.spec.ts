import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DEFAULT_POLICY, type Policy } from '../../policy/policy.js';
import type { Stage, UpstreamResponse } from '../exchange/stage.js';
import { instanceOf, localInstanceOf } from '../testing/instances.js';
import { ProxyHarness } from '../testing/proxy-harness.js';

const KEPT = 'kept body';

/** Responds with the status in the path; the rest of the path says how. */
function serve(request: IncomingMessage, response: ServerResponse): void {
  const [, status = '', way] = (request.url ?? '').split('/');
  response.statusCode = Number(status);
  response.setHeader('etag', '"1"');
  if (way === 'head') response.writeHead(Number(status), { 'x-way': 'head' });
  if (way === 'parts') response.write('first ');
  response.end(status === '304' ? undefined : 'of the instance');
}

/** Replaces 304 and failures by a response that was kept. */
const keeping = (seen: UpstreamResponse[] = []): Stage => ({
  name: 'keep',
  upstreamResponse: (_exchange, response) => {
    seen.push(response);
    if (response.status !== 304 && response.status < 500) return undefined;
    const lines = 'date: Thu, 01 Jan 2026 00:00:00 GMT\r\nage: 5\r\nx-kept: a\r\nx-kept: b\r\n';
    return { status: 200, fields: {}, lines, body: Buffer.from(KEPT) };
  },
});

describe.each(['wire', 'node', 'local'] as const)('A replaced response (%s)', (kind) => {
  let service: Server;
  let connections = 0;
  const harnesses: ProxyHarness[] = [];

  beforeAll(async () => {
    service = createServer(serve)
      .on('connection', () => (connections += 1))
      .listen(0, '127.0.0.1');
    await once(service, 'listening');
  });
  afterAll(() => service.close());
  afterEach(async () => {
    for (const harness of harnesses.splice(0)) await harness.close();
  });

  const start = async (policy: Partial<Policy>, ...stages: Stage[]): Promise<ProxyHarness> => {
    const harness = await ProxyHarness.start({}, kind === 'wire' ? 'wire' : 'node', policy, stages);
    harnesses.push(harness);
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
    harness.setInstances(kind === 'local' ? localInstanceOf('a', serve) : instanceOf({ id: 'a', url }));
    return harness;
  };

  it.each(['/304', '/500', '/500/parts', '/503/head'])('takes the place of %s', async (path) => {
    const seen: UpstreamResponse[] = [];
    const harness = await start({}, keeping(seen));
    const response = await fetch(`${harness.url}/api/users${path}`);
    expect([response.status, await response.text()]).toEqual([200, KEPT]);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      date: 'Thu, 01 Jan 2026 00:00:00 GMT',
      age: '5',
      'x-kept': 'a, b',
      'content-length': String(KEPT.length),
    });
    expect(response.headers.has('etag')).toBe(false);
    expect(response.headers.has('x-content-type-options')).toBe(false);
    expect(seen).toEqual([expect.objectContaining({ status: Number(path.slice(1, 4)), isOwn: false })]);
    expect(seen[0]?.lines).toMatch(/^etag: "1"\r$/im);
    const { instances } = harness.services.current.get('users')!;
    expect(instances[0]?.load).toMatchObject({
      inFlight: 0,
      awaited: 0,
      failuresInRow: path === '/304' ? 0 : 1,
    });
  });

  it('leaves the connections to the client and, without a body, to the instance open', async () => {
    const harness = await start({}, keeping());
    connections = 0;
    for (let i = 0; i < 3; i += 1) await (await fetch(`${harness.url}/api/users/304`)).text();
    expect(connections).toBe(kind === 'local' ? 0 : 1);
    const after = await fetch(`${harness.url}/api/users/200`);
    expect(await after.text()).toBe('of the instance');
  });

  it('takes the place of a problem of the gateway', async () => {
    const seen: UpstreamResponse[] = [];
    const harness = await start({}, keeping(seen));
    harness.setInstances(instanceOf({ id: 'a', status: 'down' }));
    const response = await fetch(`${harness.url}/api/users/200`);
    expect([response.status, await response.text()]).toEqual([200, KEPT]);
    expect(seen).toEqual([{ status: 503, isOwn: true, lines: '', contentLength: -1 }]);
  });

  it('counts for the circuit breaker as what the instance sent', async () => {
    const seen: UpstreamResponse[] = [];
    const breaker = { ...DEFAULT_POLICY.breaker, minRequests: 2 };
    const harness = await start({ breaker }, keeping(seen));
    for (const status of [500, 500, 200]) await fetch(`${harness.url}/api/users/${status}`);
    expect(seen.map(({ isOwn }) => isOwn)).toEqual([false, false, true]);
  });

  it('is a 500 if a stage throws', async () => {
    const harness = await start(
      {},
      {
        name: 'broken',
        upstreamResponse: () => {
          throw new Error('bug');
        },
      },
    );
    const response = await fetch(`${harness.url}/api/users/200/parts`);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      500,
      'application/problem+json',
    ]);
    expect(harness.stageErrors.length).toBeGreaterThan(0);
  });

  it('does not change a response that is not replaced', async () => {
    const harness = await start({}, keeping());
    const plain = await start({});
    for (const path of ['/200', '/200/parts', '/404/head', '/204']) {
      const [seen, unseen] = await Promise.all(
        [harness, plain].map(({ url }) => fetch(`${url}/api/users${path}`)),
      );
      const fields = (response: Response | undefined) =>
        Object.fromEntries([...(response?.headers ?? [])].filter(([name]) => !/^(date|x-req)/.test(name)));
      expect(fields(seen)).toEqual(fields(unseen));
      expect(await seen?.text()).toBe(await unseen?.text());
    }
  });

  it('is not observed; a stage can decline to observe a body', async () => {
    const observed: string[] = [];
    const harness = await start({}, keeping(), {
      name: 'observe',
      observesBody: (exchange) => exchange.header('x-observe') === '1',
      responseBody: (_exchange, bytes) => observed.push(String(bytes)),
    });
    await (await fetch(`${harness.url}/api/users/500`)).text();
    await (await fetch(`${harness.url}/api/users/200`)).text();
    expect(observed).toEqual([]);
    await (await fetch(`${harness.url}/api/users/200`, { headers: { 'x-observe': '1' } })).text();
    expect(observed.join('')).toBe('of the instance');
  });
});
