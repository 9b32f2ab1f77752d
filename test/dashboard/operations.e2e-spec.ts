import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onPrograms, startApp, tempDir, waitFor, type AppProcess } from '#testing';
import { BROWSER, useBrowser } from './support/browser.js';

const SHOWN_WITHIN_MS = 2000;

const folder = tempDir('dashboard-');
afterAll(() => folder.remove());

/** An instance that responds 200 to every request. */
async function startInstance(): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer((_, response) => response.end('{}'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

onPrograms([BROWSER], 'a gateway that is operated from its dashboard', () => {
  const open = useBrowser();
  let gateway: AppProcess;
  const servers: Server[] = [];
  beforeAll(async () => {
    gateway = await startApp('gateway', { GATEWAY_PORT: '0', DATA_DIR: folder.path });
  });
  afterAll(() => {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
  });

  const register = async (id: string): Promise<Server> => {
    const { server, url } = await startInstance();
    servers.push(server);
    const response = await fetch(new URL('/discovery/register', gateway.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id, name: 'files', url, ttlSeconds: 300 }),
    });
    expect(response.status).toBe(201);
    return server;
  };

  it('says what to do next on the first visit, and shows the first service at once', async () => {
    const { page, complaints } = await open(gateway.url);
    await page.getByRole('heading', { name: 'Nothing is registered yet' }).waitFor();
    await register('files-1');
    await page.getByText('Everything is working').waitFor();
    await page.getByRole('link', { name: 'files' }).click();
    await page.getByRole('rowheader', { name: 'files-1' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('shows within two seconds that an instance died, and why', async () => {
    const server = await register('files-2');
    const { page } = await open(gateway.url, { hash: '#/services' });
    const row = page.getByRole('row').filter({ hasText: 'files-2' });
    await row.getByText('Up', { exact: true }).waitFor();
    // An instance that was never reached may still be starting: it is given ten seconds.
    await once(server, 'connection');
    server.close();
    server.closeAllConnections();
    const died = performance.now();
    await row.getByText('Down', { exact: true }).waitFor();
    expect(performance.now() - died).toBeLessThan(SHOWN_WITHIN_MS);
    await row.getByText('connection refused').waitFor();
    await page.getByText('1 thing needs attention').waitFor();
  });

  it('drains, weighs and removes an instance', async () => {
    await register('files-3');
    const { page } = await open(gateway.url, { hash: '#/services' });
    const row = page.getByRole('row').filter({ hasText: 'files-3' });
    const instance = async (): Promise<{ readonly status?: string; readonly weight?: number }> =>
      (await fetch(new URL('/discovery/services/files-3', gateway.url))).json() as object;
    await page.getByRole('button', { name: 'Actions for files-3' }).click();
    await page.getByRole('button', { name: 'Drain', exact: true }).click();
    await page.getByRole('button', { name: 'Drain it now' }).click();
    await page.getByText('Drained: it receives no new requests.').waitFor();
    await row.getByText('Draining', { exact: true }).waitFor();
    expect(await instance()).toMatchObject({ status: 'draining' });

    await page.getByRole('button', { name: 'Resume', exact: true }).click();
    await page.getByRole('button', { name: 'Resume it now' }).click();
    await row.getByText('Up', { exact: true }).waitFor();

    await page.getByLabel('Weight').fill('7');
    await page.getByRole('button', { name: 'Set weight' }).click();
    await page.getByRole('button', { name: 'Set weight' }).click();
    await page.getByText('The weight is changed.').waitFor();
    expect(await instance()).toMatchObject({ weight: 7 });

    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByRole('button', { name: 'Remove it now' }).click();
    await page.getByText('This instance is no longer registered.').waitFor();
    await waitFor('the instance to be removed', async () => (await instance()).weight === undefined);
  });
});
