import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  call,
  LaunchedProcess,
  listeningUrlOf,
  onPrograms,
  plainEnvironment,
  tempDir,
  waitFor,
} from '#testing';
import { PLANES } from '../conformance/support/kinds.js';
import { RawClient } from '../conformance/support/raw-client.js';

/** Enough to start with; Node loads many files concurrently. */
const AT_START = 512;
/** A gateway without connections has some twenty open descriptors. */
const LATER = 100;
/** More than the gateway can accept. */
const CLIENTS = 150;

describe.each(PLANES)('a gateway that runs out of descriptors (%s)', (plane) => {
  onPrograms(['prlimit'], plane, () => {
    const directory = tempDir();
    const responses: ServerResponse[] = [];
    let instance: Server;
    let gateway: LaunchedProcess;
    let url: string;

    beforeAll(async () => {
      instance = createServer(({ url: target }, response) => {
        if (target === '/wait') responses.push(response);
        else response.end('ok');
      }).listen(0, '127.0.0.1');
      await once(instance, 'listening');
      const env = {
        GATEWAY_PORT: '0',
        GATEWAY_HOST: '127.0.0.1',
        DATA_PLANE: plane,
        DATA_DIR: directory.path,
      };
      const program = `ulimit -n ${AT_START}; exec "${process.execPath}" dist/apps/gateway/src/main.js`;
      gateway = new LaunchedProcess('sh', ['-c', program], plainEnvironment(env));
      await gateway.waitForOutput(/gateway listens on/);
      url = listeningUrlOf('gateway', gateway.stdout);
      const body = {
        name: 'a',
        id: 'a',
        url: `http://127.0.0.1:${(instance.address() as AddressInfo).port}`,
      };
      await call(url, 'POST /discovery/register', { body: { ...body, ttlSeconds: 300 } });
    });
    afterAll(async () => {
      await gateway.stop();
      instance.closeAllConnections();
      instance.close();
      directory.remove();
    });

    const warnings = (text: string): Record<string, unknown>[] =>
      gateway.stdout
        .split('\n')
        .filter((line) => line.includes(text))
        .map((line) => JSON.parse(line) as Record<string, unknown>);

    it('warns at start that its limit is low', async () => {
      await waitFor('the warning', () => warnings('descriptor limit').length > 0);
      expect(warnings('descriptor limit')).toMatchObject([{ level: 'warn', limit: AT_START }]);
      expect(gateway.stdout).toContain('ulimit -n');
    });

    it('responds 503 overloaded, marks no instance as failed, and recovers when descriptors are available', async () => {
      expect((await call(url, 'GET /api/a/x')).status).toBe(200);
      execFileSync('prlimit', ['--pid', String(gateway.pid), `--nofile=${LATER}`]);
      const port = Number(new URL(url).port);
      const clients = await Promise.all(Array.from({ length: CLIENTS }, () => RawClient.open(port)));
      // Connections to the instance would otherwise take descriptors that clients need to be refused.
      const descriptors = (): number => readdirSync(`/proc/${gateway.pid}/fd`).length;
      await waitFor('the gateway to have no descriptor left', () => descriptors() >= LATER - 1);
      for (const client of clients) client.send('GET /api/a/wait HTTP/1.1\r\nHost: a\r\n\r\n');
      const refused = (): RawClient[] => clients.filter(({ received }) => received !== '');
      await waitFor('responses', () => refused().length > LATER / 2);
      for (const { received } of refused())
        expect(received).toMatch(/^HTTP\/1\.1 503 [^]*\r\nretry-after: 1\r\n[^]*problem:overloaded/i);
      expect(warnings('No resources for upstream connections; requests are refused with 503')).toMatchObject([
        { level: 'warn', count: 1 },
      ]);

      for (const client of clients) client.close();
      for (const response of responses) response.end();
      const { body } = await waitFor('the gateway to accept connections', () =>
        call(url, 'GET /discovery/services/a'),
      );
      expect(body).toMatchObject({ status: 'up', statusReason: 'registered' });
      expect((await call(url, 'GET /api/a/x')).status).toBe(200);
      expect((await call(url, 'GET /metrics')).body).not.toContain('exhausted');
      expect(gateway.hasEnded).toBe(false);
    });
  });
});
