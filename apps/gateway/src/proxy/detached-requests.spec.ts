import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { waitFor } from '#testing';
import type { Instance } from '../discovery/index.js';
import { MAX_DETACHED } from './detached-requests.js';
import type { DetachedRequest } from './exchange/detached.js';
import type { StageExchange } from './exchange/exchange-state.js';
import { routeOf, type RoutedExchange } from './exchange/route.js';
import type { Stage } from './exchange/stage.js';
import { compilePhases } from './pipeline/phases.js';
import { instanceOf } from './testing/instances.js';
import { ProxyHarness } from './testing/proxy-harness.js';

interface Received {
  readonly request: IncomingMessage;
  readonly body: string;
}

const isCopy = ({ headers }: IncomingMessage): boolean => headers['x-copy'] !== undefined;

/** The stage of the copy's route: it marks the copy, so that instances tell it from the original. */
const MARK: Stage = {
  name: 'mark',
  upstreamRequest: (_exchange, { fields }) => fields.set('x-copy', '1'),
};

describe.each(['wire', 'node'] as const)('A detached request (%s)', (kind) => {
  const closers: (() => unknown)[] = [];
  const received: Received[] = [];
  const ended: StageExchange[] = [];

  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
    received.length = 0;
    ended.length = 0;
  });

  /** An instance that records requests and leaves those that `hangs` selects without a response. */
  const instance = async (hangs: (request: IncomingMessage) => boolean, local = false): Promise<Instance> => {
    const handle: RequestListener = (request, response) =>
      void text(request).then((body) => {
        received.push({ request, body });
        if (!hangs(request)) response.end('response');
      });
    const server = createServer(handle).listen(0, '127.0.0.1');
    closers.push(() => (server.closeAllConnections(), server.close()));
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const target = { request: handle, upgrade: () => undefined };
    return instanceOf({ id: 'a', url, ...(local && { target }) });
  };

  let harness: ProxyHarness;
  let originals: StageExchange[];

  /** A gateway that sends a detached copy of each request before the request itself. */
  const gateway = async (to: Instance, options: Partial<DetachedRequest> = {}): Promise<void> => {
    originals = [];
    const copying: Stage = {
      name: 'copying',
      request: (exchange) => {
        originals.push(exchange);
        sendCopy(exchange, options);
        return undefined;
      },
    };
    harness = await ProxyHarness.start({}, kind, {}, [copying]);
    closers.push(() => harness.close());
    harness.setInstances(to);
  };

  const sendCopy = (exchange: StageExchange, options: Partial<DetachedRequest> = {}): boolean => {
    const route = routeOf(exchange as RoutedExchange);
    const phases = compilePhases([MARK], route.phases.onError);
    const onEnd = (copy: StageExchange): void => void ended.push(copy);
    return harness.detached.send(exchange, { route: { ...route, phases }, onEnd, ...options });
  };

  const copies = (): Received[] => received.filter(({ request }) => isCopy(request));

  const fetchUsers = (init: RequestInit = {}): Promise<Response> =>
    fetch(`${harness.url}/api/users/list?page=2`, init);

  it('has the method, target, fields and id of the original, and no part in the counts of requests', async () => {
    const users = await instance(() => false);
    await gateway(users);
    const headers = { 'x-request-id': 'request-1', accept: 'text/plain' };
    expect((await fetchUsers({ headers })).status).toBe(200);
    await waitFor('both requests to end', () => ended.length === 1 && received.length === 2);
    const [copy] = copies();
    const { method, url, headers: sent } = copy?.request as IncomingMessage;
    expect([method, url, sent.accept, sent['x-request-id'], sent['x-forwarded-prefix']]).toEqual([
      'GET',
      '/list?page=2',
      'text/plain',
      'request-1',
      '/api/users',
    ]);
    expect(ended.map(({ status, ending, attempts }) => [status, ending, attempts])).toEqual([
      [200, 'completed', 1],
    ]);
    await waitFor('the original to be counted', () => harness.traffic.service('users').latency.count === 1);
    expect([users.load.inFlight, harness.detached.inProgress]).toEqual([0, 0]);
  });

  it('carries a given body in place of that of the original', async () => {
    await gateway(await instance(() => false), { body: Buffer.from('given') });
    await fetchUsers({
      method: 'POST',
      body: new Blob(['original']).stream(),
      duplex: 'half',
    });
    await waitFor('both requests', () => received.length === 2);
    expect(received.map(({ body }) => body).sort()).toEqual(['given', 'original']);
    const [copy] = copies();
    expect([copy?.request.headers['content-length'], copy?.request.headers['transfer-encoding']]).toEqual([
      '5',
      undefined,
    ]);
  });

  it('has no body without a given one', async () => {
    await gateway(await instance(() => false));
    await fetchUsers({ method: 'POST', body: 'original' });
    await waitFor('both requests', () => received.length === 2);
    const [copy] = copies();
    expect([copy?.body, copy?.request.headers['content-length']]).toEqual(['', undefined]);
  });

  it('reaches a local instance', async () => {
    await gateway(await instance(() => false, true));
    expect(await (await fetchUsers()).text()).toBe('response');
    await waitFor('the copy', () => copies().length === 1);
    await waitFor('its end', () => ended[0]?.status === 200);
  });

  it('continues when the client has left', async () => {
    const users = await instance(() => true);
    await gateway(users);
    const client = httpRequest(`${harness.url}/api/users/list`).on('error', () => undefined);
    client.end();
    await waitFor('both requests', () => received.length === 2);
    client.destroy();
    await waitFor('the disconnection', () => originals[0]?.isOver === true);
    expect(harness.detached.inProgress).toBe(1);
    copies()[0]?.request.socket.end('HTTP/1.1 204 No Content\r\n\r\n');
    await waitFor('the end of the copy', () => ended[0]?.status === 204);
  });

  it('ends with the time-outs of its route', async () => {
    const users = await instance(isCopy);
    await gateway(users);
    expect((await fetchUsers()).status).toBe(200);
    const [original] = originals as RoutedExchange[];
    const route = routeOf(original as RoutedExchange);
    const policy = { ...route.policy, timeouts: { ...route.policy.timeouts, totalMs: 30 } };
    const phases = compilePhases([MARK], route.phases.onError);
    expect(sendCopy(original as StageExchange, { route: { ...route, policy, phases } })).toBe(true);
    await waitFor('the time-out', () => ended[0]?.problemCode === 'upstream-timeout');
  });

  it(`is not sent beyond ${MAX_DETACHED} in progress, nor after the end, which waits for none`, async () => {
    await gateway(await instance(isCopy));
    expect((await fetchUsers()).status).toBe(200);
    const original = originals[0] as StageExchange;
    for (let i = 1; i < MAX_DETACHED; i += 1) expect(sendCopy(original)).toBe(true);
    expect([sendCopy(original), harness.detached.inProgress]).toEqual([false, MAX_DETACHED]);
    await harness.detached.close();
    expect([sendCopy(original), harness.detached.inProgress, ended.length]).toEqual([false, 0, MAX_DETACHED]);
    expect(new Set(ended.map(({ ending }) => ending))).toEqual(new Set(['broken']));
  });
});
