import { call, launchNode, startSystem, tempDir, type RunningSystem } from '#testing';

interface List {
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly count: number;
}

describe('npm run seed with numbers of rows', () => {
  const data = tempDir();
  let system: RunningSystem;
  const seed = (...args: string[]) => launchNode('scripts/seed.mjs', args, { DATA_DIR: data.path });
  const get = async (path: string) => (await call(system.url, `GET /api/${path}`)).body as List;

  beforeAll(async () => {
    system = await startSystem('monolith', { DATA_DIR: data.path });
  });
  afterAll(async () => {
    await system.process.stop();
    data.remove();
  });

  it('writes them to the stores of a running system, and reports progress', async () => {
    const run = seed('--users', '30', '--products', '20', '--orders', '1200');
    expect(await run.exited).toEqual({ code: 0, signal: null });
    for (const line of [/users: 30 of 30/, /products: 20 of 20/, /orders: 1,200 of 1,200 \(/])
      expect(run.stdout).toMatch(line);
    expect((await get('user-service/users?count=exact')).count).toBe(30);
    expect((await get('product-service/products?count=exact&limit=1&sort=-price')).count).toBe(20);
    const { items, count } = await get('order-service/orders?count=exact&limit=1&sort=-createdAt');
    expect(count).toBe(1200);
    const [line] = items[0]!.items as { productId: string }[];
    const ofProduct = await get(`order-service/orders?productId=${line!.productId}&count=exact`);
    expect(ofProduct.count).toBeGreaterThan(1);
  });

  it('writes orders of the users and products that the stores have', async () => {
    const before = (await get('order-service/orders?count=exact&limit=1')).count;
    expect((await seed('--users', '1', '--products', '1').exited).code).toBe(0);
    expect((await seed('--orders', '7').exited).code).toBe(0);
    expect((await get('order-service/orders?count=exact&limit=1')).count).toBe(before + 7);
  });

  it.each([
    ['products', ['--users', '5', '--products', '0', '--orders', '5']],
    ['users', ['--products', '5', '--orders', '5']],
  ])('writes nothing if orders have no %s', async (missing, args) => {
    const empty = tempDir();
    const run = launchNode('scripts/seed.mjs', args, { DATA_DIR: empty.path });
    expect((await run.exited).code).toBe(1);
    expect(run.stderr).toContain(`orders need ${missing}`);
    expect(run.stdout).toBe('');
    empty.remove();
  });

  it.each([['--users', 'many'], ['--shops', '3'], ['--orders']])('refuses %s %s', async (...args) => {
    expect((await seed(...args).exited).code).toBeGreaterThan(0);
  });
});
