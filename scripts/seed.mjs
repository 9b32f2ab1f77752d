/**
 * `npm run seed [-- URL]`: adds sample users and products to a running system, by default the one at GATEWAY_HOST and
 * GATEWAY_PORT. Running it again adds nothing.
 */
import './lib/node-version.mjs';
import { gatewayUrl } from './lib/gateway-url.mjs';
import { PRODUCTS, USERS } from './seed/samples.mjs';

const TIMEOUT_MS = 10_000;
const [target = gatewayUrl(process.env)] = process.argv.slice(2);

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

try {
  await addAll('users', USERS, addUser);
  await addAll('products', PRODUCTS, addProduct);
} catch (error) {
  console.error(`could not seed ${target}: ${error.cause?.message || error.cause?.code || error.message}`);
  process.exitCode = 1;
}
