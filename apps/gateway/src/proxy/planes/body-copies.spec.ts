import { once } from 'node:events';
import { createServer, request as httpRequest, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '#testing';
import type { Instance } from '../../discovery/index.js';
import type { Policy } from '../../policy/policy.js';
import type { Stage } from '../exchange/stage.js';
import { instanceOf } from '../testing/instances.js';
import { ProxyHarness } from '../testing/proxy-harness.js';

const LIMIT = 1_000;

interface Sending {
  readonly pieces: readonly string[];
  /** Without Content-Length. */
  readonly isChunked?: boolean;
}

const echo: RequestListener = (request, response) =>
  void text(request).then(
    (body) => response.end(body),
    () => response.destroy(),
  );

async function sleepThen(copy: () => void): Promise<undefined> {
  await sleep(30);
  copy();
  return undefined;
}

const PLANES = (['wire', 'node'] as const).flatMap((kind) =>
  (['remote', 'local'] as const).map((place) => [kind, place] as const),
);

describe.each(PLANES)('A copy of a request body (%s, %s instance)', (kind, place) => {
  const closers: (() => unknown)[] = [];
  let copies: (string | undefined)[] = [];

  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
    copies = [];
  });

  /** Before it copies the body, the stage waits as authentication may do, so that a part of the body arrives. */
  const copying = (waits: boolean): Stage => ({
    name: 'copying',
    request: (exchange) => {
      const copy = (): void => exchange.copyBody(LIMIT, (payload) => copies.push(payload?.toString()));
      if (waits) return sleepThen(copy);
      copy();
      return undefined;
    },
  });

  const instance = async (): Promise<Instance> => {
    if (place === 'local')
      return instanceOf({ id: 'a', target: { request: echo, upgrade: () => undefined } });
    const server = createServer(echo).listen(0, '127.0.0.1');
    closers.push(() => (server.closeAllConnections(), server.close()));
    await once(server, 'listening');
    return instanceOf({ id: 'a', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  };

  const gateway = async (waits = false, policy: Partial<Policy> = {}): Promise<ProxyHarness> => {
    const harness = await ProxyHarness.start({}, kind, policy, [copying(waits)]);
    closers.push(() => harness.close());
    harness.setInstances(await instance());
    return harness;
  };

  /** Sends the pieces one after the other; resolves with the echoed body, or `undefined` without a response. */
  const post = async (
    { url }: ProxyHarness,
    { pieces, isChunked = false }: Sending,
  ): Promise<string | undefined> => {
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const headers = isChunked ? {} : { 'content-length': length };
    const request = httpRequest(`${url}/api/users/echo`, { method: 'POST', headers });
    const responded = once(request, 'response').then(
      ([response]) => text(response as NodeJS.ReadableStream),
      () => undefined,
    );
    request.flushHeaders();
    for (const piece of pieces) {
      request.write(piece);
      await sleep(10);
    }
    request.end();
    return responded;
  };

  it.each([
    ['at once', false, { pieces: ['whole'] }],
    ['in pieces', false, { pieces: ['one ', 'two ', 'three'] }],
    ['in chunks', false, { pieces: ['one ', 'two ', 'three'], isChunked: true }],
    ['in pieces, partly before it is copied', true, { pieces: ['one ', 'two ', 'three ', 'four ', 'five'] }],
    ['in chunks, before it is copied', true, { pieces: ['one '], isChunked: true }],
  ] as const)('is the whole payload that arrives %s', async (_how, waits, sending) => {
    const body = sending.pieces.join('');
    expect(await post(await gateway(waits), sending)).toBe(body);
    expect(copies).toEqual([body]);
  });

  it('is not kept beyond its limit, and the instance gets all', async () => {
    const pieces = ['a'.repeat(600), 'b'.repeat(600), 'c'];
    expect(await post(await gateway(), { pieces, isChunked: true })).toBe(pieces.join(''));
    expect(copies).toEqual([undefined]);
  });

  it('does not weaken the limit of request bodies', async () => {
    const harness = await gateway(false, { limits: { requestBody: 5 } });
    const problem = await post(harness, { pieces: ['12345', '6789'], isChunked: true });
    expect(problem).toContain('"status":413');
  });

  it('is never complete if the body is not', async () => {
    const { url } = await gateway();
    const request = httpRequest(`${url}/api/users/echo`, {
      method: 'POST',
      headers: { 'content-length': 9 },
    });
    request.on('error', () => undefined).write('12345');
    await waitFor('the connection', () => request.socket?.connecting === false);
    await sleep(30);
    request.destroy();
    await sleep(30);
    expect(copies).toEqual([]);
  });
});
