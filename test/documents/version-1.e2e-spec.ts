import { Neighbours } from '#registry-client';
import { call, MOUNTS, startSystem, tempDir, type RunningSystem } from '#testing';
import { breakingChanges } from '../../apps/gateway/src/openapi/contracts/compare-documents.js';
import { readText } from '../support/documentation.js';
import { ShopClient } from './version-1/shop-client.js';

const SERVICES = ['user-service', 'product-service', 'order-service'];

describe.each(MOUNTS)('a client of version 1 in the present system as %s', (mount) => {
  const data = tempDir();
  let system: RunningSystem;
  let neighbours: Neighbours;

  beforeAll(async () => {
    system = await startSystem(mount, { DATA_DIR: data.path });
    neighbours = new Neighbours({
      instances: async (name) => {
        const { body } = await call(system.url, `GET /discovery/services?name=${name}`);
        return body as never;
      },
    });
  });
  afterAll(async () => {
    await neighbours.close();
    await system.process.stop();
    data.remove();
  });

  it.each(SERVICES)('finds every operation of %s as it knows it', async (service) => {
    const first = JSON.parse(readText(`test/documents/version-1/${service}.json`)) as never;
    const present = (await call(system.urlOf(service), 'GET /docs-json')).body as never;
    expect((await breakingChanges(first, present)).changes).toEqual([]);
  });

  it('works', async () => {
    const client = new ShopClient(neighbours);
    const user = await client.addUser('ann@example.com');
    expect(await client.rename(user, 'Ann E.')).toBe('Ann E.');
    const product = await client.addProduct(100, 5);
    expect(await client.cheapest()).toBe(100);
    const order = await client.order(user, product);
    expect(await client.pay(order)).toBe(200);
    expect(await client.ordersOf(user)).toEqual([order]);
    expect(await client.cancel(order)).toBe(true);
  });
});
