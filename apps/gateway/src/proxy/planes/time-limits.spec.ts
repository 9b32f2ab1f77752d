import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { connect, createServer as createTcpServer, type AddressInfo } from 'node:net';
import type { LocalTarget } from '#registry-client';
import { call, waitFor } from '#testing';
import type { Timeouts } from '../../policy/policy.js';
import type { Instance } from '../../discovery/index.js';
import { instanceOf, localInstanceOf } from '../testing/instances.js';
import { ProxyHarness } from '../testing/proxy-harness.js';

type Serve = LocalTarget['request'];
type Make = (serve: Serve) => Promise<Instance>;

const closers: (() => unknown)[] = [];

const remote: Make = async (serve) => {
  const server = createServer(serve).listen(0, '127.0.0.1');
  closers.push(() => (server.closeAllConnections(), server.close()));
  await once(server, 'listening');
  return instanceOf({ id: 'a', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
};
const local: Make = (serve) => Promise.resolve(localInstanceOf('a', serve));

it('responds with 408 to a head that is incomplete after the time limit', async () => {
  const harness = await ProxyHarness.start();
  const socket = connect(harness.port, '127.0.0.1');
  socket.write('GET /api/users HTTP/1.1\r\nHost: gw\r\nX-Slow');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 408 /);
  socket.destroy();
  await harness.close();
});

it('lets a connection that served the gateway itself be idle for longer than a head may take', async () => {
  const harness = await ProxyHarness.start();
  const socket = connect(harness.port, '127.0.0.1');
  const send = async (): Promise<string> => {
    socket.write('GET /own HTTP/1.1\r\nHost: gw\r\n\r\n');
    return String(((await once(socket, 'data')) as [Buffer])[0]);
  };
  expect(await send()).toMatch(/not proxied/);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(await send()).toMatch(/not proxied/);
  socket.destroy();
  await harness.close();
});

/** More than the operating system buffers between the gateway and a client. */
const LARGE = 32 * 1024 * 1024;

/** A service that accepts connections and sends nothing: with https, the connection is never established. */
const silent = async (): Promise<Instance> => {
  const server = createTcpServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
  closers.push(() => server.close());
  await once(server, 'listening');
  return instanceOf({ id: 'a', url: `https://127.0.0.1:${(server.address() as AddressInfo).port}` });
};

describe.each(['wire', 'node'] as const)('the connect time-out (%s)', (plane) => {
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  it.each(['GET', 'POST'])('applies, and %s is sent to another instance after it', async (method) => {
    const harness = await ProxyHarness.start({ connectMs: 100, responseHeaderMs: 60_000 }, plane);
    closers.push(() => harness.close());
    const dead = await silent();
    harness.setInstances(dead);
    const init = { body: method === 'POST' ? { some: 'body' } : undefined };
    const { status, body } = await call(harness.url, `${method} /api/users`, init);
    expect([status, body.type]).toEqual([504, 'urn:msa-gateway:problem:upstream-timeout']);
    const { failures } = harness.traffic.service('users').instance('a');
    expect([...failures.entries()].map(([kind]) => kind)).toEqual(['connect-timeout']);

    const alive = await remote((request, response) => request.resume().on('end', () => response.end('here')));
    harness.setInstances(dead, { ...alive, id: 'b' });
    for (let i = 0; i < 4; i += 1) {
      const answer = await call(harness.url, `${method} /api/users`, init);
      expect([answer.status, answer.body]).toEqual([200, 'here']);
    }
    expect(dead.load.inFlight).toBe(0);
  });
});

describe.each([
  ['remote, wire', remote, 'wire'],
  ['remote, node', remote, 'node'],
  ['local, wire', local, 'wire'],
  ['local, node', local, 'node'],
] as const)('time limits (%s)', (_kind, make, plane) => {
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  const start = async (timeouts: Partial<Timeouts>, serve: Serve): Promise<ProxyHarness> => {
    const harness = await ProxyHarness.start(timeouts, plane);
    closers.push(() => harness.close());
    harness.setInstances(await make(serve));
    return harness;
  };

  it('responds with 504 to a late response head, and closes the upstream request', async () => {
    let hasClosed = false;
    const harness = await start({ responseHeaderMs: 100 }, (_request, response) => {
      response.on('close', () => (hasClosed = true));
    });
    const { status, body } = await call(harness.url, 'GET /api/users/slow');
    expect([status, body.type]).toEqual([504, 'urn:msa-gateway:problem:upstream-timeout']);
    await waitFor('the service to see it', () => hasClosed);
    expect(harness.traffic.service('users').instance('a').failures.total).toBe(1);
  });

  it('discards a response that arrives after the time limit', async () => {
    let late: (() => void) | undefined;
    const harness = await start({ responseHeaderMs: 100 }, (_request, response) => {
      late = () => response.writeHead(200, { 'x-late': '1' }).end('late');
    });
    expect((await call(harness.url, 'GET /api/users')).status).toBe(504);
    expect(late).not.toThrow();
    expect((await call(harness.url, 'GET /api/unknown')).status).toBe(404);
  });

  it('responds with 504 without the fields of the unfinished upstream response', async () => {
    let late: (() => void) | undefined;
    const harness = await start({ responseHeaderMs: 100 }, (_request, response) => {
      response.setHeader('content-encoding', 'gzip').setHeader('set-cookie', 'a=b');
      late = () => response.setHeader('x-late', '1').appendHeader('x-late', '2').write('late');
    });
    const { status, body, headers } = await call(harness.url, 'GET /api/users');
    expect([status, body.type]).toEqual([504, 'urn:msa-gateway:problem:upstream-timeout']);
    expect(['content-encoding', 'set-cookie'].map((name) => headers.get(name))).toEqual([null, null]);
    expect(late).not.toThrow();
  });

  it('cuts off a response that stalls midway', async () => {
    const harness = await start({ idleMs: 200 }, (_request, response) => response.write('beginning'));
    await expect(call(harness.url, 'GET /api/users')).rejects.toThrow();
    await waitFor('the record', () => [...harness.traffic.service('users').endings.entries()].length === 1);
    expect([...harness.traffic.service('users').endings.entries()]).toEqual([['broken', 1]]);
  });

  it('ends the whole exchange after the total time limit', async () => {
    const harness = await start({ totalMs: 100 }, () => undefined);
    expect((await call(harness.url, 'GET /api/users')).body.type).toBe(
      'urn:msa-gateway:problem:upstream-timeout',
    );
    const streaming = await start({ totalMs: 100 }, (_request, response) => response.write('beginning'));
    await expect(call(streaming.url, 'GET /api/users')).rejects.toThrow();
  });

  it.each([
    ['lets it flow', (request: IncomingMessage) => request.resume()],
    ['reads it in parts', (request: IncomingMessage) => request.on('readable', () => void request.read())],
    ['does not read it yet', () => undefined],
  ])('responds with 408 to a body that stops arriving, if the service %s', async (_how, read) => {
    const harness = await start({ idleMs: 200 }, (request, response) => {
      request.on('end', () => response.end()).on('error', () => undefined);
      read(request);
    });
    const body = new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from('beginning')) });
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
    const answer = await fetch(`${harness.url}/api/users`, init);
    expect([answer.status, answer.headers.get('connection')]).toEqual([408, 'close']);
  });

  it.each([
    ['a small body', 3],
    ['a body larger than all buffers', LARGE],
  ])('responds with 504 to %s that the service does not read', async (_what, size) => {
    const harness = await start({ idleMs: 2000, responseHeaderMs: 200 }, (request) => {
      request.on('error', () => undefined);
    });
    const client = connect(harness.port, '127.0.0.1').on('error', () => undefined);
    client.write(`POST /api/users HTTP/1.1\r\nHost: gw\r\nContent-Length: ${size}\r\n\r\n`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    client.write(Buffer.alloc(size));
    const [answer] = (await once(client, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 504 /);
    client.destroy();
  });

  it('cuts off a response that stalls while the service does not read the request', async () => {
    const harness = await start({ idleMs: 300 }, (request, response) => {
      request.on('error', () => undefined);
      response.write('beginning');
    });
    const client = connect(harness.port, '127.0.0.1').on('error', () => undefined);
    client.write(`POST /api/users HTTP/1.1\r\nHost: gw\r\nContent-Length: ${LARGE}\r\n\r\n`);
    client.write(Buffer.alloc(LARGE));
    client.resume();
    const { endings } = harness.traffic.service('users');
    await waitFor('the record', () => endings.total === 1);
    expect([...endings.entries()]).toEqual([['broken', 1]]);
    client.destroy();
  });

  it('cuts off a client that does not read its response, without a failure of the service', async () => {
    const harness = await start({ idleMs: 200 }, (_request, response) => response.end(Buffer.alloc(LARGE)));
    const client = connect(Number(new URL(harness.url).port), '127.0.0.1')
      .on('error', () => undefined)
      .pause();
    client.write('GET /api/users HTTP/1.1\r\nHost: gw\r\n\r\n');
    const users = harness.traffic.service('users');
    await waitFor('the record', () => [...users.endings.entries()].length === 1);
    expect([...users.endings.entries()]).toEqual([['client-left', 1]]);
    expect(users.instance('a').failures.total).toBe(0);
    client.destroy();
  });

  it('records that the client left if it resets its connection after the service has sent the response', async () => {
    const harness = await start({}, (_request, response) => response.end(Buffer.alloc(LARGE)));
    const client = connect(Number(new URL(harness.url).port), '127.0.0.1').on('error', () => undefined);
    client.write('GET /api/users HTTP/1.1\r\nHost: gw\r\n\r\n');
    await once(client, 'data');
    client.resetAndDestroy();
    const users = harness.traffic.service('users');
    await waitFor('the record', () => [...users.endings.entries()].length === 1);
    expect([...users.endings.entries()]).toEqual([['client-left', 1]]);
  });

  it('closes persistent connections while it drains', async () => {
    const harness = await start({}, (_request, response) => response.end('ok'));
    expect((await fetch(`${harness.url}/api/users`)).headers.get('connection')).toBe('keep-alive');
    harness.isDraining = true;
    expect((await fetch(`${harness.url}/api/users`)).headers.get('connection')).toBe('close');
    expect((await fetch(`${harness.url}/api/unknown`)).headers.get('connection')).toBe('close');
  });
});

