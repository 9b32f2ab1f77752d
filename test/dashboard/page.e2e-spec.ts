import type { Page } from 'playwright-core';
import { onPrograms, waitFor } from '#testing';
import { BROWSER, useBrowser } from './support/browser.js';
import {
  changingState,
  emptyState,
  healthyState,
  sampleInstance,
  troubledState,
} from './support/sample-state.js';
import { ScriptedGateway } from './support/scripted-gateway.js';

/** Wide enough for every column. */
const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const verdict = (page: Page): Promise<string> => page.getByRole('status').first().innerText();
const evaluate = <T>(page: Page, expression: string): Promise<T> => page.evaluate<T>(expression);

/** Presses Tab until the element with this accessible name has the focus. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab');
    const focused = await evaluate<string>(
      page,
      `document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent`,
    );
    if (name.test(focused)) return;
  }
  throw new Error(`Tab does not reach ${String(name)}`);
}

onPrograms([BROWSER], 'the page of the dashboard', () => {
  const open = useBrowser();
  const gateway = new ScriptedGateway(healthyState());
  let url = '';
  beforeAll(async () => {
    url = await gateway.start();
  });
  afterAll(() => gateway.stop());
  beforeEach(() => gateway.show(healthyState()));

  it('says in one line that everything works, and what does not', async () => {
    const { page, complaints } = await open(url);
    await page.getByText('Everything is working').waitFor();
    gateway.show(troubledState());
    await page.getByText('3 things need attention:').waitFor();
    expect(await verdict(page)).toContain('order-service-2 fails requests');
    expect(await page.title()).toBe('(3) Overview · msa-gateway');
    await page.getByText('358 of 412 requests failed (86.9%), most of them with 500').waitFor();
    await page.getByText('Drain it so that the other instances take over, then read its log.').waitFor();
    expect(complaints).toEqual([]);
  });

  it('says what to do next while nothing is registered', async () => {
    gateway.show(emptyState());
    const { page } = await open(url);
    await page.getByRole('heading', { name: 'Nothing is registered yet' }).waitFor();
    expect(await page.locator('pre').first().innerText()).toContain(`curl ${url}discovery/register`);
    await page.getByText('npm run seed').waitFor();
    expect(
      await page.getByRole('link', { name: 'API documentation of this gateway' }).getAttribute('href'),
    ).toBe('/docs');
  });

  it('lists the instance with the most serious condition first, with its reason', async () => {
    gateway.show(troubledState());
    const { page } = await open(url, { hash: '#/services' });
    const table = page.getByRole('table', { name: 'Instances of order-service' });
    const first = table.getByRole('row').nth(1);
    await first.waitFor();
    expect(await first.innerText()).toMatch(/order-service-2[^]*Up · failing[^]*358 of 412 requests failed/);
  });

  it('shows an instance without a health check that a patch adds', async () => {
    const { page, complaints } = await open(url, { hash: '#/services', viewport: DESKTOP });
    await page.getByRole('heading', { name: 'user-service' }).waitFor();
    gateway.patch({ instances: { 'user-service-9': sampleInstance('user-service', { lastProbe: null }) } });
    await page.getByRole('row').filter({ hasText: 'user-service-9' }).getByText('none yet').waitFor();
    expect(complaints).toEqual([]);
  });

  it('filters instances, and keeps the filter in the address', async () => {
    const { page } = await open(url, { hash: '#/services' });
    await page.getByRole('heading', { name: 'user-service' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('order-service-1');
    await page.getByRole('heading', { name: 'user-service' }).waitFor({ state: 'detached' });
    const table = page.getByRole('table', { name: 'Instances of order-service' });
    expect(await table.getByRole('row').count()).toBe(2);
    expect(page.url()).toContain('#/services?filter=order-service-1');
  });

  it('speaks Korean to a browser that does, and English on request', async () => {
    gateway.show(troubledState());
    const { page } = await open(url, { locale: 'ko-KR' });
    await page.getByText('확인이 필요한 항목 3건').waitFor();
    await page.getByText('요청 412건 중 358건 실패(86.9%), 대부분 500').waitFor();
    expect(await evaluate(page, 'document.documentElement.lang')).toBe('ko');
    await page.getByRole('link', { name: '서비스', exact: true }).click();
    await page.getByText('하트비트').first().waitFor();
    await page.getByText('3초 전').first().waitFor();
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByText('3 s ago').first().waitFor();
    await page.reload();
    await page.getByText('3 things need attention').waitFor();
  });

  it('is dark where the system is, and by its own switch', async () => {
    const { page } = await open(url, { colorScheme: 'dark' });
    const background = (): Promise<string> =>
      evaluate(page, 'getComputedStyle(document.body).backgroundColor');
    expect(await background()).toBe('rgb(14, 18, 23)');
    await page.getByRole('button', { name: 'Use the light theme' }).click();
    expect(await background()).toBe('rgb(245, 246, 248)');
    await page.reload();
    await page.getByRole('button', { name: 'Use the dark theme' }).waitFor();
    expect(await background()).toBe('rgb(245, 246, 248)');
  });

  it.each(['overview', 'services'])('fits a phone: %s', async (view) => {
    gateway.show(troubledState());
    const { page } = await open(url, { viewport: PHONE, hash: `#/${view}` });
    await page.getByText('order-service-2').first().waitFor();
    expect(await evaluate(page, 'document.documentElement.scrollWidth')).toBe(PHONE.width);
  });

  it('says that the connection is lost, and follows the gateway again once it is back', async () => {
    const other = new ScriptedGateway(healthyState());
    const otherUrl = await other.start();
    const { page } = await open(otherUrl);
    await page.getByText('Everything is working').waitFor();
    await other.stop();
    await page.getByText('Connection to the gateway lost').waitFor();
    const again = new ScriptedGateway(troubledState());
    await again.start(Number(new URL(otherUrl).port));
    await page.getByText('3 things need attention').waitFor();
    await again.stop();
  });

  it('connects again after the gateway refused its stream', async () => {
    const { page } = await open(url);
    await page.getByText('Everything is working').waitFor();
    gateway.refuseStreams(true);
    await page.getByText('Connection to the gateway lost').waitFor();
    const streams = (): number => gateway.requests.filter((path) => path === '/dashboard/stream').length;
    const refused = streams() + 1;
    await waitFor('the stream to be refused', () => streams() > refused);
    gateway.refuseStreams(false);
    await page.getByText('Everything is working').waitFor();
  });

  it('drains by keyboard alone, and asks for the token', async () => {
    const { page } = await open(url, { hash: '#/services' });
    await page.getByText('order-service-1').waitFor();
    await tabTo(page, /^Skip to content$/);
    await page.keyboard.press('Enter');
    await tabTo(page, /^Actions for order-service-1$/);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'order-service-1' }).waitFor();
    await tabTo(page, /^Drain$/);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Drain order-service-1?' }).waitFor();
    await tabTo(page, /^Drain it now$/);
    await page.keyboard.press('Enter');
    await page.getByLabel('Token of the registry').fill('secret');
    await page.keyboard.press('Enter');
    await page.getByText('Drained: it receives no new requests.').waitFor();
    expect(gateway.writes).toEqual(['POST /discovery/services/order-service-1/drain']);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await evaluate(page, `document.activeElement.getAttribute('aria-label')`)).toBe(
      'Actions for order-service-1',
    );
  });

  it('warns before the last instance in rotation is removed', async () => {
    gateway.show(healthyState(1));
    const { page } = await open(url, { hash: '#/services' });
    await page.getByRole('button', { name: 'Actions for user-service-1' }).click();
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('It is the only instance in rotation: requests to user-service will fail').waitFor();
  });

  it('changes a weight', async () => {
    const { page } = await open(url, { hash: '#/services' });
    await page.getByRole('button', { name: 'Actions for user-service-1' }).click();
    await page.getByLabel('Weight').fill('20');
    await page.getByRole('button', { name: 'Set weight' }).click();
    await page.getByText('100 → 20').waitFor();
    await page.getByRole('button', { name: 'Set weight' }).click();
    await page.getByLabel('Token of the registry').fill('secret');
    await page.getByRole('button', { name: 'Use the token' }).click();
    await page.getByText('The weight is changed.').waitFor();
    expect(gateway.writes.at(-1)).toBe('PUT /discovery/services/user-service-1/weight {"weight":20}');
  });

  it('shows an injected fault where it is, and ends it', async () => {
    gateway.show(changingState());
    const { page, complaints } = await open(url);
    await page.getByText('A drill: its responses are late, until').waitFor();
    await page.getByRole('link', { name: 'A fault is injected into product-service-1' }).click();
    await page.getByText('Up · fault injected').waitFor();
    await page.getByRole('button', { name: 'Actions for product-service-1' }).click();
    await page.getByRole('button', { name: 'End the fault' }).click();
    await page.getByRole('button', { name: 'End it now' }).click();
    await page.getByLabel('Token of the registry').fill('secret');
    await page.keyboard.press('Enter');
    await page.getByText('The fault has ended.').waitFor();
    expect(gateway.writes.at(-1)).toBe('DELETE /discovery/services/product-service-1/fault');
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
  });

  it('shows what a version breaks and whether clients call it, and accepts it', async () => {
    gateway.show(changingState());
    const { page } = await open(url, { hash: '#/services', viewport: DESKTOP });
    const changes = page.getByRole('table', { name: 'What version 1.4.0 breaks' });
    await changes
      .getByRole('row')
      .filter({ hasText: 'GET /orders/{id}' })
      .getByText('yes, 4 s ago')
      .waitFor();
    const input = changes.getByRole('row').filter({ hasText: 'POST /orders' });
    await input.getByText('new required input').waitFor();
    await input.getByText('no call seen since').waitFor();
    await page.getByRole('button', { name: 'Accept 1.4.0' }).click();
    await page.getByRole('button', { name: 'Accept it now' }).click();
    await page.getByLabel('Token of the registry').fill('secret');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(gateway.writes.at(-1)).toBe('POST /discovery/contracts/order-service/accept {"version":"1.4.0"}');
  });

  it('leads from a mirror that differs to the places where it does', async () => {
    gateway.show(changingState());
    const { page } = await open(url);
    await page.getByText('12 of 240 compared responses differ').waitFor();
    await page.getByRole('link', { name: 'The mirror of user-service responds differently' }).click();
    const row = page.getByRole('table', { name: 'Mirrors' }).getByRole('row').nth(1);
    await row.getByText('null instead of text').waitFor();
    expect(await row.innerText()).toMatch(/user-service[^]*2\.0\.0[^]*12 of 240[^]*12 \$\.name/);
    expect(await row.innerText()).not.toContain('$.at');
  });

  it('requests nothing from elsewhere', async () => {
    const { page } = await open(url);
    const origins = new Set<string>();
    page.on('request', (request) => {
      if (!request.url().startsWith('data:')) origins.add(new URL(request.url()).origin);
    });
    await page.reload();
    await page.getByText('Everything is working').waitFor();
    expect([...origins]).toEqual([new URL(url).origin]);
  });

  it('shows one stream per tab', async () => {
    const { page } = await open(url);
    await page.getByText('Everything is working').waitFor();
    const readers = gateway.readerCount;
    await page.getByRole('link', { name: 'Services' }).click();
    await page.getByRole('heading', { name: 'user-service' }).waitFor();
    expect(gateway.readerCount).toBe(readers);
    await page.close();
    await waitFor('the stream of the closed tab to end', () => gateway.readerCount === readers - 1);
  });
});
