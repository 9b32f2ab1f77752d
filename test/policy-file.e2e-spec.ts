import { once } from 'node:events';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { call, launchNode, startApp, tempDir, waitFor, type AppProcess } from '#testing';
import { parsePolicyFile } from '../apps/gateway/src/policy/policy-file.js';
import { readText } from './support/documentation.js';

const folder = tempDir('policy-file-');
const env = { GATEWAY_PORT: '0', GATEWAY_HOST: '127.0.0.1', DATA_DIR: folder.path };
afterAll(() => folder.remove());

/** A file as an editor or a ConfigMap replaces it: readers see the old text or the new one. */
function replace(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

/** What specs read of `GET /policies`. */
interface Policies {
  readonly revision: string;
  readonly lastError: { readonly problems: readonly string[] } | null;
  readonly routes: readonly { readonly sources: Readonly<Record<string, string>> }[];
}

const policiesOf = async ({ url }: AppProcess): Promise<Policies> =>
  (await call(url, 'GET /policies')).body as Policies;

const withTimeout = (request: string): string =>
  `version: 1\nservices:\n  users:\n    timeouts: { request: ${request} }\n`;

describe('a gateway with a policy file, under traffic', () => {
  const path = join(folder.path, 'gateway.yaml');
  let instance: Server;
  let gateway: AppProcess;
  let isSending = true;
  let traffic: Promise<unknown>;
  let succeeded = 0;
  const failures: string[] = [];

  async function sendRequests(): Promise<void> {
    while (isSending) {
      const status = await call(gateway.url, 'GET /api/users/').then((response) => response.status, String);
      if (status === 200) succeeded += 1;
      else failures.push(String(status));
    }
  }

  beforeAll(async () => {
    instance = createServer((_request, response) => setTimeout(() => response.end('ok'), 5)).listen(
      0,
      '127.0.0.1',
    );
    await once(instance, 'listening');
    replace(path, withTimeout('11s'));
    gateway = await startApp('gateway', { ...env, GATEWAY_CONFIG: path });
    const url = `http://127.0.0.1:${(instance.address() as AddressInfo).port}`;
    const body = { name: 'users', url, ttlSeconds: 300, healthPath: '/' };
    await call(gateway.url, 'POST /discovery/register', { body });
    await waitFor('the instance', async () => (await call(gateway.url, 'GET /api/users/')).status === 200);
    traffic = Promise.all(Array.from({ length: 4 }, sendRequests));
  });

  afterAll(async () => {
    isSending = false;
    await traffic;
    await gateway.process.stop();
    instance.close();
  });

  const policies = () => policiesOf(gateway);
  /** The time-out of the route that serves requests. */
  async function requestTimeout(): Promise<number> {
    const { body } = await call(gateway.url, 'GET /discovery/explain?path=/api/users/');
    return (body as { route: { policy: { timeouts: { totalMs: number } } } }).route.policy.timeouts.totalMs;
  }
  const timeoutBecomes = (ms: number) =>
    waitFor(`the time-out ${ms} ms`, async () => (await requestTimeout()) === ms);

  /** No request fails while `change` takes effect and more requests follow. */
  async function withoutFailure(change: () => Promise<unknown>): Promise<void> {
    await change();
    const before = succeeded;
    await waitFor('more requests', () => succeeded > before + 20);
    expect(failures).toEqual([]);
  }

  it('serves by the policy of the file', async () => {
    expect(await requestTimeout()).toBe(11_000);
    expect((await policies()).routes[0]?.sources.timeouts).toBe('services');
  });

  it('reloads a file that was replaced', () =>
    withoutFailure(async () => {
      const { revision } = await policies();
      replace(path, withTimeout('12s'));
      await timeoutBecomes(12_000);
      expect((await policies()).revision).not.toBe(revision);
    }));

  it('reloads a file that was written in place', () =>
    withoutFailure(async () => {
      writeFileSync(path, withTimeout('13s'));
      await timeoutBecomes(13_000);
    }));

  it('reloads on SIGHUP', () =>
    withoutFailure(async () => {
      gateway.process.signal('SIGHUP');
      await gateway.process.waitForOutput(
        /"trigger":"SIGHUP".*"msg":"Policy file reloaded; it is unchanged"/,
      );
      replace(path, withTimeout('14s'));
      gateway.process.signal('SIGHUP');
      await gateway.process.waitForOutput(/"trigger":"SIGHUP".*"msg":"Policy file reloaded; it is changed"/);
      expect(await requestTimeout()).toBe(14_000);
    }));

  it('keeps the last valid policy when a file is invalid, and reports every problem', () =>
    withoutFailure(async () => {
      replace(path, 'version: 1\nservices:\n  users: { timeout: {}, aut: none }\n');
      await waitFor('the error', async () => (await policies()).lastError !== null);
      expect((await policies()).lastError?.problems).toEqual([
        `${path}:3:12 services.users has no member "timeout"; did you mean "timeouts"?`,
        `${path}:3:25 services.users has no member "aut"; did you mean "auth"?`,
      ]);
      expect(await requestTimeout()).toBe(14_000);
      expect(gateway.process.stdout).toMatch(
        /"level":"error".*no member \\"timeout\\".*no member \\"aut\\".*"Policy file invalid; the previous one stays in effect"/,
      );
      expect((await call(gateway.url, 'GET /metrics')).body).toContain(
        'gateway_config_last_reload_successful 0\n',
      );
      const health = await call(gateway.url, 'GET /health');
      expect([health.status, health.body.details['policy-file'].status]).toEqual([200, 'degraded']);
      expect(health.body.details['policy-file'].message).toContain('2 problems');
      await call(gateway.url, 'GET /health/ready').then(({ status }) => expect(status).toBe(200));
    }));

  it('recovers with the next valid file', async () => {
    replace(path, withTimeout('15s'));
    await timeoutBecomes(15_000);
    expect((await policies()).lastError).toBeNull();
    const body = (await call(gateway.url, 'GET /metrics')).body as string;
    expect(body).toContain('gateway_config_last_reload_successful 1\n');
    const [, seconds] = /^gateway_config_last_reload_success_timestamp_seconds (\S+)$/m.exec(body) ?? [];
    expect(Math.abs(Date.now() / 1000 - Number(seconds))).toBeLessThan(60);
    expect((await call(gateway.url, 'GET /health')).body.details['policy-file'].status).toBe('up');
  });
});

describe('a gateway with a policy file in a ConfigMap', () => {
  it('reloads it when the symbolic link of the directory is swapped', async () => {
    const mount = join(folder.path, 'mount');
    const publish = (revision: string, text: string): void => {
      mkdirSync(join(mount, revision), { recursive: true });
      writeFileSync(join(mount, revision, 'gateway.yaml'), text);
      symlinkSync(revision, join(mount, '..data_tmp'));
      renameSync(join(mount, '..data_tmp'), join(mount, '..data'));
    };
    publish('..1', withTimeout('1s'));
    symlinkSync('..data/gateway.yaml', join(mount, 'gateway.yaml'));
    const gateway = await startApp('gateway', { ...env, GATEWAY_CONFIG: join(mount, 'gateway.yaml') });
    const { revision } = await policiesOf(gateway);
    publish('..2', withTimeout('2s'));
    await waitFor('the new revision', async () => (await policiesOf(gateway)).revision !== revision);
    await gateway.process.stop();
  });
});

describe('a gateway', () => {
  it.each(['docs/guide/policy-file.md', 'docs/ko/guide/policy-file.md'])(
    'starts with the file of %s',
    async (page) => {
      const [, example = ''] = /```yaml\n(.*?)```/s.exec(readText(page)) ?? [];
      const path = join(folder.path, 'example.yaml');
      writeFileSync(path, example);
      const gateway = await startApp('gateway', { ...env, GATEWAY_CONFIG: path });
      expect((await call(gateway.url, 'GET /policies')).body).toMatchObject({
        source: path,
        lastError: null,
      });
      await gateway.process.stop();
    },
  );

  it.each(['docs/guide/policy-file.md', 'docs/ko/guide/policy-file.md'])(
    'accepts every file of %s',
    (page) => {
      const files = [...readText(page).matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text);
      expect(files.length).toBeGreaterThan(2);
      for (const text of files) expect(parsePolicyFile(text)).toHaveProperty('file');
    },
  );

  it.each([
    ['is invalid', 'version: 2\nroute: []\ndefaults: { retry: { on: [] } }\n', [':1:10 ', ':2:1 ', ':3:22 ']],
    ['does not exist', undefined, [':1:1 the file cannot be read (ENOENT)']],
  ])('does not start when the policy file %s, and names every problem', async (_what, text, named) => {
    const path = join(folder.path, `bad-${String(text?.length)}.yaml`);
    if (text !== undefined) writeFileSync(path, text);
    const launched = launchNode('dist/apps/gateway/src/main.js', [], { ...env, GATEWAY_CONFIG: path });
    expect(await launched.exited).toEqual({ code: 1, signal: null });
    expect(launched.stderr).toMatch(/^gateway: bad configuration: .*\n$/);
    for (const problem of named) expect(launched.stderr).toContain(`GATEWAY_CONFIG ${path}${problem}`);
  });
});