describe.each(['wire', 'node'] as const)('A client that does not read its response (%s)', (plane) => {
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  it('is cut off within the idle time', async () => {
    const idleMs = 2000;
    const harness = await ProxyHarness.start({ idleMs }, plane);
    closers.push(() => harness.close());
    harness.setInstances(await remote((_request, response) => response.end(Buffer.alloc(LARGE))));
    const client = connect(Number(new URL(harness.url).port), '127.0.0.1')
      .on('error', () => undefined)
      .pause();
    const since = performance.now();
    client.write('GET /api/users HTTP/1.1\r\nHost: gw\r\n\r\n');
    await waitFor(
      'the record',
      () => [...harness.traffic.service('users').endings.entries()].length === 1,
      1.7 * idleMs,
    );
    expect(performance.now() - since).toBeGreaterThan(idleMs);
    client.destroy();
  });

  it('gets all of it if it reads slowly', async () => {
    const harness = await ProxyHarness.start({ idleMs: 600 }, plane);
    closers.push(() => harness.close());
    harness.setInstances(await remote((_request, response) => response.end(Buffer.alloc(LARGE))));
    const client = connect(Number(new URL(harness.url).port), '127.0.0.1').pause();
    client.write('GET /api/users HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n\r\n');
    let received = 0;
    let burst = 0;
    client.on('data', (bytes: Buffer) => {
      received += bytes.length;
      burst += bytes.length;
      if (burst < LARGE / 8) return;
      burst = 0;
      client.pause();
      setTimeout(() => client.resume(), 300);
    });
    client.resume();
    await once(client, 'close');
    expect(received).toBeGreaterThan(LARGE);
    expect([...harness.traffic.service('users').endings.entries()]).toEqual([['completed', 1]]);
  });
});
