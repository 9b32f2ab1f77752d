/**
 * `npm run seed [-- URL]`: adds sample users and products to a running system, by default the one at GATEWAY_HOST and
 * GATEWAY_PORT. Running it again adds nothing.
 *
 * `npm run seed -- --users 10000 --products 10000 --orders 100000`: writes this many of each straight to the stores that
 * DATABASE_URL or DATA_DIR names. The system may be running. Services with a database of their own each are not filled:
 * orders need the users and products beside them.
 */
import './lib/node-version.mjs';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './lib/build.mjs';
import { gatewayUrl } from './lib/gateway-url.mjs';
import { PRODUCTS, USERS } from './seed/samples.mjs';

const TIMEOUT_MS = 10_000;
const KINDS = ['users', 'products', 'orders'];

const { values, positionals } = argumentsOf(process.argv.slice(2));
const [target = gatewayUrl(process.env)] = positionals;

function argumentsOf(args) {
  try {
    const options = Object.fromEntries(KINDS.map((kind) => [kind, { type: 'string' }]));
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    console.error(`seed: ${error.message}`);
    process.exit(2);
  }
}

/** @throws for anything but a number of rows */
function countIn(kind) {
  const text = values[kind] ?? '0';
  if (!/^\d{1,8}$/.test(text)) throw new Error(`--${kind} must be a number from 0 to 99999999`);
  return Number(text);
}

async function seedInBulk() {
  const counts = Object.fromEntries(KINDS.map((kind) => [kind, countIn(kind)]));
  if (positionals.length > 0) throw new Error('rows are written to the stores, not through a URL');
  await ensureBuilt();
  const { seedStores } = await import('./seed/bulk.mjs');
  const { DATABASE_URL, DATA_DIR } = process.env;
  const storage = { databaseUrl: DATABASE_URL || undefined, dataDir: DATA_DIR || '.data', sync: 'normal' };
  await seedStores(storage, counts);
}

async function seedSamples() {
  await addAll('users', USERS, addUser);
  await addAll('products', PRODUCTS, addProduct);
}

async function call(method, path, body) {
  const response = await fetch(new URL(path, target), {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  return { status: response.status, json: await response.json() };
}

function unexpected(method, path, { status, json }) {
  return new Error(`${method} ${path} returned ${status}: ${json.detail ?? JSON.stringify(json)}`);
}

/** Adds a user. A 409 means that a user with this e-mail exists. */
async function addUser(user) {
  const path = '/api/user-service/users';
  const response = await call('POST', path, user);
  if (response.status !== 201 && response.status !== 409) throw unexpected('POST', path, response);
  return response.status === 201;
}

async function namesIn(category) {
  const path = `/api/product-service/products/category/${encodeURIComponent(category)}`;
  const names = new Set();
  let cursor = '';
  do {
    const page = await call('GET', `${path}?limit=200${cursor}`);
    if (page.status !== 200) throw unexpected('GET', path, page);
    for (const { name } of page.json.items) names.add(name);
    cursor = page.json.nextCursor && `&cursor=${encodeURIComponent(page.json.nextCursor)}`;
  } while (cursor);
  return names;
}

/** Adds a product, unless its category has one with that name. */
async function addProduct(product) {
  if ((await namesIn(product.category)).has(product.name)) return false;
  const path = '/api/product-service/products';
  const response = await call('POST', path, product);
  if (response.status !== 201) throw unexpected('POST', path, response);
  return true;
}

async function addAll(what, samples, add) {
  let added = 0;
  for (const sample of samples) if (await add(sample)) added += 1;
  console.log(`${what}: ${added} added, ${samples.length - added} already there`);
}

const isBulk = Object.keys(values).length > 0;
try {
  await (isBulk ? seedInBulk() : seedSamples());
} catch (error) {
  const subject = isBulk ? 'the stores' : target;
  console.error(`could not seed ${subject}: ${error.cause?.message || error.cause?.code || error.message}`);
  process.exitCode = 1;
}
