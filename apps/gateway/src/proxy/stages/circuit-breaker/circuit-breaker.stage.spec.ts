import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { DEFAULT_POLICY } from '../../../policy/policy.js';
import { instanceOf } from '../../testing/instances.js';
import { ProxyHarness } from '../../testing/proxy-harness.js';

const breaker = { ...DEFAULT_POLICY.breaker, minRequests: 2, openMs: 1 };
const ejection = { ...DEFAULT_POLICY.ejection, failuresInRow: 0 };
const SWITCHED = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n';

it.each(['wire', 'node'] as const)('a trial that becomes a tunnel closes the breaker (%s)', async (kind) => {
  let status = 503;
  const tunnels: Duplex[] = [];
  const server = createServer((_request, response) => response.writeHead(status).end())
    .on('upgrade', (_request, socket) => {
      tunnels.push(socket);
      socket.write(SWITCHED);
    })
    .listen(0, '127.0.0.1');
  await once(server, 'listening');
  const harness = await ProxyHarness.start({}, kind, { breaker, ejection });
  harness.setInstances(
    instanceOf({ id: 'a', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
  );
  const send = async (): Promise<number> => (await fetch(`${harness.url}/api/users/`)).status;
  expect([await send(), await send()]).toEqual([503, 503]);
  status = 200;
  const client: Socket = connect(harness.port, '127.0.0.1');
  client.write('GET /api/users/ HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n');
  const [head] = (await once(client, 'data')) as [Buffer];
  expect(String(head)).toMatch(/^HTTP\/1.1 101 /);
  expect(await send()).toBe(200);
  client.destroy();
  for (const tunnel of tunnels) tunnel.destroy();
  server.close();
  await harness.close();
});
