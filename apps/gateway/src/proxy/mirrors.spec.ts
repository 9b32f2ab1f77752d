import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { waitFor } from '#testing';
import type { Instance } from '../discovery/index.js';
import type { MirrorPolicy } from '../policy/members/mirror.js';
import type { Policy } from '../policy/policy.js';
import type { Identity } from './exchange/exchange-state.js';
import type { Stage } from './exchange/stage.js';
import { IdentityStage } from './stages/identity/identity.stage.js';
import { MirrorMark } from './stages/mirror/mirror-mark.js';
import { MAX_IN_PROGRESS } from './stages/mirror/mirror-queue.js';
import { MAX_RESPONSE_BYTES } from './stages/mirror/mirrors.js';
import { instanceOf } from './testing/instances.js';
import { ProxyHarness } from './testing/proxy-harness.js';

const TO_NEXT: MirrorPolicy = {
  to: { service: 'next', version: undefined },
  percent: 100,
  methods: ['GET', 'HEAD', 'POST'],
  maxBody: 0,
  compare: false,
  credentials: false,
};

const MEGABYTE = 1024 * 1024;
const CREDENTIALS = { authorization: 'Bearer token', cookie: 'session=1' };

const ANN: Identity = {
  ...{ consumer: 'ann', provider: 'corp', scopes: [], claims: {} },
  fields: new Map([['x-user-id', 'ann']]),
};
const AUTHENTICATE: Stage = {
  name: 'authenticate',
  request: (exchange) => {
    exchange.identity = ANN;
    return undefined;
  },
};

interface Received {
  readonly request: IncomingMessage;
  readonly body: string;
}

