import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { waitFor } from '#testing';
import type { Instance } from '../discovery/index.js';
import { DEFAULT_POLICY, type Policy } from '../policy/policy.js';
import { instanceOf, localInstanceOf } from './testing/instances.js';
import { ProxyHarness } from './testing/proxy-harness.js';

type Serve = (request: IncomingMessage, response: ServerResponse) => void;

/** Round robin, so that the order of instances is predictable. */
const HEDGED: Policy = {
  ...DEFAULT_POLICY,
  balancing: { ...DEFAULT_POLICY.balancing, kind: 'round-robin' },
  hedging: { after: 20 },
};

const responses =
  (text: string): Serve =>
  (_request, response) =>
    response.writeHead(200, { 'x-from': text }).end(text.repeat(3));

const PLANES = ['wire', 'node'] as const;

describe.each(PLANES)('A GET with a late response (%s)', (kind) => {
  const closers: (() => unknown)[] = [];

  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  const serve = async (id: string, handler: Serve): Promise<Instance> => {
    const server = createServer(handler).listen(0, '127.0.0.1');
    closers.push(() => (server.closeAllConnections(), server.close()));
    await once(server, 'listening');
    return instanceOf({ id, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  };

  /** An instance that delays responses until the spec sends them, and observes closed connections. */
  const delayedResponses = () => {
    const pending: { request: IncomingMessage; response: ServerResponse }[] = [];
    let closed = 0;
    const handler: Serve = (request, response) => {
      pending.push({ request, response });
      request.socket.on('close', () => (closed += 1));
    };
    return { handler, pending, hasClosed: () => closed > 0 };
  };

  const gateway = async (policy: Policy, ...instances: Instance[]): Promise<ProxyHarness> => {
    const harness = await ProxyHarness.start({}, kind, policy);
    closers.push(() => harness.close());
    harness.setInstances(...instances);
    return harness;
  };

  const nothingInFlight = (...instances: Instance[]): boolean =>
    instances.every(({ load }) => load.inFlight === 0 && load.awaited === 0);

  const send = (harness: ProxyHarness, init: RequestInit = {}): Promise<Response> =>
    fetch(`${harness.url}/api/users/1`, { ...init, headers: { 'x-debug-timing': '1' } });

  it.each(['GET', 'HEAD'])(
    '%s gets the response of another instance, and the connection to the late one closes',
    async (method) => {
      const late = delayedResponses();
      const [a, b] = [await serve('a', late.handler), await serve('b', responses('b'))];
      const harness = await gateway(HEDGED, a, b);
      const response = await send(harness, { method });
      expect([response.status, response.headers.get('x-from')]).toEqual([200, 'b']);
      expect(await response.text()).toBe(method === 'GET' ? 'bbb' : '');
      expect(response.headers.get('server-timing')).toMatch(/attempts;desc="2", hedge;desc="won"/);
      await waitFor('the disconnection to reach the late instance', late.hasClosed);
      await waitFor('no requests in flight', () => nothingInFlight(a, b));
      const { retries, hedges } = harness.traffic.service('users');
      expect([retries, [...hedges.entries()]]).toEqual([0, [['won', 1]]]);
    },
  );

  it('gets the first response after all if it arrives sooner, and the hedged attempt is aborted', async () => {
    const [late, second] = [delayedResponses(), delayedResponses()];
    const [a, b] = [await serve('a', late.handler), await serve('b', second.handler)];
    const harness = await gateway(HEDGED, a, b);
    const responded = send(harness);
    await waitFor('the hedged attempt', () => second.pending.length === 1);
    late.pending[0]!.response.end('first');
    const response = await responded;
    expect([await response.text(), response.headers.get('server-timing')]).toEqual([
      'first',
      expect.stringMatching(/attempts;desc="2", hedge;desc="lost"/),
    ]);
    await waitFor('the disconnection to reach the other instance', second.hasClosed);
    await waitFor('no requests in flight', () => nothingInFlight(a, b));
  });

  it('gets the response of the hedged attempt when the first breaks while both are running', async () => {
    const [late, second] = [delayedResponses(), delayedResponses()];
    const harness = await gateway(HEDGED, await serve('a', late.handler), await serve('b', second.handler));
    const responded = send(harness);
    await waitFor('the hedged attempt', () => second.pending.length === 1);
    late.pending[0]!.request.socket.resetAndDestroy();
    await waitFor('the failure', () => harness.traffic.service('users').instance('a').failures.total === 1);
    second.pending[0]!.response.end('second');
    const response = await responded;
    expect([await response.text(), late.pending.length, second.pending.length]).toEqual(['second', 1, 1]);
    expect(response.headers.get('server-timing')).toMatch(/hedge;desc="replaced"/);
  });

  it('is aborted at both instances when its client disconnects', async () => {
    const [late, second] = [delayedResponses(), delayedResponses()];
    const [a, b] = [await serve('a', late.handler), await serve('b', second.handler)];
    const harness = await gateway(HEDGED, a, b);
    const abort = new AbortController();
    const rejected = expect(send(harness, { signal: abort.signal })).rejects.toThrow();
    await waitFor('the hedged attempt', () => second.pending.length === 1);
    abort.abort();
    await rejected;
    await waitFor('the disconnection to reach both instances', () => late.hasClosed() && second.hasClosed());
    await waitFor('no requests in flight', () => nothingInFlight(a, b));
    expect([...harness.traffic.service('users').hedges.entries()]).toEqual([['cancelled', 1]]);
  });

  it('keeps its downstream connection, and gets a large response of the second instance in full', async () => {
    const late = delayedResponses();
    const large = Buffer.alloc(3_000_000, 'x');
    const a = await serve('a', late.handler);
    const b = await serve('b', (_request, response) => response.end(large));
    const harness = await gateway({ ...HEDGED, hedging: { after: 5 } }, a, b);
    for (let i = 0; i < 4; i += 1) {
      const response = await send(harness);
      expect(Buffer.from(await response.arrayBuffer()).equals(large)).toBe(true);
    }
  });

  it('does not hedge a POST, however long it takes', async () => {
    const late = delayedResponses();
    const seen: string[] = [];
    const b = await serve('b', (request, response) => (seen.push(request.method ?? ''), response.end()));
    const harness = await gateway(HEDGED, await serve('a', late.handler), b);
    const posted = send(harness, { method: 'POST', body: 'x' });
    await waitFor('the request', () => late.pending.length === 1);
    // A hedged GET sent after the POST shows that the hedging delay has passed.
    while (!seen.includes('GET')) await send(harness);
    late.pending[0]!.response.end('posted');
    expect([await (await posted).text(), seen.includes('POST')]).toEqual(['posted', false]);
  });
});

describe('A GET with a late response of a local instance', () => {
  const closers: (() => unknown)[] = [];

  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  /** A gateway whose local instance is late, with a remote instance that responds with `elsewhere`. */
  const gateway = async (late: Serve, elsewhere: Serve) => {
    const local = localInstanceOf('a', late);
    const server = createServer(elsewhere).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const remote = instanceOf({ id: 'b', url: `http://127.0.0.1:${port}` });
    const harness = await ProxyHarness.start({}, 'wire', HEDGED);
    closers.push(
      () => harness.close(),
      () => (server.closeAllConnections(), server.close()),
    );
    harness.setInstances(local, remote);
    const send = () => fetch(`${harness.url}/api/users/1`, { redirect: 'manual' });
    return { local, remote, send: send };
  };

  it('gets the response of a remote instance, and what the late instance writes after that is discarded', async () => {
    const pending: ServerResponse[] = [];
    const late: Serve = (_request, response) => {
      response.setHeader('x-partial', '1');
      pending.push(response);
    };
    const { local, remote, send: send } = await gateway(late, responses('b'));
    const response = await send();
    const [from, partial] = ['x-from', 'x-partial'].map((name) => response.headers.get(name));
    expect([response.status, from, partial, await response.text()]).toEqual([200, 'b', null, 'bbb']);
    pending[0]!.writeHead(500, { 'x-late': '1' });
    pending[0]!.end('too late');
    expect(await (await send()).text()).toBe('bbb');
    expect([local.load.inFlight, remote.load.inFlight]).toEqual([0, 0]);
  });

  it('keeps writes of the late instance out of the response in progress, and does not throw in that instance', async () => {
    const pending: ServerResponse[] = [];
    let elsewhere: ServerResponse | undefined;
    const { send: send } = await gateway(
      (_request, response) => void pending.push(response),
      (_request, response) => (elsewhere = response).writeHead(200, { trailer: 'x-sum' }).write('begun, '),
    );
    const responded = send();
    await waitFor('the hedged attempt', () => elsewhere !== undefined);
    const response = await responded;
    const late = pending[0]!;
    const reported: unknown[] = [];
    late.statusCode = 500;
    late
      .setHeader('x-late', '1')
      .appendHeader('x-late', '2')
      .setHeaders(new Map([['x-late', '3']]));
    late.removeHeader('x-late');
    late.flushHeaders();
    late.writeContinue(() => reported.push('continue'));
    late.writeProcessing();
    late.writeEarlyHints({ link: '</x>' }, () => reported.push('hints'));
    late.addTrailers({ 'x-late': '4' });
    expect(late.writeHead(500, { 'x-late': '5' }).write('late', (error) => reported.push(error))).toBe(false);
    late.end('too late', () => reported.push('ended'));
    late.destroy(new Error('the service aborts'));
    elsewhere!.addTrailers({ 'x-sum': '7' });
    elsewhere!.end('and done');
    expect([response.status, response.headers.get('x-late'), await response.text()]).toEqual([
      200,
      null,
      'begun, and done',
    ]);
    expect(reported).toEqual(['continue', 'hints', expect.any(Error), 'ended']);
  });

  it('gets the response of a remote instance when a stream pipeline into the late response fails', async () => {
    const failing = new Readable({ read: () => undefined });
    let piped: Promise<void> | undefined;
    let elsewhere: ServerResponse | undefined;
    const { send: send } = await gateway(
      (_request, response) => {
        piped = expect(pipeline(failing, response)).rejects.toThrow('the disk failed');
      },
      (_request, response) => (elsewhere = response).write('begun, '),
    );
    const response = await send();
    failing.destroy(new Error('the disk failed'));
    elsewhere!.end('and done');
    expect(await response.text()).toBe('begun, and done');
    await piped;
  });

  it('is sent to the remote instance as the client sent it, not as the local instance received it', async () => {
    let requested: IncomingMessage['headers'] = {};
    const redirects: Serve = (request, response) => {
      requested = request.headers;
      response.writeHead(302, { location: '/2' }).end();
    };
    const { remote, send: send } = await gateway(() => undefined, redirects);
    const response = await send();
    expect(response.headers.get('location')).toBe('/api/users/2');
    expect(requested).toMatchObject({
      host: new URL(remote.url).host,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-prefix': '/api/users',
      via: expect.stringMatching(/^1\.1 [^,]+$/) as string,
    });
  });
});
