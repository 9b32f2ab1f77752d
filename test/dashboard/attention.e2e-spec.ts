import type { AttentionItem, DashboardState } from '#contracts';
import { onPrograms } from '#testing';
import { BROWSER, useBrowser } from './support/browser.js';
import { healthyState, SAMPLE_TIME, sampleInstance, troubledState } from './support/sample-state.js';
import { ScriptedGateway } from './support/scripted-gateway.js';

const before = (seconds: number): string => new Date(SAMPLE_TIME - seconds * 1000).toISOString();

/** The item about a failing instance. */
const FAILING = 'instance-failing order-service-2';

/** The troubled state, in which every item ended this many seconds ago. */
function endedState(seconds: number): DashboardState {
  const state = troubledState();
  const items = Object.entries(state.attention).map(
    ([key, item]) => [key, { endedAt: before(seconds), ...item }] as const,
  );
  return { ...state, attention: Object.fromEntries(items) };
}

function withItem(state: DashboardState, item: AttentionItem): DashboardState {
  return { ...state, attention: { ...state.attention, [`${item.kind} ${item.subject}`]: item } };
}

onPrograms([BROWSER], 'what the dashboard says about problems', () => {
  const open = useBrowser();
  const gateway = new ScriptedGateway(healthyState());
  let url = '';
  beforeAll(async () => {
    url = await gateway.start();
  });
  afterAll(() => gateway.stop());

  it('says that a problem is over while its item stays, and lists those that last first', async () => {
    gateway.show(endedState(12));
    const { page } = await open(url);
    await page.getByText('Working again; 3 things were wrong:').waitFor();
    await page.getByText('ended 12\u00a0s\u00a0ago').first().waitFor();
    gateway.patch({ attention: { 'instance-slow product-service-3': { endedAt: null } } });
    await page.getByText('1 thing needs attention:').waitFor();
    expect(await page.title()).toBe('(1) Overview · msa-gateway');
    const first = page.getByRole('main').getByRole('heading', { level: 3 }).first();
    expect(await first.innerText()).toBe('product-service-3 is slower than its peers');
    await first.getByRole('link').click();
    const row = page.getByRole('row').filter({ hasText: 'product-service-3' });
    await row.getByText('Up · slow', { exact: true }).waitFor();
  });

  it('says of an instance until when it failed', async () => {
    gateway.show(endedState(12));
    const { page } = await open(url, { hash: '#/services' });
    await page.getByText('Up · failing until 12\u00a0s\u00a0ago').waitFor();
    await page.getByRole('button', { name: '한국어' }).click();
    await page.getByText('가동 중 · 12초\u00a0전까지 오류 발생').waitFor();
  });

  it('names the few instances at which a service fails, with the step for them', async () => {
    const values = { errors: 20, requests: 98, errorRate: 0.204, status: 500, at: 'order-service-2' };
    gateway.show(
      withItem(troubledState(), {
        ...{ kind: 'service-failing', subject: 'order-service', service: 'order-service' },
        ...{ condition: 'warning', since: before(5), reason: '', values },
      }),
    );
    const { page } = await open(url);
    await page
      .getByText('20 of 98 requests failed (20.4%), most of them with 500; at order-service-2')
      .waitFor();
    await page.getByText('Drain these instances if others can take over').waitFor();
    await page.getByRole('button', { name: '한국어' }).click();
    await page.getByText('대부분 500, 해당 인스턴스: order-service-2').waitFor();
  });

  it('leads from an item to what changed before it began', async () => {
    gateway.show(troubledState());
    const { page } = await open(url);
    await page.getByRole('link', { name: 'What changed before' }).first().click();
    await page.getByRole('heading', { name: 'Changes before this time' }).waitFor();
    const { since } = troubledState().attention[FAILING]!;
    expect(page.url()).toContain(`#/time?t=${encodeURIComponent(since)}`);
  });

  it('counts the requests that policies refused, and leads to who was refused and why', async () => {
    const route = (refusedPerMinute: Readonly<Record<string, number>>) => ({
      ...{ service: 'order-service', route: null, cacheHitRate: null, refusedPerMinute },
    });
    gateway.show({
      ...healthyState(),
      policy: { revision: 'a1b2c3', loadedAt: before(600), failedAt: null },
      routes: {
        'order-service ': route({ 'auth: no credentials': 30, 'authorization: forbidden': 20 }),
        'user-service ': route({ 'per-address: quota-exceeded': 28 }),
      },
    });
    const { page } = await open(url);
    await page.locator('.figure').filter({ hasText: 'Refused' }).getByText('78').waitFor();
    await page.getByRole('link', { name: 'Refused' }).click();
    await page.getByRole('table', { name: 'Latest refusals' }).getByText('no credentials').first().waitFor();
  });

  it('tells who calls a service', async () => {
    gateway.show(healthyState());
    const { page } = await open(url, { hash: '#/services' });
    const section = page.getByRole('region', { name: 'order-service' });
    await section.getByText('acme').waitFor();
    await section.getByText('consumer, 75%').waitFor();
    await section.getByText('curl').waitFor();
    const called = page.getByRole('region', { name: 'product-service' });
    await called.getByText('Called by services').waitFor();
    await called.locator('.callers').getByText('order-service').waitFor();
  });

  it('shows the version of each instance, also where the window is narrow', async () => {
    gateway.show(troubledState());
    const { page } = await open(url, { hash: '#/services', viewport: { width: 1280, height: 800 } });
    const row = page.getByRole('row').filter({ hasText: 'order-service-2' });
    await row.getByText('1.4.0').waitFor();
  });

  it('measures the lease, which responses renew, and not the age of the heartbeat', async () => {
    const state = healthyState(1);
    const renewed = { lastHeartbeatAt: before(60), expiresAt: before(-14), ttlSeconds: 15 };
    gateway.show({
      ...state,
      instances: { ...state.instances, 'user-service-1': sampleInstance('user-service', renewed) },
    });
    const { page } = await open(url, { hash: '#/services' });
    const cell = page.getByRole('cell').filter({ hasText: '1\u00a0min\u00a0ago' });
    await cell.waitFor();
    expect(await cell.locator('.is-critical, .is-warning').count()).toBe(0);
  });

  it('draws the rates of the topology above all lines', async () => {
    gateway.show(healthyState());
    const { page } = await open(url, { hash: '#/topology' });
    await page.locator('.edge text').first().waitFor({ state: 'attached' });
    const order = await page.evaluate<string>(
      `[...document.querySelectorAll('.edge > *')].map(({ tagName }) => tagName[0]).join('')`,
    );
    expect(order).toMatch(/^p+t+$/);
  });
});
