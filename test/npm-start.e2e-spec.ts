import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  FREE_PORTS,
  LaunchedProcess,
  launchNode,
  plainEnvironment,
  READY,
  ROOT,
  SERVICES,
  tempDir,
  waitFor,
} from '#testing';

const data = tempDir();
afterAll(() => data.remove());

describe('npm start', () => {
  it('prints only one line, with the URL, on standard output when all apps are healthy', async () => {
    const launched = launchNode('scripts/start.mjs', [], {
      ...FREE_PORTS,
      DATA_DIR: data.path,
      LOG_LEVEL: 'ERROR',
    });
    const [, url] = await launched.waitForOutput(READY);
    await waitFor('the whole line', () => launched.stdout.endsWith('\n'));
    // At log level ERROR a healthy system logs nothing else.
    expect(launched.records).toEqual([
      expect.objectContaining({ app: 'gateway', url, docs: `${url!}/docs`, seed: `npm run seed -- ${url!}` }),
    ]);
    expect((await fetch(`${url!}/docs`)).status).toBe(200);
    const { status } = await fetch(`${url!}/health`);
    expect(status).toBe(200);
    const services = (await (await fetch(`${url!}/services`)).json()) as { name: string }[];
    expect(services.map(({ name }) => name)).toEqual(SERVICES);
    expect(await launched.stop()).toEqual({ code: 0, signal: null });
  });
});

describe.each(['start.mjs', 'start-split.mjs'])('%s with ADMIN_PORT', (script) => {
  it('names the URL for operators and the one for clients', async () => {
    const launched = launchNode(`scripts/${script}`, [], {
      ...FREE_PORTS,
      ADMIN_PORT: '0',
      DATA_DIR: data.path,
    });
    const [, admin, url] = await launched.waitForOutput(READY);
    const statuses = [`${admin}/docs`, `${url}/docs`, `${url}/api/user-service/users`].map(
      async (each) => (await fetch(each)).status,
    );
    expect(await Promise.all(statuses)).toEqual([200, 404, 200]);
    expect(await launched.stop()).toEqual({ code: 0, signal: null });
  });
});

describe.each(['start', 'start:split'])('npm run %s', (script) => {
  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'ends with npm after %s, which the shell of npm does not forward',
    async (signal) => {
      const env = plainEnvironment({ ...FREE_PORTS, DATA_DIR: data.path });
      const launched = new LaunchedProcess('npm', ['run', script], env);
      const [, url] = await launched.waitForOutput(READY);
      launched.signal(signal);
      // Resolves when the last process that can write to the pipe has exited, not when npm has.
      await launched.exited;
      await expect(fetch(url!)).rejects.toThrow();
    },
  );
});

describe('npm run start:split', () => {
  const split = (env: Readonly<Record<string, string>>) =>
    launchNode('scripts/start-split.mjs', [], { ...FREE_PORTS, DATA_DIR: data.path, ...env });

  it('prefixes the lines of each app for a reader with its name', async () => {
    const launched = split({ LOG_FORMAT: 'pretty' });
    await launched.waitForOutput(/^ready: open \S+; documents at \S+; sample data by npm run seed -- \S+$/m);
    for (const app of ['gateway', ...SERVICES])
      expect(launched.stdout).toMatch(new RegExp(`^${app} +\\| \\[.*INFO: ${app}: ${app} listens on`, 'm'));
    expect(await launched.stop()).toEqual({ code: 0, signal: null });
  });

  it('exits with the reason when one app cannot start', async () => {
    const launched = split({ ORDER_SERVICE_PORT: 'x' });
    expect(await launched.exited).toEqual({ code: 1, signal: null });
    expect(launched.stderr).toMatch(
      /^order-service +\| order-service: bad configuration: ORDER_SERVICE_PORT/m,
    );
    expect(launched.stderr).toMatch(/^order-service ended \(exit code 1\); stopping the other apps$/m);
  });

  it('reports an app that crashes later and keeps the others running', async () => {
    const launched = split({});
    const [, url] = await launched.waitForOutput(READY);
    const [, pid] = /user-service is process (\d+)"/.exec(launched.stdout) ?? [];
    process.kill(Number(pid), 'SIGKILL');
    await waitFor('the report of the crash', () =>
      /^user-service ended \(SIGKILL\); the other apps keep running$/m.test(launched.stderr),
    );
    expect((await fetch(`${url!}/api/product-service/products`)).status).toBe(200);
    const response = await fetch(`${url!}/api/user-service/users`);
    expect(response.status).toBeGreaterThanOrEqual(502);
    expect(await launched.stop()).toEqual({ code: 1, signal: null });
  });
});

describe('the installation of a fresh clone', () => {
  const clone = tempDir('clone-');
  const inClone = (path: string): string => join(clone.path, path);
  afterAll(() => clone.remove());

  it('reports progress and duration without a terminal', async () => {
    cpSync(join(ROOT, 'scripts/lib'), inClone('scripts/lib'), { recursive: true });
    writeFileSync(inClone('package-lock.json'), '{"packages":{"node_modules/missing":{"version":"1.0.0"}}}');
    writeFileSync(inClone('npm.js'), 'setTimeout(() => undefined, 400);');
    const install = inClone('scripts/lib/install.mjs');
    const code = `(await import(${JSON.stringify(install)})).ensureInstalled({ reportEveryMs: 100 })`;
    const env = { npm_execpath: inClone('npm.js') };
    const launched = launchNode('--input-type=module', ['--eval', code], env);
    expect(await launched.exited).toEqual({ code: 0, signal: null });
    expect(launched.stdout).toBe('');
    expect(launched.stderr).toMatch(
      /^Installing dependencies \(npm ci\)…\n(Still installing dependencies, \d+ s…\n)+Installed dependencies in \d+ s\.\n$/,
    );
  });
});