describe.each(['wire', 'node'] as const)('A mirror (%s)', (kind) => {
  const closers: (() => unknown)[] = [];
  /** What instances received, by service and version. */
  const received = { users: [] as Received[], next: [] as Received[] };
  let harness: ProxyHarness;

  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
    received.users.length = 0;
    received.next.length = 0;
  });

  /** The instance of a service, which `respond` lets respond; by default at once. */
  const instance = async (
    name: keyof typeof received,
    respond: RequestListener = (_request, response) => void response.end(name),
    known: Partial<Instance> & { isLocal?: boolean } = {},
    onConnection: () => void = () => undefined,
  ): Promise<Instance> => {
    const handle: RequestListener = (request, response) =>
      void text(request).then(
        (body) => {
          received[name].push({ request, body });
          respond(request, response);
        },
        () => undefined,
      );
    const server = createServer(handle).on('connection', onConnection).listen(0, '127.0.0.1');
    closers.push(() => (server.closeAllConnections(), server.close()));
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { isLocal = false, ...others } = known;
    const target = isLocal ? { request: handle, upgrade: () => undefined } : undefined;
    return instanceOf({ id: `${name}-${url}`, name, url, target, ...others });
  };

  const gateway = async (
    mirror: Partial<MirrorPolicy>,
    instances: readonly Instance[],
    policy: Partial<Policy> = {},
    stages: readonly Stage[] = [],
  ): Promise<void> => {
    harness = await ProxyHarness.start({}, kind, { ...policy, mirror: { ...TO_NEXT, ...mirror } }, stages);
    closers.push(() => harness.close());
    harness.setInstances(...instances);
  };

  const send = (init: RequestInit = {}): Promise<Response> =>
    fetch(`${harness.url}/api/users/list?page=2`, init);

  const results = (): Record<string, number> =>
    Object.fromEntries(harness.traffic.service('users').mirror('').entries());

  const settled = (count: number): Promise<unknown> =>
    waitFor('the results of the mirror', () => harness.traffic.service('users').mirror('').total === count);

  it('gets a marked copy of the request, which counts nowhere else', async () => {
    const [users, next] = [await instance('users'), await instance('next')];
    await gateway({}, [users, next]);
    const response = await send({ headers: { accept: 'text/plain', 'x-request-id': 'request-1' } });
    expect([response.status, await response.text()]).toEqual([200, 'users']);
    await settled(1);
    expect(results()).toEqual({ completed: 1 });
    const [copy] = received.next;
    const { method, url, headers } = copy?.request as IncomingMessage;
    expect([method, url, headers.accept, headers['x-request-id'], headers['x-mirrored-by']]).toEqual([
      ...['GET', '/list?page=2', 'text/plain', 'request-1', new MirrorMark().value],
    ]);
    expect(received.users[0]?.request.headers['x-mirrored-by']).toBeUndefined();
    await waitFor('the request to be counted', () => harness.traffic.service('users').statuses.total === 1);
    expect(harness.traffic.service('next').statuses.total).toBe(0);
    expect([users.load.inFlight, next.load.inFlight, next.load.respondedAt]).toEqual([0, 0, 0]);
  });

  it.each([
    ['withholds', false, [undefined, undefined, undefined]],
    ['passes', true, ['Bearer token', 'session=1', 'ann']],
  ])(
    '%s credentials and identity from another service with credentials: %s',
    async (_what, credentials, expected) => {
      const stages = [AUTHENTICATE, new IdentityStage(['x-user-id'])];
      await gateway({ credentials }, [await instance('users'), await instance('next')], {}, stages);
      const sent = { ...CREDENTIALS, ...(credentials && { 'x-user-id': 'ann' }) };
      await send({ headers: sent });
      await settled(1);
      const { authorization, cookie, 'x-user-id': user } = received.next[0]?.request.headers ?? {};
      expect([authorization, cookie, user]).toEqual(expected);
      expect(received.users[0]?.request.headers).toMatchObject({ ...CREDENTIALS, 'x-user-id': 'ann' });
    },
  );

  it('gets no requests for paths that are internal there', async () => {
    const next = await instance('next', undefined, { metadata: { 'gateway.internal-paths': '/internal' } });
    await gateway({}, [await instance('users'), next], {
      rewrite: { path: { replacePrefix: '/internal' }, host: undefined },
    });
    expect((await send()).status).toBe(200);
    await settled(1);
    expect([received.users[0]?.request.url, received.next]).toEqual(['/internal/list?page=2', []]);
    expect(results()).toEqual({ failed: 1 });
  });

  it('that hangs takes neither time nor connections nor load of the service', async () => {
    let connections = 0;
    const users = await instance('users', undefined, {}, () => (connections += 1));
    const next = await instance('next', () => undefined);
    await gateway({}, [users, next]);
    const started = performance.now();
    const statuses = new Set<number>();
    for (let round = 0; round < 30; round += 1) {
      const responses = await Promise.all(Array.from({ length: 10 }, () => send()));
      for (const response of responses) statuses.add(response.status);
    }
    expect([...statuses]).toEqual([200]);
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(connections).toBeLessThanOrEqual(10);
    expect([users.load.inFlight, next.load.inFlight, next.load.awaited]).toEqual([0, 0, 0]);
    expect(harness.mirrored.inProgress).toBe(MAX_IN_PROGRESS);
    // 300 requests: 256 copies have a place.
    expect(results()).toEqual({ dropped: 44 });
  });

  it('that refuses connections, or does not exist, fails alone', async () => {
    await gateway({}, [await instance('users'), instanceOf({ id: 'gone', name: 'next' })]);
    expect((await send()).status).toBe(200);
    await settled(1);
    harness.setInstances(await instance('users'));
    expect((await send()).status).toBe(200);
    await settled(2);
    expect(results()).toEqual({ failed: 2 });
  });

  it('may respond with a megabyte', async () => {
    const next = await instance('next', (_request, response) => void response.end(Buffer.alloc(MEGABYTE)));
    await gateway({}, [await instance('users'), next]);
    expect((await send()).status).toBe(200);
    await settled(1);
    expect(results()).toEqual({ completed: 1 });
  });

  it.each([
    ['with a length', false],
    ['in chunks', true],
  ])('gets bodies up to the limit, and no longer ones: %s', async (_how, isChunked) => {
    await gateway({ maxBody: 65_536 }, [await instance('users'), await instance('next')]);
    const post = (body: string): Promise<Response> =>
      send({
        method: 'POST',
        body: isChunked ? new Blob([body]).stream() : body,
        duplex: 'half',
      });
    expect((await post('small')).status).toBe(200);
    await settled(1);
    expect((await post('x'.repeat(MEGABYTE))).status).toBe(200);
    await settled(2);
    expect(results()).toEqual({ completed: 1, 'too-large': 1 });
    expect(received.next.map(({ body }) => body)).toEqual(['small']);
    expect(received.users.map(({ body }) => body.length)).toEqual([5, MEGABYTE]);
  });

  it('gets no bodies by default', async () => {
    await gateway({}, [await instance('users'), await instance('next')]);
    await send({ method: 'POST', body: 'small' });
    await settled(1);
    expect(results()).toEqual({ 'too-large': 1 });
  });

  it('has its response ended beyond the limit, as it may have no end', async () => {
    let isOpen = true;
    const next = await instance('next', (_request, response) => {
      response.on('close', () => (isOpen = false));
      response.write(Buffer.alloc(MAX_RESPONSE_BYTES + 1));
    });
    await gateway({}, [await instance('users'), next]);
    expect((await send()).status).toBe(200);
    await settled(1);
    expect(results()).toEqual({ 'response-too-large': 1 });
    await waitFor('the end of the response', () => !isOpen);
    expect([harness.mirrored.inProgress, harness.stageErrors]).toEqual([0, []]);
  });

  it('gets requests whose mark is not that of a gateway of the fleet', async () => {
    await gateway({}, [await instance('users'), await instance('next')]);
    for (const mark of ['msa-gateway', new MirrorMark('another secret').value, ''])
      await send({ headers: { 'x-mirrored-by': mark } });
    await settled(3);
    expect(results()).toEqual({ completed: 3 });
  });

  it('gets no copies of copies, also of another gateway of the fleet, and no other methods', async () => {
    await gateway({ methods: ['GET'] }, [await instance('users'), await instance('next')]);
    await send({ headers: { 'x-mirrored-by': new MirrorMark().value } });
    await send({ method: 'DELETE' });
    await send();
    await settled(1);
    expect(received.next.map(({ request }) => request.headers['x-mirrored-by'])).toEqual([
      new MirrorMark().value,
    ]);
  });

  it('gets a copy although the client leaves', async () => {
    await gateway({}, [await instance('users', () => undefined), await instance('next')]);
    const client = httpRequest(`${harness.url}/api/users/list`).on('error', () => undefined);
    client.end();
    await waitFor('the request', () => received.users.length === 1);
    client.destroy();
    await settled(1);
    expect(results()).toEqual({ completed: 1 });
  });

  it('gets no copy of a request whose body breaks off', async () => {
    await gateway({ maxBody: 65_536 }, [await instance('users'), await instance('next')]);
    const headers = { 'content-length': 9 };
    const client = httpRequest(`${harness.url}/api/users/list`, { method: 'POST', headers });
    client.on('error', () => undefined).write('12345');
    await waitFor(
      'the request',
      () => harness.services.current.get('users')?.available[0]?.load.inFlight === 1,
    );
    client.destroy();
    await settled(1);
    expect(results()).toEqual({ incomplete: 1 });
  });

  it('works for local instances, which are reached on their ports', async () => {
    const local = { isLocal: true };
    await gateway({ maxBody: 65_536 }, [
      await instance('users', undefined, local),
      await instance('next', undefined, local),
    ]);
    expect(await (await send({ method: 'POST', body: 'small' })).text()).toBe('users');
    await settled(1);
    expect([results(), received.next[0]?.body]).toEqual([{ completed: 1 }, 'small']);
  });

  it('can be a version of the service, which gets credentials', async () => {
    const [present, next] = ['1.0.0', '2.0.0'].map((version) => ({ version, name: 'users' }));
    await gateway({ to: { service: undefined, version: '2.0.0' } }, [
      await instance('users', undefined, present),
      await instance('next', undefined, next),
    ]);
    for (let i = 0; i < 4; i += 1) await send({ headers: CREDENTIALS });
    await settled(4);
    const copies = received.next.filter(({ request }) => request.headers['x-mirrored-by']);
    expect([copies.length, copies[0]?.request.headers]).toEqual([4, expect.objectContaining(CREDENTIALS)]);
    expect(received.users.every(({ request }) => request.headers['x-mirrored-by'] === undefined)).toBe(true);
  });

  it('gets the path and fields that the service gets, without values from the gateway', async () => {
    const requestHeaders = {
      remove: ['x-private'],
      set: new Map([['x-gateway-key', ['secret']]]),
      add: new Map(),
    };
    const rewrite = { path: { replacePrefix: '/v2' }, host: 'shop.example' };
    const policy = { requestHeaders, rewrite };
    await gateway({}, [await instance('users'), await instance('next')], policy);
    await send({ headers: { 'x-private': '1', 'x-gateway-key': 'from the client' } });
    await settled(1);
    const { url, headers } = received.next[0]?.request as IncomingMessage;
    expect([url, headers.host, headers['x-private'], headers['x-gateway-key']]).toEqual([
      ...['/v2/list?page=2', 'shop.example', undefined, undefined],
    ]);
    expect(received.users[0]?.request.headers['x-gateway-key']).toBe('secret');
  });
});
