import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { onPrograms } from '#testing';
import { BROWSER, useBrowser } from './support/browser.js';
import { changingState, emptyState, troubledState } from './support/sample-state.js';
import { ScriptedGateway } from './support/scripted-gateway.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RUN = `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
  violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => id + ': ' + help + ' ' + html)))`;
const VIEWS = ['overview', 'services', 'topology', 'routes', 'explain', 'events', 'time'];
const SCHEMES = ['light', 'dark'] as const;
const PHONE = { width: 390, height: 844 };

/** With axe-core, which reports what keeps people with disabilities from using a page. */
onPrograms([BROWSER], 'the accessibility of the dashboard', () => {
  const open = useBrowser();
  const gateway = new ScriptedGateway(troubledState());
  let url = '';
  beforeAll(async () => {
    url = await gateway.start();
  });
  afterAll(() => gateway.stop());

  /** The check is a script that the page's policy refuses. */
  const openForCheck: typeof open = async (address, options) => {
    const opened = await open(address, { ...options, bypassCSP: true });
    await opened.page.getByRole('status').first().waitFor();
    await opened.page.evaluate(AXE);
    return opened;
  };

  const cases = VIEWS.flatMap((view) => SCHEMES.map((colorScheme) => ({ view, colorScheme })));
  it.each(cases)('has no violation: $view, $colorScheme', async ({ view, colorScheme }) => {
    const { page } = await openForCheck(url, { hash: `#/${view}`, colorScheme });
    await page.getByText('3 things need attention').waitFor();
    expect(await page.evaluate(RUN)).toEqual([]);
  });

  it.each(['overview', 'services'])('has no violation on a phone in Korean: %s', async (view) => {
    const { page } = await openForCheck(url, { hash: `#/${view}`, viewport: PHONE, locale: 'ko-KR' });
    await page.getByText('확인이 필요한 항목 3건').waitFor();
    expect(await page.evaluate(RUN)).toEqual([]);
  });

  it('has no violation in a dialog', async () => {
    const { page } = await openForCheck(url, { hash: '#/services' });
    await page.getByRole('button', { name: 'Actions for order-service-2' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await page.evaluate(RUN)).toEqual([]);
  });

  it.each(['services', 'routes'])('has no violation while a system changes: %s', async (view) => {
    gateway.show(changingState());
    const { page } = await openForCheck(url, { hash: `#/${view}` });
    await page.getByText(view === 'routes' ? 'null instead of text' : 'Accept 1.4.0').waitFor();
    expect(await page.evaluate(RUN)).toEqual([]);
  });

  it('has no violation while nothing is registered', async () => {
    gateway.show(emptyState());
    const { page } = await openForCheck(url);
    await page.getByText('Nothing is registered yet').waitFor();
    expect(await page.evaluate(RUN)).toEqual([]);
  });
});
