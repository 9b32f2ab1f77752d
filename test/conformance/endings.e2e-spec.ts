import { call, freePort, plainEnvironment, startApp, tempDir, waitFor, type AppProcess } from '#testing';
import { HttpRegistry } from '#registry-client';
import { PLANES } from './support/kinds.js';
import { exchange } from './support/exchange.js';
import { RawClient } from './support/raw-client.js';
import {
  respondToHealthChecks,
  respondWith,
  RawUpstream,
  type ChunkHandler,
} from './support/raw-upstream.js';

/** The exchange's fields in an access log line. */
interface Line {
  readonly path: string;
  readonly service: string | null;
  readonly instance: string | null;
  readonly status: number;
  readonly attempts: number;
  readonly ending: string;
  readonly problem?: string;
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const POLICY = { 'gateway.balancer': 'round-robin', 'gateway.breaker.failure-percent': '0' };

describe.each(PLANES)('the record of an exchange (%s)', (plane) => {
  const directory = tempDir();
  let gateway: AppProcess;
  let upstream: RawUpstream;
  let service: string;
  let count = 0;

  beforeAll(async () => {
    const address = { GATEWAY_HOST: '127.0.0.1', GATEWAY_PORT: '0', DATA_PLANE: plane };
    gateway = await startApp('gateway', { ...plainEnvironment(), ...address, DATA_DIR: directory.path });
  });
  afterAll(async () => {
    await gateway.process.stop();
    directory.remove();
  });
  beforeEach(async () => {
    upstream = await RawUpstream.start();
    service = `raw-${(count += 1)}`;
  });
  afterEach(() => upstream.close());

  const register = (id: string, url: string): Promise<unknown> =>
    new HttpRegistry({ url: gateway.url }).register({
      name: service,
      id: `${service}-${id}`,
      url,
      ttlSeconds: 300,
      metadata: POLICY,
    });
  const onChunk = (what: ChunkHandler): void => {
    upstream.onChunk = respondToHealthChecks(what);
  };
  const url = (): string => `${gateway.url}/api/${service}/x`;
  /** The log lines of this test's service; `path` for requests that matched no service. */
  const lines = (path = `/api/${service}/x`): Line[] =>
    gateway.process.stdout
      .split('\n')
      .filter((text) => text.includes('"msg":"request"'))
      .map((text) => JSON.parse(text) as Line)
      .filter((line) => line.path === path);
  const line = async (path?: string): Promise<Line> => {
    await waitFor('the line of the access log', () => lines(path).length > 0);
    expect(lines(path)).toHaveLength(1);
    return lines(path)[0]!;
  };
  const metric = async (name: string, labels: string): Promise<number> => {
    const { body } = await call(gateway.url, 'GET /metrics');
    return Number(new RegExp(`^${name}\\{${labels}\\} (\\d+)$`, 'm').exec(body as string)?.[1] ?? 0);
  };
  const counted = async (name: string, more = ''): Promise<number> =>
    metric(name, `service="${service}"${more}`);
  const send = (method = 'GET', body?: string) =>
    exchange(url(), { method, body, headers: { 'x-debug-timing': '1' } });
  const raw = async (): Promise<RawClient> => {
    const client = await RawClient.open(Number(new URL(gateway.url).port));
    return client.send(`GET /api/${service}/x HTTP/1.1\r\nHost: gw\r\n\r\n`);
  };
  const refusingUrl = async (): Promise<string> => `http://127.0.0.1:${await freePort()}`;

  it('reports the same attempt count of a retried request everywhere', async () => {
    let heads = 0;
    onChunk((connection) => {
      heads += 1;
      if (heads === 1) connection.socket.resetAndDestroy();
      else connection.send(OK);
    });
    await register('a', upstream.url);
    const response = await send();
    expect([response.text, response.headers['server-timing']]).toEqual([
      'ok',
      expect.stringContaining('attempts;desc="2"'),
    ]);
    expect(await line()).toMatchObject({
      status: 200,
      attempts: 2,
      ending: 'completed',
      instance: `${service}-a`,
    });
    expect(await counted('gateway_retries_total')).toBe(1);
    expect(await counted('gateway_requests_total', ',code="200"')).toBe(1);
    expect(await counted('gateway_instance_failures_total', `,instance="${service}-a",kind="reset"`)).toBe(1);
  });

  it('counts the attempts of a request that another instance serves after a refused connection', async () => {
    onChunk(respondWith(OK));
    await register('a', await refusingUrl());
    await register('b', upstream.url);
    // Round robin: one of the two requests reaches the refusing instance, which is then ejected.
    const responses = [await send('POST', 'x'), await send('POST', 'x')];
    await waitFor('both log lines', () => lines().length === 2);
    const attempts = lines().map((each) => each.attempts);
    expect([...attempts].sort()).toEqual([1, 2]);
    expect(
      responses.map(({ headers }) => /attempts;desc="(\d)"/.exec(String(headers['server-timing']))?.[1]),
    ).toEqual(attempts.map(String));
    for (const each of lines())
      expect(each).toMatchObject({ status: 200, ending: 'completed', instance: `${service}-b` });
    expect(await counted('gateway_retries_total')).toBe(1);
    expect(await counted('gateway_instance_failures_total', `,instance="${service}-a",kind="refused"`)).toBe(
      1,
    );
  });

  it('counts no attempt for an unknown service', async () => {
    const before = await metric('gateway_problems_total', 'service="",problem="unknown-service"');
    expect((await send()).status).toBe(404);
    expect(await line()).toMatchObject({
      service: null,
      instance: null,
      status: 404,
      attempts: 0,
      ending: 'completed',
      problem: 'unknown-service',
    });
    expect(await metric('gateway_problems_total', 'service="",problem="unknown-service"')).toBe(before + 1);
  });

  it('counts no attempt when no instance is available, and one when the only one refused', async () => {
    await register('a', await refusingUrl());
    expect((await send()).status).toBe(502);
    expect((await send()).status).toBe(503);
    await waitFor('both log lines', () => lines().length === 2);
    expect(lines()).toMatchObject([
      { service, status: 502, attempts: 1, ending: 'completed', problem: 'upstream-unreachable' },
      {
        service,
        instance: null,
        status: 503,
        attempts: 0,
        ending: 'completed',
        problem: 'no-healthy-instance',
      },
    ]);
    expect(await counted('gateway_retries_total')).toBe(0);
    expect(await counted('gateway_problems_total', ',problem="no-healthy-instance"')).toBe(1);
  });

  it('counts no attempt for a malformed request', async () => {
    await register('a', upstream.url);
    const path = `/api/${service}/../x`;
    const client = await RawClient.open(Number(new URL(gateway.url).port));
    client.send(`GET ${path} HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n\r\n`);
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 400 /);
    expect(await line(path)).toMatchObject({ status: 400, attempts: 0, ending: 'completed' });
  });

  it('distinguishes a truncated response from a complete one', async () => {
    onChunk(({ socket }) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'));
    await register('a', upstream.url);
    await (await raw()).untilClosed();
    expect(await line()).toMatchObject({ status: 200, attempts: 1, ending: 'broken' });
    expect(await counted('gateway_endings_total', ',ending="broken"')).toBe(1);
  });

  it.each([
    ['before the first byte of the response', '', 0, /^$/],
    ['within the head', 'HTTP/1.1 200 OK\r\nContent-Len', 0, /^$/],
    ['within an interim response', 'HTTP/1.1 103 Early Hints\r\nLink', 0, /^$/],
    ['after an interim response', 'HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n', 0, /103 [^]*\r\n\r\n$/],
    ['within the head after it', 'HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 200 OK\r\nCo', 0, /103 [^]*\r\n\r\n$/],
    ['within the body', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf', 200, /half$/],
  ])(
    'records that a client disconnected %s, and closes the upstream connection',
    async (_where, sent, status, seen) => {
      onChunk((connection) => void connection.send(sent));
      await register('a', upstream.url);
      const client = await raw();
      const isRequested = (): boolean =>
        upstream.connections.some(({ received }) => received.includes('GET /x '));
      await waitFor('the request to reach the instance', isRequested);
      await client.until(seen);
      // The response to another request on the same event loop shows that the bytes sent before it have been read.
      await exchange(`${gateway.url}/health/live`);
      client.socket.resetAndDestroy();
      expect(await line()).toMatchObject({
        status,
        attempts: 1,
        ending: 'client-left',
        instance: `${service}-a`,
      });
      const used = upstream.connections.filter(({ received }) => received.includes('GET /x '));
      await waitFor('the upstream connection to close', () => used.every(({ isEnded }) => isEnded));
      expect(await counted('gateway_endings_total', ',ending="client-left"')).toBe(1);
      const { body } = await call(gateway.url, 'GET /metrics');
      expect(body).toMatch(
        new RegExp(`^gateway_instance_requests_in_flight\\{.*"${service}-a".*\\} 0$`, 'm'),
      );
    },
  );
});
