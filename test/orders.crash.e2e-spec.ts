import type { Page } from '#service-kit';
import type { Order } from '#shop-contracts';
import { launchNode, onBothStores, waitFor, type LaunchedProcess } from '#testing';
import { NeighbourStub } from './support/neighbour-stub.js';

const KEY = { 'idempotency-key': 'the-only-order', 'content-type': 'application/json' };
const BODY = JSON.stringify({ userId: 'u', items: [{ productId: 'p', quantity: 2 }] });

interface Started {
  readonly process: LaunchedProcess;
  readonly url: string;
}

onBothStores('an order service that is killed', (store) => {
  let neighbours: NeighbourStub;
  let start: () => Promise<Started>;

  beforeEach(async () => {
    neighbours = await NeighbourStub.start();
    const { databaseUrl, dataDir } = await store.createStorage();
    const env = {
      REGISTRY_URL: neighbours.url,
      ORDER_SERVICE_PORT: '0',
      DATA_DIR: dataDir,
      DATABASE_URL: databaseUrl ?? '',
    };
    start = async () => {
      const launched = launchNode('dist/apps/order-service/src/main.js', [], env);
      const [, url] = await launched.waitForOutput(/"app":"order-service","url":"([^"]+)"/);
      return { process: launched, url: url! };
    };
  });

  afterEach(() => neighbours.stop());

  const post = (url: string) => fetch(`${url}/orders`, { method: 'POST', headers: KEY, body: BODY });
  const list = async (url: string) => ((await (await fetch(`${url}/orders`)).json()) as Page<Order>).items;

  it('between reserving stock and confirming completes the order once after its restart', async () => {
    const first = await start();
    neighbours.withholdsResponses = true;
    const unanswered = post(first.url).catch(() => 'the connection broke');
    await waitFor('the reservation', () => neighbours.reservations.size === 1);
    first.process.signal('SIGKILL');
    await first.process.exited;
    expect(await unanswered).toBe('the connection broke');

    neighbours.withholdsResponses = false;
    const second = await start();
    await waitFor(
      'the order to be confirmed',
      async () => (await list(second.url))[0]?.status === 'confirmed',
      20_000,
    );
    expect(await list(second.url)).toMatchObject([{ total: 500, currency: 'EUR' }]);
    expect(neighbours.reservations.size).toBe(1);
    expect(neighbours.commands).toBe(2);

    // The client, which got no response, tries again and receives the existing order.
    const again = await post(second.url);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(await again.json()).toEqual((await list(second.url))[0]);
    expect(await second.process.stop()).toEqual({ code: 0, signal: null });
  });

  it('while it copies products continues with the same page after its restart', async () => {
    neighbours.productIds = Array.from({ length: 500 }, (_, n) => (n === 499 ? 'p' : `p${n}`));
    neighbours.withheldPage = '200';
    const first = await start();
    await waitFor('the second page', () => neighbours.pages.includes('200'));
    first.process.signal('SIGKILL');
    await first.process.exited;

    neighbours.withheldPage = undefined;
    const before = neighbours.pages.length;
    const second = await start();
    await waitFor('the last page', () => neighbours.pages.includes('400'), 20_000);
    expect(neighbours.pages.slice(before)).toEqual(['200', '400']);

    neighbours.withholdsResponses = true;
    const accepted = await post(second.url);
    expect(accepted.status).toBe(202);
    expect(await accepted.json()).toMatchObject({ items: [{ productId: 'p', name: 'name of p' }] });
    expect(await second.process.stop()).toEqual({ code: 0, signal: null });
  });
});
