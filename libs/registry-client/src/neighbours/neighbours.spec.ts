import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { InstanceView } from '#contracts';
import { Deadline } from '../deadline/deadline.js';
import { Neighbours } from './neighbours.js';
import { ServiceUnreachable } from './service-unreachable.js';

const json =
  (status: number, body: unknown): RequestListener =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const instanceAt = (url: string, changes: Partial<InstanceView> = {}): InstanceView => ({
  id: url,
  name: 'user-service',
  url,
  transport: 'http',
  version: '1.0.0',
  weight: 100,
  ttlSeconds: 15,
  healthPath: '/health/ready',
  metadata: {},
  status: 'up',
  statusReason: '',
  registeredAt: '',
  lastHeartbeatAt: '',
  expiresAt: '',
  lastProbe: null,
  ...changes,
});

/** A registry that returns the instances a test puts into it and counts the queries. */
class ListedRegistry {
  requested = 0;
  failure: Error | undefined;
  list: readonly InstanceView[] = [];

  instances(): Promise<readonly InstanceView[]> {
    this.requested += 1;
    return this.failure ? Promise.reject(this.failure) : Promise.resolve(this.list);
  }
}

describe('Neighbours', () => {
  const registry = { current: new ListedRegistry() };
  let neighbours: Neighbours;
  let servers: Server[];

  beforeEach(() => {
    registry.current = new ListedRegistry();
    neighbours = new Neighbours(registry.current);
    servers = [];
  });

  afterEach(async () => {
    await neighbours.close();
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function listening(handler: RequestListener): Promise<string> {
    const server = createServer(handler).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** An address that refuses connections. */
  async function refusing(): Promise<string> {
    const url = await listening(json(200, {}));
    const server = servers.pop()!;
    server.close();
    await once(server, 'close');
    return url;
  }

  const get = (path = '/users/7', timeoutMs = 2000) =>
    neighbours.call({ service: 'user-service', method: 'GET', path, timeoutMs });
  const post = () => neighbours.call({ service: 'user-service', method: 'POST', path: '/users', body: {} });
  const reasonOf = async (call: Promise<unknown>) => {
    const error = await call.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ServiceUnreachable);
    return (error as ServiceUnreachable).reason;
  };

  it('returns status, headers and parsed body of an ordinary response, also of a 404', async () => {
    registry.current.list = [instanceAt(await listening(json(404, { detail: 'no user 7' })))];

    const response = await get();

    expect(response).toMatchObject({ status: 404, body: { detail: 'no user 7' } });
    expect(response.headers['content-type']).toBe('application/json');
  });

  it('sends the body, the request id, the remaining deadline, and the path unchanged', async () => {
    const seen: IncomingMessage[] = [];
    let sent = '';
    const url = await listening((request, response) => {
      seen.push(request);
      request.on('data', (chunk: Buffer) => (sent += chunk.toString()));
      request.on('end', () => response.writeHead(204).end());
    });
    registry.current.list = [instanceAt(url)];

    const response = await neighbours.call({
      service: 'user-service',
      method: 'PUT',
      path: '/users/../%2Fx?q=%20',
      body: { name: 'Ada' },
      headers: { 'x-request-id': 'r-1' },
      timeoutMs: 1500,
    });

    expect(response).toMatchObject({ status: 204, body: undefined });
    expect(sent).toBe('{"name":"Ada"}');
    expect(seen[0]!.url).toBe('/users/../%2Fx?q=%20');
    expect(seen[0]!.headers['x-request-id']).toBe('r-1');
    expect(Number(seen[0]!.headers['x-request-timeout-ms'])).toBeGreaterThan(0);
    expect(Number(seen[0]!.headers['x-request-timeout-ms'])).toBeLessThanOrEqual(1500);
  });

  it('selects instances in turn, and only those that are up and have a weight above 0', async () => {
    const a = await listening(json(200, 'a'));
    const b = await listening(json(200, 'b'));
    const never = await listening(json(200, 'never'));
    registry.current.list = [
      instanceAt(a),
      instanceAt(never, { id: 'down', status: 'down' }),
      instanceAt(b),
      instanceAt(never, { id: 'draining', status: 'draining' }),
      instanceAt(never, { id: 'weightless', weight: 0 }),
    ];

    const bodies = [];
    for (let call = 0; call < 4; call += 1) bodies.push((await get()).body);

    expect(bodies).toEqual(['a', 'b', 'a', 'b']);
    expect(registry.current.requested).toBe(1);
  });

  it('tries another instance for every method when the first refuses the connection', async () => {
    registry.current.list = [instanceAt(await refusing()), instanceAt(await listening(json(201, {})))];

    await expect(post()).resolves.toMatchObject({ status: 201 });
    expect(registry.current.requested).toBe(2);
  });

  it('does not try a third instance', async () => {
    let requests = 0;
    const resetting: RequestListener = (request) => {
      requests += 1;
      request.socket.destroy();
    };
    const urls = [await listening(resetting), await listening(resetting), await listening(resetting)];
    registry.current.list = urls.map((url) => instanceAt(url));

    expect(await reasonOf(get())).toBe('reset');
    expect(requests).toBe(2);
  });

  it('repeats an idempotent call after a reset, but never a POST', async () => {
    let requests = 0;
    const reset = await listening((request) => {
      requests += 1;
      request.socket.destroy();
    });
    registry.current.list = [instanceAt(reset)];

    expect(await reasonOf(post())).toBe('reset');
    expect(requests).toBe(1);
    expect(await reasonOf(get())).toBe('reset');
    expect(requests).toBe(3);
  });

  it('succeeds after a neighbour closed the kept-alive connection', async () => {
    const url = await listening(json(200, 'first'));
    registry.current.list = [instanceAt(url)];
    await get();
    servers[0]!.closeAllConnections();

    await expect(get()).resolves.toMatchObject({ status: 200 });
  });

  it('reports a truncated response as a reset', async () => {
    const url = await listening((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"half":', () => response.destroy());
    });
    registry.current.list = [instanceAt(url)];

    expect(await reasonOf(get())).toBe('reset');
  });

  it('stops at the deadline, also while the response body trickles', async () => {
    registry.current.list = [instanceAt(await listening(() => undefined))];
    expect(await reasonOf(get('/silent', 100))).toBe('timeout');

    registry.current.list = [
      instanceAt(await listening((_request, response) => void response.writeHead(200).write('['))),
    ];
    expect(await reasonOf(get('/trickle', 100))).toBe('timeout');
  });

  it('waits no longer than the deadline of its caller, and sends no request after that deadline', async () => {
    let requests = 0;
    registry.current.list = [instanceAt(await listening(() => void (requests += 1)))];
    const since = performance.now();

    expect(await new Deadline(100).run(() => reasonOf(get('/silent', 60_000)))).toBe('timeout');
    expect(performance.now() - since).toBeLessThan(30_000);
    expect(await new Deadline(0).run(() => reasonOf(get('/silent', 60_000)))).toBe('timeout');
    expect(requests).toBe(1);
  });

  it.each([502, 503, 504])('treats %i as unavailable', async (status) => {
    registry.current.list = [instanceAt(await listening(json(status, {})))];

    expect(await reasonOf(get())).toBe('unavailable');
  });

  it.each([400, 409, 422, 429, 500])('returns a response of %i', async (status) => {
    registry.current.list = [instanceAt(await listening(json(status, {})))];

    await expect(get()).resolves.toMatchObject({ status });
  });

  it('reports a response that is not JSON as a protocol failure', async () => {
    registry.current.list = [instanceAt(await listening((_request, response) => response.end('<html>')))];

    expect(await reasonOf(get())).toBe('protocol');
  });

  it('finds a service that has just registered, without waiting for the cache', async () => {
    expect(await reasonOf(get())).toBe('no-instance');

    registry.current.list = [instanceAt(await listening(json(200, {})))];

    await expect(get()).resolves.toMatchObject({ status: 200 });
  });

  it('calls the last known instances while the registry is unavailable', async () => {
    const url = await listening(json(200, {}));
    registry.current.list = [instanceAt(url)];
    await get();
    registry.current.failure = new Error('away');
    jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000);

    await expect(get()).resolves.toMatchObject({ status: 200 });
    expect(registry.current.requested).toBe(2);
    jest.restoreAllMocks();
  });

  it('does not wait for a registry that hangs when an instance is known', async () => {
    registry.current.list = [instanceAt(await listening(json(200, {})))];
    await get();
    registry.current.instances = () => new Promise(() => undefined);
    const later = performance.now() + 60_000;
    jest.spyOn(performance, 'now').mockImplementation(() => later);

    await expect(get()).resolves.toMatchObject({ status: 200 });
    jest.restoreAllMocks();
  });

  it('reports no instance when the registry is unavailable and no instance is known', async () => {
    registry.current.failure = new Error('away');

    expect(await reasonOf(get())).toBe('no-instance');
  });

  it('fails at the deadline while the registry hangs and no instance is known', async () => {
    registry.current.instances = () => new Promise(() => undefined);

    expect(await reasonOf(get('/users/7', 100))).toBe('timeout');
  });

  it('queries the registry once for many concurrent calls', async () => {
    registry.current.list = [instanceAt(await listening(json(200, {})))];

    await Promise.all(Array.from({ length: 20 }, () => get()));

    expect(registry.current.requested).toBe(1);
  });
});
