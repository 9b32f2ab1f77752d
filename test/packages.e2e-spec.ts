import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { call, launchNode, startApp, tempDir, waitFor, type AppProcess } from '#testing';

const folder = tempDir('packages-');
afterAll(() => folder.remove());

const NPM = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];

/** A service that responds with its name, and at `/peer` with the name of an instance that it called. */
const service = (name: string, response: string) => `
const server = createServer((request, response) =>
  withRequestContext(request, response, async () => {
    const body = request.url === '/peer' ? await gateway.service('greeter').get${response}('/') : { name: '${name}' };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
  }),
);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  gateway.register({ name: 'greeter', url: 'http://127.0.0.1:' + port, ttlSeconds: 2 });
});
process.once('SIGTERM', () => void gateway.close().then(() => process.exit()));
`;

const IMPORTED = `
import { createServer } from 'node:http';
import { DEFAULT_WEIGHT, type InstanceView } from '@msa-gateway/contracts';
import { GatewayClient, withRequestContext } from '@msa-gateway/registry-client';

const gateway = new GatewayClient({ url: process.env['REGISTRY_URL'] ?? '' });
export const weightOf = ({ weight }: InstanceView): boolean => weight === DEFAULT_WEIGHT;
${service('esm', '<{ readonly name: string }>')}`;

const REQUIRED = `
const { createServer } = require('node:http');
const { GatewayClient, withRequestContext } = require('@msa-gateway/registry-client');

const gateway = new GatewayClient({ url: process.env.REGISTRY_URL });
${service('cjs', '')}`;

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  expect([command, args[0], status, status === 0 ? '' : stdout + stderr]).toEqual([command, args[0], 0, '']);
  return stdout;
}

describe('the packages, installed outside of the workspace', () => {
  let gateway: AppProcess;

  beforeAll(async () => {
    console.log(run('node', ['scripts/pack.mjs'], resolve('.')));
    const tarballs = readdirSync('dist/packages').filter((name) => !name.includes('-nest-'));
    const file = (name: string, text: string) => writeFileSync(join(folder.path, name), text);
    file('package.json', '{ "private": true }');
    run('npm', ['install', ...NPM, ...tarballs.map((name) => resolve('dist/packages', name))], folder.path);
    const compilerOptions = { module: 'nodenext', strict: true, noEmit: false, types: ['node'], typeRoots };
    file('tsconfig.json', JSON.stringify({ compilerOptions, files: ['imported.mts', 'types.cts'] }));
    file('imported.mts', IMPORTED);
    file(
      'types.cts',
      "import client = require('@msa-gateway/registry-client');\nexport const open = (url: string) => new client.GatewayClient({ url });\n",
    );
    file('required.cjs', REQUIRED);
    run('node', [resolve('node_modules/typescript/bin/tsc'), '-p', '.'], folder.path);
    const env = { GATEWAY_PORT: '0', GATEWAY_HOST: '127.0.0.1', DATA_DIR: join(folder.path, 'data') };
    gateway = await startApp('gateway', env);
  });
  afterAll(() => gateway.process.stop());

  const typeRoots = [resolve('node_modules/@types')];
  const launch = (name: string) => launchNode(join(folder.path, name), [], { REGISTRY_URL: gateway.url });
  const nameOf = async (path = '/'): Promise<unknown> => {
    const { body } = await call(gateway.url, `GET /api/greeter${path}`);
    return (body as { name?: unknown } | undefined)?.name;
  };

  it('serve a service in TypeScript and one in CommonJS; traffic moves when one is killed', async () => {
    const [imported, required] = [launch('imported.mjs'), launch('required.cjs')];
    const names = new Set<unknown>();
    await waitFor('both services', async () => {
      names.add(await nameOf());
      return names.has('esm') && names.has('cjs');
    });
    expect(['esm', 'cjs']).toContain(await nameOf('/peer'));
    required.signal('SIGKILL');
    await required.exited;
    for (let i = 0; i < 20; i += 1) expect(await nameOf()).toBe('esm');
    expect((await imported.stop()).code).toBe(0);
    const { body } = await call(gateway.url, 'GET /discovery/services?name=greeter&status=up');
    expect(body).toEqual([]);
  });
});
