import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  call,
  LaunchedProcess,
  launchNode,
  listeningUrlOf,
  plainEnvironment,
  tempDir,
  waitFor,
} from '#testing';

const folder = tempDir('packages-');
afterAll(() => folder.remove());

/** Packing, and the installation of more than a hundred packages. */
const INSTALLATION_MS = 300_000;

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

/** The service that `init` writes, with the name of the others. */
const PYTHON = readFileSync('scripts/gateway/templates/python/hello/server.py', 'utf8')
  .replace('"name": "hello"', '"name": "greeter"')
  .replace('{"message": "hello from Python"', '{"name": "python"');

/** Starts two gateways, sends a request to each, and closes them. The process ends by itself. */
const EMBEDDED = `
const config = { GATEWAY_PORT: 0, GATEWAY_HOST: '127.0.0.1', LOG_LEVEL: 'ERROR' };
export async function statuses() {
  const policies = { version: 1, services: { greeter: { respond: { status: 204 } } } };
  const gateways = [await createGateway({ config, policies }), await createGateway({ config })];
  const found = [];
  for (const { url, close } of gateways) {
    const body = JSON.stringify({ name: 'greeter', url: 'http://127.0.0.1:9' });
    const headers = { 'content-type': 'application/json' };
    await fetch(url + '/discovery/register', { method: 'POST', headers, body });
    found.push((await fetch(url + '/api/greeter/')).status);
    await close();
  }
  return found;
}
void statuses().then((found) => console.log(JSON.stringify(found)));
`;
const EMBEDDED_IMPORTED = `import { createGateway } from '@msa-gateway/gateway';\n${EMBEDDED}`;
const EMBEDDED_REQUIRED = `const { createGateway } = require('@msa-gateway/gateway');\n${EMBEDDED.replace('export ', '')}`;
const EMBEDDED_TYPED = `
import contracts = require('@msa-gateway/contracts');
import gateway = require('@msa-gateway/gateway');
const policies = { version: 1, defaults: { timeouts: { request: '2s' } } } satisfies contracts.PolicyFile;
export const embedded = () => gateway.createGateway({ policies });
// @ts-expect-error -- a misspelt member
export const misspelt = { version: 1, defaults: { timeout: {} } } satisfies contracts.PolicyFile;
export const open = (url: string): Promise<gateway.EmbeddedGateway> =>
  gateway.createGateway({ config: { ...process.env, GATEWAY_PORT: 0, REDIS_URL: url }, policies: 'gateway.yaml' });
// @ts-expect-error -- a misspelt name
export const wrong = () => gateway.createGateway({ config: { GATEWAY_PRT: 0 } });
`;

/** A program with a stage from a package. It prints the responses on each data plane, what explain says, and an error. */
const WITH_STAGE = `
import { createServer } from 'node:http';
import { createGateway } from '@msa-gateway/gateway';
import { clientLimit } from 'client-limit';

const waiting = [];
const service = createServer((request, response) => waiting.push(response)).listen(0, '127.0.0.1');
const policies = (limit) => ({ version: 1, services: { slow: { stages: { 'client-limit': { limit } } } } });
const config = { GATEWAY_PORT: 0, GATEWAY_HOST: '127.0.0.1', LOG_LEVEL: 'ERROR' };

async function statuses(plane) {
  const gateway = await createGateway({ config: { ...config, DATA_PLANE: plane }, policies: policies(1), stages: [clientLimit] });
  const body = JSON.stringify({ name: 'slow', url: 'http://127.0.0.1:' + service.address().port });
  await fetch(gateway.url + '/discovery/register', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const first = fetch(gateway.url + '/api/slow/');
  while (waiting.length === 0) await new Promise(setImmediate);
  const second = await fetch(gateway.url + '/api/slow/');
  waiting.pop().end();
  const explained = await (await fetch(gateway.url + '/discovery/explain?method=GET&path=/api/slow/')).json();
  await gateway.close();
  return [(await first).status, second.status, explained.route.stages.includes('client-limit')];
}
const error = await createGateway({ config, policies: policies('x'), stages: [clientLimit] }).catch(({ message }) => message);
console.log(JSON.stringify([await statuses('wire'), await statuses('node'), error]));
service.close();
`;

const since = (started: number) => Math.round(performance.now() - started);

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  expect([command, args[0], status, status === 0 ? '' : stdout + stderr]).toEqual([command, args[0], 0, '']);
  return stdout;
}

