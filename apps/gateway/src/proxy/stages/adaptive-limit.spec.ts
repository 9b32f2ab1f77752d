import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from '#testing';
import { DEFAULT_POLICY } from '../../policy/policy.js';
import { instanceOf } from '../testing/instances.js';
import { ProxyBench } from '../testing/proxy-bench.js';

const concurrency = { ...DEFAULT_POLICY.concurrency, adaptive: 'gradient', queue: 0 } as const;

it.each(['wire', 'node'] as const)('enforces and reports an adaptive limit (%s)', async (kind) => {
  const held: ServerResponse[] = [];
  const server = createServer((_request, response) => held.push(response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bench = await ProxyBench.start({}, kind, { concurrency });
  bench.hold(instanceOf({ id: 'a', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));
  const ask = () => fetch(`${bench.url}/api/users`, { headers: { 'x-debug-timing': '1' } });
  const let20 = Array.from({ length: 20 }, ask);
  await waitFor('twenty to be under way', () => held.length === 20);
  expect((await ask()).status).toBe(503);
  for (const response of held) response.end();
  const answers = await Promise.all(let20);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(answers[0]!.headers.get('server-timing')).toMatch(/limit;desc="20"$/);
  await waitFor('the record', () => bench.traffic.service('users').concurrencyLimit === 20);
  server.closeAllConnections();
  server.close();
  await bench.close();
});
