import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from '#testing';
import { DEFAULT_POLICY } from '../../../policy/policy.js';
import { instanceOf } from '../../testing/instances.js';
import { ProxyHarness } from '../../testing/proxy-harness.js';

const concurrency = { ...DEFAULT_POLICY.concurrency, adaptive: 'gradient', queue: 0 } as const;

it.each(['wire', 'node'] as const)('enforces and reports an adaptive limit (%s)', async (kind) => {
  const pending: ServerResponse[] = [];
  const server = createServer((_request, response) => pending.push(response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const harness = await ProxyHarness.start({}, kind, { concurrency });
  harness.setInstances(
    instanceOf({ id: 'a', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
  );
  const send = () => fetch(`${harness.url}/api/users`, { headers: { 'x-debug-timing': '1' } });
  const let20 = Array.from({ length: 20 }, send);
  await waitFor('twenty requests in flight', () => pending.length === 20);
  expect((await send()).status).toBe(503);
  for (const response of pending) response.end();
  const responses = await Promise.all(let20);
  expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
  expect(responses[0]!.headers.get('server-timing')).toMatch(/limit;desc="20"$/);
  await waitFor('the record', () => harness.traffic.service('users').concurrencyLimit === 20);
  server.closeAllConnections();
  server.close();
  await harness.close();
});