describe('the packages, installed outside of the workspace', () => {
  let gateway: { readonly process: LaunchedProcess; readonly url: string };

  beforeAll(async () => {
    console.log(run('node', ['scripts/pack.mjs'], resolve('.')));
    const tarballs = readdirSync('dist/packages').filter((name) => !name.includes('-nest-'));
    const file = (name: string, text: string) => writeFileSync(join(folder.path, name), text);
    file('package.json', '{ "private": true }');
    run('npm', ['install', ...NPM, ...tarballs.map((name) => resolve('dist/packages', name))], folder.path);
    const compilerOptions = { module: 'nodenext', strict: true, noEmit: false, types: ['node'], typeRoots };
    file('tsconfig.json', JSON.stringify({ compilerOptions, files: TYPED }));
    file('imported.mts', IMPORTED);
    file(
      'types.cts',
      "import client = require('@msa-gateway/registry-client');\nexport const open = (url: string) => new client.GatewayClient({ url });\n",
    );
    file('required.cjs', REQUIRED);
    file('service.py', PYTHON);
    file('embedded.mjs', EMBEDDED_IMPORTED);
    file('embedded.cjs', EMBEDDED_REQUIRED);
    file('embedded-types.cts', EMBEDDED_TYPED);
    run('node', [resolve('node_modules/typescript/bin/tsc'), '-p', '.'], folder.path);
    const started = command('start', '--port', '0', '--json');
    await started.waitForOutput(/"msg":"gateway ready: /);
    gateway = { process: started, url: listeningUrlOf('gateway', started.stdout) };
  }, INSTALLATION_MS);
  afterAll(() => gateway.process.stop());

  const TYPED = ['imported.mts', 'types.cts', 'embedded-types.cts'];
  const typeRoots = [resolve('node_modules/@types')];
  const BIN = join(folder.path, 'node_modules/.bin/msa-gateway');
  const command = (...args: readonly string[]) =>
    launchNode(BIN, args, {
      GATEWAY_HOST: '127.0.0.1',
      DATA_DIR: join(folder.path, 'data'),
    });

  /** Installs the newest Node that npm has. @returns the path of the program */
  function newestNode(): string {
    const cwd = join(folder.path, 'node');
    mkdirSync(cwd);
    // Its script fetches the program for this machine.
    run('npm', ['install', '--prefix', cwd, '--no-audit', '--no-fund', 'node@latest'], cwd);
    return join(cwd, 'node_modules/node/bin/node');
  }

  it.each([
    ['this Node', () => process.execPath],
    ['the newest Node', newestNode],
  ])(
    'serve, with %s, services in ESM, CommonJS and Python; traffic moves when one is killed',
    async (_which, programOf) => {
      const node = programOf();
      console.log(`Node ${run(node, ['--version'], folder.path).trim()}`);
      const env = { GATEWAY_HOST: '127.0.0.1', HOST: '127.0.0.1', PORT: '0' };
      const launch = (program: string, args: readonly string[], REGISTRY_URL = '') =>
        new LaunchedProcess(program, args, plainEnvironment({ ...env, REGISTRY_URL }), folder.path);
      const own = launch(node, [BIN, 'start', '--port', '0', '--json']);
      await own.waitForOutput(/"msg":"gateway ready: /);
      const url = listeningUrlOf('gateway', own.stdout);
      const [imported, required, python] = [
        launch(node, ['imported.mjs'], url),
        launch(node, ['required.cjs'], url),
        launch('python3', ['service.py'], url),
      ];
      const nameOf = async (path = '/'): Promise<unknown> =>
        ((await call(url, `GET /api/greeter${path}`)).body as { name?: unknown } | undefined)?.name;
      const names = new Set<unknown>();
      await waitFor('the services', async () => {
        names.add(await nameOf());
        return ['esm', 'cjs', 'python'].every((name) => names.has(name));
      });
      required.signal('SIGKILL');
      await required.exited;
      names.clear();
      for (let i = 0; i < 40; i += 1) names.add(await nameOf());
      expect([...names].sort()).toEqual(['esm', 'python']);
      for (const each of [imported, python, own]) expect((await each.stop()).code).toBe(0);
    },
    INSTALLATION_MS,
  );

  it('let services call each other, and leave when they stop', async () => {
    const launch = (name: string) => launchNode(join(folder.path, name), [], { REGISTRY_URL: gateway.url });
    const services = [launch('imported.mjs'), launch('required.cjs')];
    const peers = new Set<unknown>();
    await waitFor('calls of both', async () => {
      const { body } = await call(gateway.url, 'GET /api/greeter/peer');
      peers.add((body as { name?: unknown } | undefined)?.name);
      return peers.has('esm') && peers.has('cjs');
    });
    for (const each of services) expect((await each.stop()).code).toBe(0);
    const { body } = await call(gateway.url, 'GET /discovery/services?name=greeter&status=up');
    expect(body).toEqual([]);
  });

  it('serve the dashboard and the documents, from the files of the package', async () => {
    const page = await call(gateway.url, 'GET /', { headers: { accept: 'text/html' } });
    const [, script] = /src="([^"]+\.js)"/.exec(page.body as string) ?? [];
    const [asset, docs] = [new URL(script!, `${gateway.url}/`).pathname, '/docs/swagger-ui.css'];
    for (const path of [asset, docs]) expect((await call(gateway.url, `GET ${path}`)).status).toBe(200);
  });

  it('have the commands of the workspace', async () => {
    const policies = join(folder.path, 'gateway.yaml');
    writeFileSync(policies, 'version: 1\n');
    const instance = { name: 'listed', url: 'http://127.0.0.1:9', ttlSeconds: 300 };
    await call(gateway.url, 'POST /discovery/register', { body: instance });
    for (const [args, code, output] of [
      [['--version'], 0, /^\d+\.\d+\.\d+\n$/],
      [['--help'], 0, /^usage: msa-gateway COMMAND .*^ {2}init .*^ {2}start /ms],
      [['check', policies, '--json'], 0, /"valid": true/],
      [['plan', policies, '--gateway', gateway.url], 2, /the gateway has no policy file/],
      [['explain', 'GET', '/api/none', '--gateway', gateway.url], 1, /^GET \/api\/none\nroute:/],
      [['keys', 'new', 'acme'], 0, /^ {2}msag_/m],
      [['token', 'a.b.c', '--config', policies], 1, /has no providers/],
      [['start', '--port', 'x'], 1, /^gateway: bad configuration: GATEWAY_PORT must be/],
      [['start', '--prot', '1'], 2, /^Unknown option '--prot'\n\nusage: msa-gateway start/],
      [['services', '--gateway', gateway.url], 0, /^SERVICE .*^listed +0\.0\.0 /ms],
      [['events', '--gateway', gateway.url, '--service', 'listed'], 0, /^\d{4}-\S+Z {2}[a-z-]+ +listed /],
      [['drain', 'none', '--gateway', gateway.url], 1, /Unknown instance \(404\)/],
      [['top', '--gateway', gateway.url], 0, /^msa-gateway \d.*^CONDITION .* listed /ms],
      [['completion', 'bash'], 0, /^complete -o default -F _msa_gateway msa-gateway$/m],
      [['__complete', 'init', '--language', 'p'], 0, /^python\t/],
    ] as const) {
      const launched = command(...args);
      const exit = await launched.exited;
      expect([args, exit.code, launched.stdout + launched.stderr]).toEqual([
        args,
        code,
        expect.stringMatching(output),
      ]);
    }
  });

  it.each(['embedded.mjs', 'embedded.cjs'])('start gateways in another program: %s', async (name) => {
    const program = launchNode(join(folder.path, name));
    expect([(await program.exited).code, program.stdout, program.stderr]).toEqual([0, '[204,502]\n', '']);
  });

  describe.each([
    ['python', ['hello/server.py'], 'hello from Python'],
    ['typescript', ['hello/server.js'], 'hello from TypeScript'],
  ])('and msa-gateway init --language %s', (language, program, message) => {
    const cwd = join(folder.path, language);
    const settings = { GATEWAY_HOST: '127.0.0.1', DATA_DIR: join(cwd, 'data'), PORT: '0' };
    const compile = () => {
      const tsc = [resolve('node_modules/typescript/bin/tsc'), '-p', 'hello', '--typeRoots', typeRoots[0]!];
      if (language === 'typescript') run('node', tsc, cwd);
    };

    it('lead from an empty folder to a proxied request', async () => {
      mkdirSync(cwd);
      const started = performance.now();
      const init = ['--no', 'msa-gateway', 'init', '--language', language];
      expect(run('npx', init, cwd)).toContain('npx @msa-gateway/gateway start --config gateway.yaml');
      compile();
      const args = ['start', '--config', 'gateway.yaml', '--port', '0', '--json'];
      const own = new LaunchedProcess(process.execPath, [BIN, ...args], plainEnvironment(settings), cwd);
      await own.waitForOutput(/"msg":"gateway ready: /);
      const url = listeningUrlOf('gateway', own.stdout);
      const env = plainEnvironment({ ...settings, REGISTRY_URL: url });
      const interpreter = language === 'python' ? 'python3' : process.execPath;
      const service = new LaunchedProcess(interpreter, program, env, cwd);
      await waitFor('the first proxied request', async () => {
        const { status, body } = await call(url, 'GET /api/hello/1');
        return status === 200 && (body as { message: string }).message === message;
      });
      console.log(`init (${language}) to the first proxied request: ${since(started)} ms`);
      expect((await service.stop()).code).toBe(0);
      expect((await call(url, 'GET /discovery/services?name=hello')).body).toEqual([]);
      await own.stop();
    });

    it('overwrite nothing', () => {
      const { status, stderr } = spawnSync('node', [BIN, 'init', '--language', language], {
        cwd,
        encoding: 'utf8',
      });
      expect([status, stderr]).toEqual([
        1,
        expect.stringMatching(/gateway\.yaml.*: exists; nothing is written/),
      ]);
    });
  });

  it('run the test of docs/guide/embedding.md', () => {
    const [, code = ''] = /^```js\n(.*?)^```$/ms.exec(readFileSync('docs/guide/embedding.md', 'utf8')) ?? [];
    writeFileSync(join(folder.path, 'guide.mjs'), code);
    expect(run('node', ['--test', '--test-reporter=tap', 'guide.mjs'], folder.path)).toContain('# pass 1');
  });

  it('are accepted by npm publish, dependencies first', () => {
    const published = run('node', ['scripts/publish.mjs', '--dry-run'], resolve('.'));
    const names = [...published.matchAll(/^\+ @msa-gateway\/(\S+)@\d+\.\d+\.\d+$/gm)].map(([, name]) => name);
    expect(names).toEqual(['contracts', 'registry-client', 'nest', 'gateway']);
  });

  it('run the stage of docs/guide/stages.md, which is a package of its own', async () => {
    const [, code = ''] = /^```ts\n(.*?)^```$/ms.exec(readFileSync('docs/guide/stages.md', 'utf8')) ?? [];
    const cwd = join(folder.path, 'client-limit');
    mkdirSync(cwd);
    const file = (name: string, text: string) => writeFileSync(join(cwd, name), text);
    const manifest = { name: 'client-limit', version: '1.0.0', type: 'module', exports: './index.js' };
    file('package.json', JSON.stringify({ ...manifest, files: ['index.js', 'index.d.ts'] }));
    file('index.ts', code);
    const compilerOptions = {
      module: 'nodenext',
      target: 'es2022',
      strict: true,
      declaration: true,
      typeRoots,
    };
    file('tsconfig.json', JSON.stringify({ compilerOptions: { ...compilerOptions, types: ['node'] } }));
    run('node', [resolve('node_modules/typescript/bin/tsc'), '-p', '.'], cwd);
    run('npm', ['pack', '--pack-destination', folder.path], cwd);
    run('npm', ['install', ...NPM, './client-limit-1.0.0.tgz'], folder.path);
    writeFileSync(join(folder.path, 'with-stage.mjs'), WITH_STAGE);
    const program = launchNode(join(folder.path, 'with-stage.mjs'));
    expect([(await program.exited).code, program.stdout, program.stderr]).toEqual([
      0,
      `${JSON.stringify([
        [200, 429, true],
        [200, 429, true],
        'gateway: bad configuration: policies: services.slow.stages.client-limit.limit: must be a number above 0',
      ])}\n`,
      '',
    ]);

    const path = (name: string) => join(folder.path, name);
    writeFileSync(
      path('stages.mjs'),
      "import { clientLimit } from 'client-limit';\nexport default [clientLimit];\n",
    );
    writeFileSync(
      path('stages.yaml'),
      'version: 1\nservices: { slow: { stages: { client-limit: { limit: 0 } } } }\n',
    );
    for (const args of [
      ['check', path('stages.yaml')],
      ['start', '--port', '0', '--config', path('stages.yaml')],
    ]) {
      const launched = command(...args, '--stages', path('stages.mjs'));
      expect([args, (await launched.exited).code, launched.stderr]).toEqual([
        args,
        1,
        expect.stringContaining('services.slow.stages.client-limit.limit: must be a number above 0'),
      ]);
    }
  });

  it('depend on no database, and on no more packages than they import', () => {
    const manifest = readFileSync(
      join(folder.path, 'node_modules/@msa-gateway/gateway/package.json'),
      'utf8',
    );
    const { dependencies } = JSON.parse(manifest) as { dependencies: Readonly<Record<string, string>> };
    const names = Object.keys(dependencies);
    expect(
      names.filter((name) => /^(kysely|libsql|pg|vite|@nestjs\/microservices|fastify)$/.test(name)),
    ).toEqual([]);
    expect(names.length).toBeLessThanOrEqual(26);
  });
});
