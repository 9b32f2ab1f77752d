import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { waitFor } from '#testing';
import type { Instance } from '../discovery/index.js';
import { DEFAULT_POLICY, type Policy } from '../policy/policy.js';
import { instanceOf, localInstanceOf } from './testing/instances.js';
import { ProxyBench } from './testing/proxy-bench.js';

type Serve = (request: IncomingMessage, response: ServerResponse) => void;

/** Round robin, so that the order of instances is predictable. */
const HEDGED: Policy = {
  ...DEFAULT_POLICY,
  balancing: { ...DEFAULT_POLICY.balancing, kind: 'round-robin' },
  hedging: { after: 20 },
};

const answers =
  (text: string): Serve =>
  (_request, response) =>
    response.writeHead(200, { 'x-from': text }).end(text.repeat(3));

const PLANES = ['wire', 'node'] as const;

describe.each(PLANES)('A GET with a late response (%s)', (kind) => {
  const closers: (() => unknown)[] = [];

  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  const serve = async (id: string, answer: Serve): Promise<Instance> => {
    const server = createServer(answer).listen(0, '127.0.0.1');
    closers.push(() => (server.closeAllConnections(), server.close()));
    await once(server, 'listening');
    return instanceOf({ id, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  };

  /** An instance that holds requests until the spec responds, and observes closed connections. */
  const holding = () => {
    const held: { request: IncomingMessage; response: ServerResponse }[] = [];
    let closed = 0;
    const answer: Serve = (request, response) => {
      held.push({ request, response });
      request.socket.on('close', () => (closed += 1));
    };
    return { answer, held, hasSeenClose: () => closed > 0 };
  };

  const gateway = async (policy: Policy, ...instances: Instance[]): Promise<ProxyBench> => {
    const bench = await ProxyBench.start({}, kind, policy);
    closers.push(() => bench.close());
    bench.hold(...instances);
    return bench;
  };

  const nothingInFlight = (...instances: Instance[]): boolean =>
    instances.every(({ load }) => load.inFlight === 0 && load.awaited === 0);

  const ask = (bench: ProxyBench, init: RequestInit = {}): Promise<Response> =>
    fetch(`${bench.url}/api/users/1`, { ...init, headers: { 'x-debug-timing': '1' } });

  it.each(['GET', 'HEAD'])(
    '%s gets the response of another instance, and the connection to the late one closes',
    async (method) => {
      const late = holding();
      const [a, b] = [await serve('a', late.answer), await serve('b', answers('b'))];
      const bench = await gateway(HEDGED, a, b);
      const answer = await ask(bench, { method });
      expect([answer.status, answer.headers.get('x-from')]).toEqual([200, 'b']);
      expect(await answer.text()).toBe(method === 'GET' ? 'bbb' : '');
      expect(answer.headers.get('server-timing')).toMatch(/attempts;desc="2", hedge;desc="won"/);
      await waitFor('the late instance to see it', late.hasSeenClose);
      await waitFor('nothing to be in flight', () => nothingInFlight(a, b));
      const { retries, hedges } = bench.traffic.service('users');
      expect([retries, [...hedges.entries()]]).toEqual([0, [['won', 1]]]);
    },
  );

  it('gets the first response after all if it arrives sooner, and the hedged attempt is aborted', async () => {
    const [late, second] = [holding(), holding()];
    const [a, b] = [await serve('a', late.answer), await serve('b', second.answer)];
    const bench = await gateway(HEDGED, a, b);
    const answered = ask(bench);
    await waitFor('the hedge', () => second.held.length === 1);
    late.held[0]!.response.end('first');
    const answer = await answered;
    expect([await answer.text(), answer.headers.get('server-timing')]).toEqual([
      'first',
      expect.stringMatching(/attempts;desc="2", hedge;desc="lost"/),
    ]);
    await waitFor('the other to see it', second.hasSeenClose);
    await waitFor('nothing to be in flight', () => nothingInFlight(a, b));
  });

  it('gets the response of the hedged attempt when the first breaks while both are running', async () => {
    const [late, second] = [holding(), holding()];
    const bench = await gateway(HEDGED, await serve('a', late.answer), await serve('b', second.answer));
    const answered = ask(bench);
    await waitFor('the hedge', () => second.held.length === 1);
    late.held[0]!.request.socket.resetAndDestroy();
    await waitFor('the failure', () => bench.traffic.service('users').instance('a').failures.total === 1);
    second.held[0]!.response.end('second');
    const answer = await answered;
    expect([await answer.text(), late.held.length, second.held.length]).toEqual(['second', 1, 1]);
    expect(answer.headers.get('server-timing')).toMatch(/hedge;desc="stood-in"/);
  });

  it('is aborted at both instances when its client disconnects', async () => {
    const [late, second] = [holding(), holding()];
    const [a, b] = [await serve('a', late.answer), await serve('b', second.answer)];
    const bench = await gateway(HEDGED, a, b);
    const leaving = new AbortController();
    const left = expect(ask(bench, { signal: leaving.signal })).rejects.toThrow();
    await waitFor('the hedge', () => second.held.length === 1);
    leaving.abort();
    await left;
    await waitFor('both to see it', () => late.hasSeenClose() && second.hasSeenClose());
    await waitFor('nothing to be in flight', () => nothingInFlight(a, b));
    expect([...bench.traffic.service('users').hedges.entries()]).toEqual([['given-up', 1]]);
  });

  it('keeps its downstream connection, and gets a large response of the second instance in full', async () => {
    const late = holding();
    const large = Buffer.alloc(3_000_000, 'x');
    const a = await serve('a', late.answer);
    const b = await serve('b', (_request, response) => response.end(large));
    const bench = await gateway({ ...HEDGED, hedging: { after: 5 } }, a, b);
    for (let i = 0; i < 4; i += 1) {
      const answer = await ask(bench);
      expect(Buffer.from(await answer.arrayBuffer()).equals(large)).toBe(true);
    }
  });

  it('does not hedge a POST, however long it takes', async () => {
    const late = holding();
    const seen: string[] = [];
    const b = await serve('b', (request, response) => (seen.push(request.method ?? ''), response.end()));
    const bench = await gateway(HEDGED, await serve('a', late.answer), b);
    const posted = ask(bench, { method: 'POST', body: 'x' });
    await waitFor('the request', () => late.held.length === 1);
    // A hedged GET sent after the POST shows that the hedging delay has passed.
    while (!seen.includes('GET')) await ask(bench);
    late.held[0]!.response.end('posted');
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
    const bench = await ProxyBench.start({}, 'wire', HEDGED);
    closers.push(
      () => bench.close(),
      () => (server.closeAllConnections(), server.close()),
    );
    bench.hold(local, remote);
    const ask = () => fetch(`${bench.url}/api/users/1`, { redirect: 'manual' });
    return { local, remote, ask };
  };

  it('gets the response of a remote instance, and what the late instance writes after that is discarded', async () => {
    const held: ServerResponse[] = [];
    const late: Serve = (_request, response) => {
      response.setHeader('x-half-said', '1');
      held.push(response);
    };
    const { local, remote, ask } = await gateway(late, answers('b'));
    const answer = await ask();
    const [from, halfSaid] = ['x-from', 'x-half-said'].map((name) => answer.headers.get(name));
    expect([answer.status, from, halfSaid, await answer.text()]).toEqual([200, 'b', null, 'bbb']);
    held[0]!.writeHead(500, { 'x-late': '1' });
    held[0]!.end('too late');
    expect(await (await ask()).text()).toBe('bbb');
    expect([local.load.inFlight, remote.load.inFlight]).toEqual([0, 0]);
  });

  it('keeps writes of the late instance out of the response in progress, and does not throw in that instance', async () => {
    const held: ServerResponse[] = [];
    let elsewhere: ServerResponse | undefined;
    const { ask } = await gateway(
      (_request, response) => void held.push(response),
      (_request, response) => (elsewhere = response).writeHead(200, { trailer: 'x-sum' }).write('begun, '),
    );
    const answered = ask();
    await waitFor('the hedge', () => elsewhere !== undefined);
    const answer = await answered;
    const late = held[0]!;
    const told: unknown[] = [];
    late.statusCode = 500;
    late
      .setHeader('x-late', '1')
      .appendHeader('x-late', '2')
      .setHeaders(new Map([['x-late', '3']]));
    late.removeHeader('x-late');
    late.flushHeaders();
    late.writeContinue(() => told.push('continue'));
    late.writeProcessing();
    late.writeEarlyHints({ link: '</x>' }, () => told.push('hints'));
    late.addTrailers({ 'x-late': '4' });
    expect(late.writeHead(500, { 'x-late': '5' }).write('late', (error) => told.push(error))).toBe(false);
    late.end('too late', () => told.push('ended'));
    late.destroy(new Error('the service gives up'));
    elsewhere!.addTrailers({ 'x-sum': '7' });
    elsewhere!.end('and done');
    expect([answer.status, answer.headers.get('x-late'), await answer.text()]).toEqual([
      200,
      null,
      'begun, and done',
    ]);
    expect(told).toEqual(['continue', 'hints', expect.any(Error), 'ended']);
  });

  it('gets the response of a remote instance when a stream pipeline into the late response fails', async () => {
    const failing = new Readable({ read: () => undefined });
    let piped: Promise<void> | undefined;
    let elsewhere: ServerResponse | undefined;
    const { ask } = await gateway(
      (_request, response) => {
        piped = expect(pipeline(failing, response)).rejects.toThrow('the disk is gone');
      },
      (_request, response) => (elsewhere = response).write('begun, '),
    );
    const answer = await ask();
    failing.destroy(new Error('the disk is gone'));
    elsewhere!.end('and done');
    expect(await answer.text()).toBe('begun, and done');
    await piped;
  });

  it('is sent to the remote instance as the client sent it, not as the local instance received it', async () => {
    let asked: IncomingMessage['headers'] = {};
    const redirects: Serve = (request, response) => {
      asked = request.headers;
      response.writeHead(302, { location: '/2' }).end();
    };
    const { remote, ask } = await gateway(() => undefined, redirects);
    const answer = await ask();
    expect(answer.headers.get('location')).toBe('/api/users/2');
    expect(asked).toMatchObject({
      host: new URL(remote.url).host,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-prefix': '/api/users',
      via: expect.stringMatching(/^1\.1 [^,]+$/) as string,
    });
  });
});
