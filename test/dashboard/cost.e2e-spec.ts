import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { onPrograms, ROOT } from '#testing';
import { BROWSER, useBrowser } from './support/browser.js';
import { sampleEvent } from './support/sample-resources.js';
import { healthyState, SAMPLE_TIME } from './support/sample-state.js';
import { ScriptedGateway } from './support/scripted-gateway.js';

const PAGE = join(ROOT, 'dist/apps/gateway/page');
const LARGEST_PAGE_BYTES = 150_000;
const FIRST_VIEW_MS = 1000;
/** Work that tells how busy the machine is. */
const WORK_MS = 500;
const VIEWS = [
  'overview',
  'services',
  'topology',
  'routes',
  'explain?method=GET&path=%2Fapi%2Forder-service%2Forders',
  'events',
  'time',
];
const HOUR_SECONDS = 3600;
const SECONDS_PER_EVENT = 10;
/** An hour takes some seconds; a busy machine needs longer. */
const REPLAY_MS = 120_000;
/** What a heap may differ by from one measurement to the next without growing. */
const NOISE_BYTES = 1_000_000;

/** Bytes in use after a garbage collection. */
async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}

/** How many times as long as on an idle machine the page takes now: the wall time of work by its processor time. */
async function slowdownOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const usedSeconds = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'ThreadTime')!.value;
  };
  const before = await usedSeconds();
  await page.evaluate(`for (const end = performance.now() + ${WORK_MS}; performance.now() < end;);`);
  const slowdown = WORK_MS / 1000 / ((await usedSeconds()) - before);
  await session.detach();
  return Math.max(1, slowdown);
}

/** What the gateway sends in a second in which every figure changed. */
function patchOf(second: number, ids: readonly string[]): object {
  const at = new Date(SAMPLE_TIME + second * 1000).toISOString();
  const traffic = { requestsPerSecond: second % 97, p95Ms: 10 + (second % 13) };
  return {
    at,
    traffic,
    gateway: { loopLagMs: second % 7, memoryBytes: 112e6 + second },
    instances: Object.fromEntries(ids.map((id) => [id, { ...traffic, lastHeartbeatAt: at }])),
  };
}

onPrograms([BROWSER], 'the cost of the dashboard in a browser', () => {
  const open = useBrowser();
  const state = healthyState(3);
  const gateway = new ScriptedGateway(state);
  let url = '';
  beforeAll(async () => {
    url = await gateway.start();
  });
  afterAll(() => gateway.stop());

  it('is a page of at most 150 kB when compressed', () => {
    const assets = readdirSync(join(PAGE, 'assets')).map((name) => join(PAGE, 'assets', name));
    const sizes = [join(PAGE, 'index.html'), ...assets].map((path) => gzipSync(readFileSync(path)).length);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(LARGEST_PAGE_BYTES);
  });

  it('shows the verdict within a second, on a machine that has nothing else to do', async () => {
    const { page } = await open(url);
    await page.getByText('Everything is working').waitFor();
    const sinceNavigation = await page.evaluate<number>('performance.now()');
    expect(sinceNavigation / (await slowdownOf(page))).toBeLessThan(FIRST_VIEW_MS);
  });

  it.each(VIEWS)(
    'does not grow over an hour of patches and events: %s',
    async (view) => {
      const { page } = await open(url, { hash: `#/${view}` });
      await page.getByText('Everything is working').waitFor();
      const ids = Object.keys(state.instances);
      let second = 0;
      /** Sends patches and waits until the page shows the last one. */
      const replay = async (seconds: number): Promise<void> => {
        for (const last = second + seconds; second < last;) {
          gateway.patch(patchOf(++second, ids));
          if (second % SECONDS_PER_EVENT === 0) gateway.sendEvent(sampleEvent(second));
        }
        gateway.patch({ gateway: { version: `after-${second}` } });
        await page.getByText(`after-${second}`).waitFor({ timeout: REPLAY_MS });
      };
      await replay(HOUR_SECONDS / 2);
      const before = await heapOf(page);
      await replay(HOUR_SECONDS);
      expect((await heapOf(page)) - before).toBeLessThan(NOISE_BYTES);
    },
    3 * REPLAY_MS,
  );

  it('lists the first 50 of many instances, and shows their changes', async () => {
    gateway.show(healthyState(334));
    const { page } = await open(url, { hash: '#/services' });
    await page.getByText('334 of 334').first().waitFor();
    await page.getByRole('button', { name: 'order-service' }).click();
    await page.getByRole('button', { name: 'Show all 334' }).waitFor();
    const table = page.getByRole('table', { name: 'Instances of order-service' });
    expect(await table.getByRole('row').count()).toBe(51);
    gateway.patch({ instances: { 'order-service-1': { weight: 77 } } });
    await page.getByRole('cell', { name: '77', exact: true }).waitFor();
  });
});
