import type { Page } from '#service-kit';
import type { Order, Product, User } from '#shop-contracts';
import { onBothStores, waitFor } from '#testing';
import { Shop } from './support/shop.js';

onBothStores('orders', (store) => {
  let shop: Shop;
  let user: User;
  let tea: Product;

  beforeAll(async () => {
    shop = await Shop.open(store);
  });
  afterAll(() => shop.close());

  beforeEach(async () => {
    user = await shop.newUser();
    tea = await shop.newProduct(10);
  });

  const teas = (quantity: number, product = tea) => [{ productId: product.id, quantity }];
  const ordersOfUser = async () =>
    ((await (await shop.send('orders', 'GET', `/orders/user/${user.id}`)).json()) as Page<Order>).items;
  const placed = async (quantity: number) => (await (await shop.order(user, teas(quantity))).json()) as Order;
  const patch = (id: string, status: string, headers = {}) =>
    shop.send('orders', 'PATCH', `/orders/${id}`, { status }, headers);
  const statusAt = async (path: string) => (await shop.orderAt(path)).status;

  it('are confirmed immediately, at the price of the product service, and reduce the stock', async () => {
    const response = await shop.order(user, teas(3), { 'x-request-id': 'order-1' });
    const order = (await response.json()) as Order;

    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe(`/orders/${order.id}`);
    expect(response.headers.get('x-request-id')).toBe('order-1');
    expect(order).toMatchObject({ userId: user.id, status: 'confirmed', total: 750, currency: 'EUR' });
    expect(order.items).toEqual([{ productId: tea.id, quantity: 3, unitPrice: 250, name: tea.name }]);
    expect(await shop.stockOf(tea)).toBe(7);
    expect(await ordersOfUser()).toEqual([order]);
  });

  it('support conditional requests by ETag', async () => {
    const { id } = await placed(1);
    const etag = (await shop.send('orders', 'GET', `/orders/${id}`)).headers.get('etag')!;
    const again = () => shop.send('orders', 'GET', `/orders/${id}`, undefined, { 'if-none-match': etag });

    expect((await again()).status).toBe(304);
    const moved = await patch(id, 'paid', { 'if-match': etag });
    expect(moved.status).toBe(200);
    expect(moved.headers.get('etag')).not.toBe(etag);
    expect((await again()).status).toBe(200);
    expect((await patch(id, 'shipped', { 'if-match': etag })).status).toBe(412);
  });

  it('get 422 for an unknown user or product, 409 for too little stock, and change nothing', async () => {
    const refusals = [
      [await shop.order({ id: '..' }, teas(1)), 422, 'unknown-user'],
      [await shop.order({ id: tea.id }, teas(1)), 422, 'unknown-user'],
      [await shop.order(user, [{ productId: user.id, quantity: 1 }]), 422, 'unknown-product'],
      [await shop.order(user, teas(11)), 409, 'insufficient-stock'],
    ] as const;

    for (const [response, status, code] of refusals) {
      const problem = (await response.json()) as { type: string };
      expect([response.status, problem.type]).toEqual([status, `urn:msa-gateway:problem:${code}`]);
      if (code === 'insufficient-stock') expect(JSON.stringify(problem)).toContain(tea.id);
    }
    expect(await ordersOfUser()).toEqual([]);
    expect(await shop.stockOf(tea)).toBe(10);
  });

  it('in two currencies are refused, and their stock is returned', async () => {
    const ramen = await shop.newProduct(5, 4900, 'KRW');
    const response = await shop.order(user, [...teas(1), ...teas(1, ramen)]);

    expect(response.status).toBe(422);
    expect(await ordersOfUser()).toEqual([]);
    await waitFor(
      'the stock',
      async () => (await shop.stockOf(tea)) === 10 && (await shop.stockOf(ramen)) === 5,
    );
  });

  it('never sell more than the stock, however many arrive concurrently', async () => {
    const responses = await Promise.all(Array.from({ length: 16 }, () => shop.order(user, teas(1))));
    const statuses = responses.map(({ status }) => status);

    expect(statuses.filter((status) => status === 201)).toHaveLength(10);
    expect(statuses.filter((status) => status === 409)).toHaveLength(6);
    expect(await shop.stockOf(tea)).toBe(0);
  });

  it('with the same Idempotency-Key result in one order', async () => {
    const headers = { 'idempotency-key': `key-${user.id}` };
    const first = await shop.order(user, teas(2), headers);
    const again = await shop.order(user, teas(2), headers);
    const other = await shop.order(user, teas(3), headers);

    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(await again.json()).toEqual(await first.json());
    expect(other.status).toBe(422);
    expect(await ordersOfUser()).toHaveLength(1);
    expect(await shop.stockOf(tea)).toBe(8);
  });

  it('allow only legal status changes, and report the allowed ones', async () => {
    const { id } = await placed(1);
    for (const status of ['paid', 'shipped']) expect((await patch(id, status)).status).toBe(200);

    const refused = await patch(id, 'cancelled');
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ from: 'shipped', to: 'cancelled', allowed: ['delivered'] });
    expect((await shop.send('orders', 'DELETE', `/orders/${id}`)).status).toBe(409);
    expect(await shop.stockOf(tea)).toBe(9);
  });

  it('are changed by a PUT of the whole order, also with a name that an earlier response showed', async () => {
    const order = await placed(1);
    const items = order.items.map((item) => ({ ...item, name: 'former name' }));
    const changes = [
      { ...order, status: 'paid' },
      { ...order, items, status: 'shipped' },
    ];
    for (const body of changes) {
      const response = await shop.send('orders', 'PUT', `/orders/${order.id}`, body);
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ status: body.status, items: [{ name: tea.name }] });
    }
  });

  it('are cancelled by DELETE, return their stock once, and stay readable', async () => {
    const { id } = await placed(4);
    const remove = () => shop.send('orders', 'DELETE', `/orders/${id}`);
    const responses = await Promise.all([remove(), remove(), remove()]);

    expect(responses.map(({ status }) => status)).toEqual([204, 204, 204]);
    expect(await statusAt(`/orders/${id}`)).toBe('cancelled');
    await waitFor('the stock to be returned', async () => (await shop.stockOf(tea)) === 10);
    expect((await remove()).status).toBe(204);
    expect(await shop.stockOf(tea)).toBe(10);
  });

  it.each([
    ['left', false],
    ['crashed', true],
  ])(
    'are accepted while the product service has %s, and are completed when it returns',
    async (_how, silently) => {
      await shop.stop('products', { silently });
      const response = await shop.order(user, teas(2));
      const path = response.headers.get('location')!;
      expect(response.status).toBe(202);
      expect(await response.json()).toMatchObject({ status: 'pending', total: null });

      await shop.start('products');
      await waitFor('the order to be confirmed', async () => (await statusAt(path)) === 'confirmed', 20_000);
      expect(await shop.orderAt(path)).toMatchObject({ total: 500, statusReason: null });
      expect(await shop.stockOf(tea)).toBe(8);
    },
    30_000,
  );

  it('accepted for a user that does not exist are rejected later, with the reason', async () => {
    await shop.stop('users');
    const response = await shop.order({ id: 'unknown' }, teas(2));
    expect(response.status).toBe(202);

    await shop.start('users');
    const path = response.headers.get('location')!;
    await waitFor('the order to be rejected', async () => (await statusAt(path)) === 'rejected', 20_000);
    expect((await shop.orderAt(path)).statusReason).toContain('unknown');
    expect(await shop.stockOf(tea)).toBe(10);
  });

  it('can be cancelled while the product service is down; the stock is returned later, once', async () => {
    const { id } = await placed(5);
    await shop.stop('products');
    expect((await shop.send('orders', 'DELETE', `/orders/${id}`)).status).toBe(204);
    expect(await statusAt(`/orders/${id}`)).toBe('cancelled');

    await shop.start('products');
    await waitFor('the stock to be returned', async () => (await shop.stockOf(tea)) === 10, 20_000);
  });

  it('that are pending survive a restart of the order service', async () => {
    await shop.stop('products');
    const path = (await shop.order(user, teas(1))).headers.get('location')!;
    await shop.stop('orders');
    await shop.start('products');
    await shop.start('orders');

    await waitFor('the order to be confirmed', async () => (await statusAt(path)) === 'confirmed', 20_000);
    expect(await shop.stockOf(tea)).toBe(9);
  });
});
