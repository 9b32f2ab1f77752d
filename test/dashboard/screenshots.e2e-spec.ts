import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onPrograms, ROOT, startSystem, tempDir, waitFor } from '#testing';
import { BROWSER, useBrowser } from './support/browser.js';

/** `WRITE_SCREENSHOTS=1` takes the pictures of the documentation anew. */
const IS_WRITING = process.env.WRITE_SCREENSHOTS !== undefined;
const WINDOW = { width: 1280, height: 800 };
const IMAGES = join(ROOT, 'docs/images');

const KEYS = 'partner-keys.yaml';
const POLICIES = `
version: 1
authentication: { apiKey: { partners: { keysFile: ${KEYS} } } }
routes:
  - { name: place-orders, match: { service: order-service, methods: [POST] }, auth: { anyOf: [partners] } }
`;

const HASHES = {
  overview: '#/overview',
  services: '#/services',
  topology: '#/topology',
  routes: '#/routes',
  explain: '#/explain?method=GET&path=%2Fapi%2Forder-service%2Forders',
  events: '#/events',
  time: '#/time',
} as const;

const PICTURES = [
  ...Object.keys(HASHES).map((view) => ({ view, name: `dashboard-${view}`, options: {} })),
  { view: 'overview', name: 'dashboard-dark', options: { colorScheme: 'dark' } },
  { view: 'overview', name: 'dashboard-korean', options: { locale: 'ko-KR' } },
  { view: 'services', name: 'dashboard-phone', options: { viewport: { width: 390, height: 844 } } },
] as const;

onPrograms([BROWSER], 'the pictures of the dashboard in the documentation', () => {
  const open = useBrowser();
  const folder = tempDir('screenshots-');
  afterAll(() => folder.remove());

  it('exist for every view', async () => {
    if (IS_WRITING) await writePictures(open, folder.path);
    expect(PICTURES.filter(({ name }) => !existsSync(join(IMAGES, `${name}.png`)))).toEqual([]);
  }, 300_000);
});

/** Takes the pictures from the shop under a light load, with one request in twenty that is refused. */
async function writePictures(open: ReturnType<typeof useBrowser>, dataDir: string): Promise<void> {
  const policies = join(dataDir, 'gateway.yaml');
  writeFileSync(policies, POLICIES);
  // The pictures show no path of the machine that takes them.
  copyFileSync(join(ROOT, 'docs/guide/policies', KEYS), join(dataDir, KEYS));
  const { url } = await startSystem('monolith', { DATA_DIR: dataDir, GATEWAY_CONFIG: policies });
  const stop = loadShop(url);
  try {
    const { page } = await open(url);
    const requests = page.locator('.figure dd').first();
    await waitFor(
      'half a minute of traffic',
      async () => {
        const seconds = await page.evaluate<number>('performance.now() / 1000');
        return seconds > 30 && (await requests.innerText()) !== '0 /s';
      },
      60_000,
    );
    for (const { view, name, options } of PICTURES) {
      const opened = await open(url, {
        hash: HASHES[view as keyof typeof HASHES],
        viewport: WINDOW,
        ...options,
      });
      await opened.page.getByRole('main').locator('.panel').first().waitFor();
      // Each view has its data and has drawn it.
      await opened.page.waitForTimeout(2000);
      await opened.page.screenshot({ path: join(IMAGES, `${name}.png`) });
    }
  } finally {
    stop();
  }
}

/** @returns ends the load */
function loadShop(url: string): () => void {
  let count = 0;
  const paths = ['/api/user-service/users', '/api/product-service/products', '/api/order-service/orders'];
  const timer = setInterval(() => {
    count += 1;
    const isRefused = count % 20 === 0;
    const path = isRefused ? '/api/order-service/orders' : paths[count % paths.length]!;
    void fetch(new URL(path, url), { method: isRefused ? 'POST' : 'GET' }).then(
      (response) => response.arrayBuffer(),
      () => undefined,
    );
  }, 25);
  return () => clearInterval(timer);
}
