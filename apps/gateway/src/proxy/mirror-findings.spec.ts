import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SseReader, tempDir } from '#testing';
import { GatewayUnderTest, until } from '../discovery/testing/gateway-under-test.js';

const FROM_ANOTHER_MACHINE = { 'x-forwarded-for': '203.0.113.5' };

const FILE = `
version: 1
defaults: { mirror: { to: { service: users-next }, percent: 50.5 } }
services:
  users: { mirror: { to: { service: users-next }, compare: true } }
  users-next: { mirror: none }
routes:
  - { name: writes, match: { service: users, methods: [POST] }, mirror: none }
`;

describe('GET /policies/mirror', () => {
  const folder = tempDir('mirror-findings-');
  const closers: (() => unknown)[] = [];
  let gateway: GatewayUnderTest;

  const register = async (name: string, body: string): Promise<void> => {
    const server = createServer((_request, response) => response.end(body)).listen(0, '127.0.0.1');
    closers.push(() => server.close());
    await once(server, 'listening');
    await gateway.register({ name, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  };

  beforeEach(async () => {
    const path = join(folder.path, 'gateway.yaml');
    writeFileSync(path, FILE);
    gateway = await GatewayUnderTest.start({ GATEWAY_CONFIG: path });
  });
  afterEach(async () => {
    await gateway.stop();
    for (const close of closers.splice(0)) close();
  });
  afterAll(() => folder.remove());

  it('shows the mirror of each route, its counts and how its responses differ', async () => {
    await register('orders', 'orders');
    await register('users', '{ "name": "Ann" }');
    await register('users-next', '{ "name": null }');
    expect((await gateway.get('/api/users/1')).status).toBe(200);
    const view = async () =>
      (await gateway.get('/policies/mirror')).body as { mirrors: { different: number }[] };
    await until(async () => JSON.stringify(await view()).includes('"different":1'));
    const empty = { requests: {}, comparisons: null, differences: [], otherDifferences: 0 };
    expect(await view()).toEqual({
      mirrors: [
        { service: 'orders', route: null, to: { service: 'users-next' }, percent: 50.5, ...empty },
        {
          service: 'users',
          route: null,
          to: { service: 'users-next' },
          percent: 100,
          requests: { completed: 1 },
          comparisons: { compared: 1, equal: 0, noiseOnly: 0, different: 1, skipped: 0 },
          differences: [
            {
              path: '$.name',
              ...{ different: 1, noise: 0, isNoise: false, sample: { present: 'text', mirror: 'null' } },
            },
          ],
          otherDifferences: 0,
        },
      ],
    });
    expect(JSON.stringify(await view())).not.toContain('Ann');
    const stream = await SseReader.open(`${gateway.url}/dashboard/stream`);
    closers.push(() => stream.leave());
    const item = '"mirror-differs users":{"kind":"mirror-differs","condition":"warning","subject":"users"';
    await until(() => JSON.stringify(stream.events).includes(item));
    expect(JSON.stringify(stream.events)).not.toContain('$.name');
    const counted = 'gateway_mirror_requests_total{service="users",route="",result="completed"} 1';
    expect((await gateway.get('/metrics')).body).toContain(counted);
  });

  it('has the readers of /policies', async () => {
    expect((await gateway.get('/policies/mirror', FROM_ANOTHER_MACHINE)).status).toBe(403);
  });
});
