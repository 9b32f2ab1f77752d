import type { Page } from '#service-kit';
import type { Order, Product, User } from '#shop-contracts';
import { call, startSystem, tempDir, waitFor, type RunningSystem } from '#testing';

/** The users of each round; every second one is deleted while the process is killed. */
const USERS = 20;
const KILLS = 2;

describe('domain events in the monolith', () => {
  const folder = tempDir('events-');
  let system: RunningSystem;
  let product: Product;

  const start = async (): Promise<void> => {
    system = await startSystem('monolith', { DATA_DIR: folder.path, LOG_LEVEL: 'INFO' });
  };
  const send = async <Body>(line: string, body?: object): Promise<Body> => {
    const [method, path] = line.split(' ');
    const response = await call(system.url, `${method} /api${path}`, body ? { body } : {});
    return response.body as Body;
  };
  const newUser = (n: string): Promise<User> =>
    send('POST /user-service/users', { email: `${n}@example.com`, name: n });
  const order = ({ id }: User): Promise<Order> =>
    send('POST /order-service/orders', {
      userId: id,
      items: [{ productId: product.id, quantity: 1 }],
    });
  const orders = async (): Promise<readonly Order[]> =>
    (await send<Page<Order>>('GET /order-service/orders?limit=200')).items;

  beforeAll(async () => {
    await start();
    product = await send('POST /product-service/products', {
      ...{ name: 'Tea', category: 'drinks', price: 250, currency: 'EUR', stock: 10_000 },
    });
  });
  afterAll(() => folder.remove());

  it('anonymise the orders of deleted users although the process is killed, and of no others', async () => {
    const deleted = new Set<string>();
    const kept = new Set<string>();
    for (let round = 0; round < KILLS; round += 1) {
      const users = await Promise.all(Array.from({ length: USERS }, (_, n) => newUser(`u${round}-${n}`)));
      await Promise.all(users.map(order));
      const leaving = users.filter((_user, n) => n % 2 === 0);
      const acknowledged = leaving.map(async ({ id }) => {
        await send(`DELETE /user-service/users/${id}`);
        deleted.add(id);
      });
      // The process ends between changes and the delivery of their events.
      await Promise.any(acknowledged);
      system.process.signal('SIGKILL');
      await system.process.exited;
      await Promise.allSettled(acknowledged);
      users.filter((_user, n) => n % 2 === 1).forEach(({ id }) => kept.add(id));
      await start();
    }
    await waitFor('the orders to be anonymised', async () =>
      (await orders()).every(({ userId }) => !deleted.has(userId)),
    );
    const owners = new Set((await orders()).map(({ userId }) => userId));
    expect(Array.from(kept).filter((id) => !owners.has(id))).toEqual([]);
    expect(owners.has('deleted-user')).toBe(true);
  });
});
