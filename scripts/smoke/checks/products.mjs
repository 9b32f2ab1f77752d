import { randomUUID } from 'node:crypto';
import { equals, isPage } from '../expect.mjs';
import { create, lists, refusals, removal, unknown, updates } from './resource.mjs';

const collection = '/api/product-service/products';
const members = ['name', 'category', 'price', 'currency', 'stock'];

/** The endpoints of the product service. */
export async function products({ client, report }) {
  await report.group('products', async (group) => {
    const category = `smoke ${randomUUID().slice(0, 8)}`;
    const body = { name: 'Lamp', description: '밝음', category, price: 1999, currency: 'EUR', stock: 5 };
    const product = await create(group, client, { collection, body, members });
    await create(group, client, { collection, body: { ...body, name: 'Desk' }, members });
    const path = `${collection}/${product.id}`;
    await lists(group, client, collection);
    await byCategory(group, client, category);
    await updates(group, client, path, {
      replacement: { ...body, name: 'Bright lamp', price: 2499 },
      patch: { description: null, stock: 9 },
    });
    const bad = { price: 1.5, currency: 'XXXX', stock: -1, name: '', category: '/' };
    await refusals(group, client, { collection, path, body, bad });
    await unknown(group, client, collection, body, { stock: 1 });
    await removal(group, client, path);
  });
}

async function byCategory(group, client, category) {
  await group.check('GET /products/category/{category} pages through this category only', async () => {
    const path = `${collection}/category/${encodeURIComponent(category)}`;
    equals(
      'names',
      isPage(await client.get(path))
        .items.map(({ name }) => name)
        .sort(),
      ['Desk', 'Lamp'],
    );
    equals('items of an empty category', isPage(await client.get(`${path}-none`)).items, []);
    const { items, nextCursor } = isPage(await client.get(`${path}?limit=1`));
    equals('items on the page', items.length, 1);
    const next = isPage(await client.get(`${path}?limit=1&cursor=${encodeURIComponent(nextCursor)}`));
    equals('items on the last page, and its nextCursor', [next.items.length, next.nextCursor], [1, null]);
  });
}
