import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { waitFor } from '#testing';
import type { Instance } from '../discovery/index.js';
import { MAX_COMPARED } from './stages/mirror/compare/captured-response.js';
import type { Findings } from './stages/mirror/compare/findings.js';
import { instanceOf } from './testing/instances.js';
import { ProxyHarness } from './testing/proxy-harness.js';

const PLANES = (['wire', 'node'] as const).flatMap((kind) =>
  (['remote', 'local'] as const).map((place) => [kind, place] as const),
);

describe.each(PLANES)('The responses of a mirror (%s, %s instances)', (kind, place) => {
  const closers: (() => unknown)[] = [];
  let harness: ProxyHarness;

  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  const instance = async (name: string, handle: RequestListener): Promise<Instance> => {
    const server = createServer(handle).listen(0, '127.0.0.1');
    closers.push(() => (server.closeAllConnections(), server.close()));
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const target = place === 'local' ? { request: handle, upgrade: () => undefined } : undefined;
    return instanceOf({ id: url, name, url, target });
  };

  const gateway = async (...instances: Instance[]): Promise<void> => {
    const mirror = {
      to: { service: 'next', version: undefined },
      ...{ percent: 100, methods: ['GET', 'HEAD'], maxBody: 0, compare: true, credentials: false },
    };
    harness = await ProxyHarness.start({}, kind, { mirror });
    closers.push(() => harness.close());
    harness.setInstances(...instances);
  };

  const findings = (): Findings => {
    const mirror = harness.mirrors.get('users', '');
    if (!mirror) throw new Error('no mirror');
    return mirror.findings;
  };

  /** Sends requests one after the other, and waits for their comparisons. */
  const send = async (count: number, headers: Record<string, string> = {}): Promise<string[]> => {
    const bodies: string[] = [];
    for (let i = 0; i < count; i += 1) {
      const response = await fetch(`${harness.url}/api/users/list`, { headers });
      bodies.push(await response.text());
      await waitFor('the comparison', () => findings().compared + findings().skipped === i + 1);
    }
    return bodies;
  };

  let serial = 0;
  const listed =
    (price: unknown): RequestListener =>
    (_request, response) =>
      void response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ requestId: (serial += 1), items: [{ name: 'cup', price }] }));

  it('differ in a path or in noise, which another instance of the service tells apart', async () => {
    const asked: string[] = [];
    const recording =
      (id: string): RequestListener =>
      (request, response) => {
        asked.push(request.headers['x-mirrored-by'] === undefined ? id : `${id} again`);
        listed(10)(request, response);
      };
    await gateway(
      await instance('users', recording('a')),
      await instance('users', recording('b')),
      await instance('next', listed('10')),
    );
    const bodies = await send(6);
    expect(bodies.every((body) => (JSON.parse(body) as { items: unknown[] }).items.length === 1)).toBe(true);
    const { different, noiseOnly, skipped, differences } = findings();
    expect([different, noiseOnly, skipped]).toEqual([6, 0, 0]);
    expect(differences).toEqual(
      expect.arrayContaining([
        {
          path: '$.items[*].price',
          ...{ different: 6, noise: 0, isNoise: false, sample: { present: 'number', mirror: 'text' } },
        },
        {
          path: '$.requestId',
          ...{ different: 6, noise: 6, isNoise: true, sample: { present: 'number', mirror: 'number' } },
        },
      ]),
    );
    // Each second copy went to the instance that had not responded.
    for (let i = 0; i < asked.length; i += 2)
      expect(asked[i + 1]).toBe(asked[i] === 'a' ? 'b again' : 'a again');
  });

  it('are equal up to noise if the service has one instance, which gets both', async () => {
    await gateway(await instance('users', listed(10)), await instance('next', listed(10)));
    await send(3);
    const { equal, noiseOnly, different } = findings();
    expect([equal, noiseOnly, different]).toEqual([0, 3, 0]);
  });

  it('are compared without their content coding', async () => {
    const coded: RequestListener = (_request, response) =>
      void response.setHeader('content-encoding', 'gzip').end(gzipSync('{"a":1}'));
    await gateway(
      await instance('users', coded),
      await instance('next', (_request, response) => void response.end('{"a":1}')),
    );
    await send(1);
    expect([findings().equal, findings().different]).toEqual([1, 0]);
  });

  it('are not compared if they are too large, missing or conditional', async () => {
    const large: RequestListener = (_request, response) => void response.end(Buffer.alloc(MAX_COMPARED + 1));
    await gateway(await instance('users', large), await instance('next', large));
    expect((await send(1))[0]).toHaveLength(MAX_COMPARED + 1);
    harness.setInstances(await instance('users', listed(10)));
    const headers = { 'if-none-match': '"a"' };
    await (await fetch(`${harness.url}/api/users/list`, { headers })).text();
    await (await fetch(`${harness.url}/api/users/list`)).text();
    await waitFor('the comparison', () => findings().skipped === 2);
    await waitFor('the copies', () => harness.mirrored.inProgress === 0);
    expect([findings().compared, findings().skipped]).toEqual([0, 2]);
  });
});
