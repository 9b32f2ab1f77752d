import {
  call,
  onPostgres,
  onPrograms,
  SseReader,
  startNginx,
  startApp,
  startRedis,
  startSystem,
  tempDir,
  waitFor,
  type AppProcess,
  type TestRedis,
} from '#testing';
import type { Order, Product, User } from '#shop-contracts';
import { ShopFleet } from './support/shop-fleet.js';

/** Far below the shutdown timeout of 25 s. */
const PROMPT_MS = 10_000;

onPrograms(['redis-server'], 'the stream of orders of two processes', () => {
  onPostgres('one database', (server) => {
    let redis: TestRedis;
    let shop: ShopFleet;
    let user: User;
    let product: Product;
    const readers: SseReader[] = [];

    beforeAll(async () => {
      redis = await startRedis();
      shop = await ShopFleet.start({ DATABASE_URL: await server().createDatabase(), REDIS_URL: redis.url }, [
        {},
        {},
      ]);
      product = await shop.newProduct(1000);
    }, 60_000);
    beforeEach(async () => {
      user = await shop.newUser();
    });
    afterEach(() => readers.splice(0).forEach((reader) => reader.leave()));
    afterAll(async () => {
      await shop.stop();
      await redis.stop();
    }, 60_000);

    const read = async (at: number, lastEventId?: string): Promise<SseReader> => {
      const headers = {
        'x-user-id': user.id,
        ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
      };
      const reader = await SseReader.open(`${shop.orders[at]!.url}/orders/stream`, headers);
      readers.push(reader);
      return reader;
    };
    const place = async (at: number): Promise<Order> =>
      (await shop.order(user, product, 1, shop.orders[at])).body as Order;
    const idsIn = ({ events }: SseReader) =>
      events.filter(({ event }) => event === 'order.confirmed').map(({ data }) => data.id);

    it('has the orders that the other one placed', async () => {
      const reader = await read(1);
      await reader.untilCount(1);
      const orders = [await place(0), await place(1), await place(0)];
      await reader.untilCount(7);
      expect(idsIn(reader)).toEqual(orders.map(({ id }) => id));
    });

    it('is resumed without loss at the other one when its process is killed', async () => {
      const first = await read(1);
      await first.untilCount(1);
      const seen = await place(1);
      await first.untilCount(3);
      await shop.orders[1]!.kill();
      const missed = await place(0);
      const second = await read(0, first.lastId);
      const later = await place(0);
      await second.untilCount(4);
      expect(idsIn(first)).toEqual([seen.id]);
      expect(idsIn(second)).toEqual([missed.id, later.id]);
      await shop.orders[1]!.start();
    }, 60_000);

    it('goes on while Redis is away', async () => {
      const reader = await read(1);
      await reader.untilCount(1);
      redis.process.signal('SIGKILL');
      await redis.process.exited;
      const order = await place(0);
      await reader.untilCount(3);
      expect(idsIn(reader)).toEqual([order.id]);
      redis = await startRedis(redis.port);
    }, 60_000);
  });
});

describe('the stream of orders', () => {
  const setting = (dataPlane = 'wire') => ({ DATA_DIR: folder.path, DATA_PLANE: dataPlane });
  const alone = () => ({ ...setting(), ORDER_SERVICE_PORT: '0', REGISTRY_URL: 'http://127.0.0.1:9' });
  let folder: ReturnType<typeof tempDir>;
  beforeEach(() => (folder = tempDir('order-stream-')));
  afterEach(() => folder.remove());

  const expectPromptEnd = async (process: AppProcess['process'], url: string): Promise<void> => {
    const reader = await SseReader.open(`${url}/orders/stream`);
    await reader.untilCount(1);
    const start = performance.now();
    expect(await process.stop()).toEqual({ code: 0, signal: null });
    expect(performance.now() - start).toBeLessThan(PROMPT_MS);
    await waitFor('the end of the stream', () => reader.isEnded);
    expect(reader.response.complete).toBe(true);
  };

  it.each([
    ['monolith', 'wire'],
    ['monolith', 'node'],
    ['split', 'wire'],
    ['split', 'node'],
  ] as const)('ends at the shutdown of the %s on the %s data plane, without delay', async (mount, plane) => {
    const { process, url } = await startSystem(mount, setting(plane));
    await expectPromptEnd(process, `${url}/api/order-service`);
  });

  it('ends at the shutdown of the order service, without delay', async () => {
    const { process, url } = await startApp('order-service', alone());
    await expectPromptEnd(process, url);
  });

  it.each(['wire', 'node'])(
    'ends at the shutdown of a gateway alone, on the %s data plane',
    async (plane) => {
      const gateway = await startApp('gateway', { ...setting(plane), GATEWAY_PORT: '0' });
      const service = await startApp('order-service', { ...alone(), REGISTRY_URL: gateway.url });
      const url = `${gateway.url}/api/order-service`;
      await waitFor('the order service', async () => (await fetch(`${url}/health/live`)).ok);
      await expectPromptEnd(gateway.process, url);
      await service.process.stop();
    },
  );
});

onPrograms(['nginx'], 'the stream of orders behind nginx', () => {
  it('is forwarded event by event', async () => {
    const folder = tempDir('order-stream-');
    const system = await startSystem('monolith', { DATA_DIR: folder.path });
    const nginx = await startNginx([new URL(system.url).host]);
    const send = async <T>(path: string, body: object) =>
      (await call(nginx.url, `POST /api/${path}`, { body })).body as T;
    const reader = await SseReader.open(`${nginx.url}/api/order-service/orders/stream`);
    await reader.untilCount(1);
    const { id: userId } = await send<User>('user-service/users', { email: 'ann@example.com', name: 'Ann' });
    const { id: productId } = await send<Product>('product-service/products', {
      ...{ name: 'Lamp', category: 'lighting', price: 100, currency: 'EUR', stock: 1000 },
    });
    await send('order-service/orders', { userId, items: [{ productId, quantity: 1 }] });
    await reader.untilCount(3);
    expect(reader.names).toEqual(['reset', 'order.placed', 'order.confirmed']);
    reader.leave();
    await nginx.stop();
    await system.process.stop();
    folder.remove();
  });
});
