import { randomBytes } from 'node:crypto';

const FIRST_NAMES = [
  'Minji',
  'Alice',
  'Junho',
  'Bob',
  'Ada',
  'Grace',
  'Alan',
  'Seo-yeon',
  'Edsger',
  'Barbara',
];
const LAST_NAMES = [
  'Kim',
  'Martin',
  'Lee',
  'Weber',
  'Lovelace',
  'Hopper',
  'Turing',
  'Park',
  'Dijkstra',
  'Liskov',
];
const ADJECTIVES = [
  'Warm',
  'Slim',
  'Sturdy',
  'Quiet',
  'Folding',
  'Oak',
  'Steel',
  'Compact',
  'Soft',
  'Bright',
];
const THINGS = ['lamp', 'desk', 'chair', 'keyboard', 'teapot', 'shelf', 'monitor', 'mug', 'rug', 'clock'];
const CATEGORIES = ['lighting', 'furniture', 'electronics', 'kitchen', 'textiles'];
/** Statuses after placement, by how common they are. */
const STATUSES = ['delivered', 'delivered', 'delivered', 'shipped', 'paid', 'confirmed', 'cancelled'];

const SECOND_MS = 1000;
const CENTS = 100_000;

/** A number from 0 up to `limit`, the same for the same `n` and `salt`, spread evenly (the finaliser of MurmurHash 3). */
function spread(n, salt, limit) {
  let hash = n ^ Math.imul(salt, 0x9e3779b9);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return Math.floor((((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32) * limit);
}

const pick = (list, n, salt) => list[spread(n, salt, list.length)];

/**
 * Sample rows by number. They were created one second after the other; the last of each kind was created now.
 * @param counts how many rows of each kind there will be
 */
export function createRows(counts, now = Date.now()) {
  // Distinguishes the addresses of this run from those of others.
  const run = randomBytes(4).toString('hex');
  const createdAt = (kind, n) => now - (counts[kind] - 1 - n) * SECOND_MS;
  return {
    user: (n) => ({
      name: `${pick(FIRST_NAMES, n, 1)} ${pick(LAST_NAMES, n, 2)}`,
      email: `user${n}.${run}@example.com`,
      createdAt: createdAt('users', n),
    }),
    product: (n) => ({
      name: `${pick(ADJECTIVES, n, 3)} ${pick(THINGS, n, 4)} ${n}`,
      category: pick(CATEGORIES, n, 5),
      price: 100 + spread(n, 6, CENTS),
      currency: 'EUR',
      stock: spread(n, 7, 1000),
      createdAt: createdAt('products', n),
    }),
    order: (n, users, offers) => ({
      userId: pick(users, n, 8).id,
      status: pick(STATUSES, n, 9),
      ...purchase(n, offers),
      createdAt: createdAt('orders', n),
    }),
  };
}

/** One to three different products of one currency. */
function purchase(n, offers) {
  const { currency } = pick(offers, n, 10);
  const chosen = [0, 1, 2].map((line) => pick(offers, n, 10 + line)).slice(0, 1 + (n % 3));
  const items = [...new Set(chosen)]
    .filter((offer) => offer.currency === currency)
    .map(({ id, price, name }, line) => ({
      productId: id,
      quantity: 1 + spread(n, 20 + line, 5),
      unitPrice: price,
      name,
    }));
  const total = items.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0);
  return { items, currency, total };
}
