/**
 * `node bench/orders.mjs [--store libsql,postgresql] [--instances 1,3] [--rates 50,100,200,400] [--seconds 5]`: places orders
 * through the gateway at fixed rates, independent of responses, and prints how many were placed and how long each took from the
 * time at which it was due. Each app is a process of its own; the embedded store has one order service. It needs a build.
 */
import { parseArgs } from 'node:util';
import { endProcesses, startApp, startPostgres, tempDir, waitFor } from '#testing';
import { seedStores } from '../scripts/seed/bulk.mjs';
import { openLoop } from './lib/load/open-loop.mjs';

const CONNECTIONS = 32;
const USERS = 1000;
const PRODUCTS = 200;
/** Different orders, sent in turn. */
const BODIES = 200;
const STOCK = 1_000_000_000;

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'libsql,postgresql' },
    instances: { type: 'string', default: '1,3' },
    rates: { type: 'string', default: '50,100,200,400' },
    seconds: { type: 'string', default: '5' },
  },
});
const seconds = Number(values.seconds);

async function startServices(storage, orderServices) {
  const gateway = await startApp('gateway', { GATEWAY_HOST: '127.0.0.1', GATEWAY_PORT: '0' });
  const env = {
    REGISTRY_URL: gateway.url,
    DATA_DIR: storage.dataDir,
    ...(storage.databaseUrl && { DATABASE_URL: storage.databaseUrl }),
  };
  await startApp('user-service', { ...env, USER_SERVICE_PORT: '0' });
  await startApp('product-service', { ...env, PRODUCT_SERVICE_PORT: '0' });
  for (let started = 0; started < orderServices; started += 1)
    await startApp('order-service', { ...env, ORDER_SERVICE_PORT: '0' });
  await waitFor('the order service', async () => (await fetch(`${gateway.url}/api/order-service/orders`)).ok);
  return gateway.url;
}

/** The ids of the first rows of a list. */
async function idsOf(url, list) {
  const response = await fetch(`${url}${list}?limit=100`);
  return (await response.json()).items.map(({ id }) => id);
}

/** Bodies of orders for different users and products, which have enough stock. */
async function prepareBodies(url) {
  const users = await idsOf(url, '/api/user-service/users');
  const products = await idsOf(url, '/api/product-service/products');
  for (const id of products)
    await fetch(`${url}/api/product-service/products/${id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ stock: STOCK }),
    });
  return Array.from({ length: BODIES }, (_, n) =>
    JSON.stringify({
      userId: users[n % users.length],
      items: [{ productId: products[(n * 7) % products.length], quantity: 1 }],
    }),
  );
}

async function run(store, orderServices) {
  const directory = tempDir();
  const server = store === 'postgresql' ? await startPostgres() : undefined;
  try {
    const storage = { databaseUrl: await server?.createDatabase(), dataDir: directory.path, sync: 'normal' };
    await seedStores(storage, { users: USERS, products: PRODUCTS });
    const url = await startServices(storage, orderServices);
    const load = {
      url: `${url}/api/order-service/orders`,
      connections: CONNECTIONS,
      status: 201,
      bodies: await prepareBodies(url),
    };
    await openLoop.run({ ...load, rate: 20, seconds: 5 });
    for (const rate of values.rates.split(',').map(Number)) {
      const { requests, failures, p50Ms, p99Ms } = await openLoop.run({ ...load, rate, seconds });
      const placed = (requests - Math.min(requests, failures)) / seconds;
      const cells = [
        store,
        orderServices,
        rate,
        placed.toFixed(0),
        failures,
        p50Ms.toFixed(1),
        p99Ms.toFixed(1),
      ];
      console.log(`| ${cells.join(' | ')} |`);
    }
  } finally {
    await endProcesses();
    await server?.stop();
    directory.remove();
  }
}

console.log(
  '| store | order services | orders/s due | placed/s | failed | p50, ms | p99, ms |\n|---|---:|---:|---:|---:|---:|---:|',
);
for (const store of values.store.split(','))
  for (const instances of store === 'libsql' ? [1] : values.instances.split(',').map(Number))
    await run(store, instances);
