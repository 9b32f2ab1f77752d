import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  call,
  findProgram,
  freePort,
  launchNode,
  LaunchedProcess,
  onPrograms,
  plainEnvironment,
  ROOT,
  startSystem,
  tempDir,
  waitFor,
  type RunningSystem,
} from '#testing';
import { filesOf, readText } from './support/documentation.js';

const folder = tempDir('joining-');
const PACKAGES = join(folder.path, 'packages');
const data = tempDir();
let system: RunningSystem;

/** npm has to fetch about 150 packages for Nest, and TypeScript compiles against their declarations. */
const INSTALL_TIMEOUT_MS = 240_000;

beforeAll(async () => {
  const { status, stderr } = spawnSync('node', ['scripts/pack.mjs', PACKAGES], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  system = await startSystem('monolith', { DATA_DIR: data.path });
  const ada = { name: 'Ada', email: 'ada@example.com' };
  expect((await call(system.url, 'POST /api/user-service/users', { body: ada })).status).toBe(201);
}, INSTALL_TIMEOUT_MS);

afterAll(async () => {
  await system.process.stop();
  folder.remove();
  data.remove();
});

const WORKSPACE = JSON.parse(readText('package.json')) as { dependencies: Record<string, string> };
const PAGE = readText('docs/guide/joining.md');
const FILES = filesOf(PAGE);

const NPM = [
  'install',
  '--prefer-offline',
  '--no-audit',
  '--no-fund',
  '--ignore-scripts',
  '--loglevel=error',
];

/** Runs a program; the test goes on when it has ended. @throws with its output, if it fails */
async function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${output}`);
}

/** A folder outside of the workspace with these files. */
function project(name: string, files: Readonly<Record<string, string>>): string {
  const path = join(folder.path, name);
  mkdirSync(path);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
}

const tarballs = (...names: readonly string[]): string[] =>
  readdirSync(PACKAGES)
    .filter((file) => names.some((name) => file.startsWith(`msa-gateway-${name}-`)))
    .map((file) => join(PACKAGES, file));

const CLIENT = ['contracts', 'registry-client'];

/** Compiles the TypeScript files of a folder where they are. */
const compile = (path: string): Promise<void> =>
  run('node', [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', '.'], path);

const compilerOptions = {
  module: 'nodenext',
  strict: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  types: ['node'],
  typeRoots: [join(ROOT, 'node_modules/@types')],
};

const environment = () => ({ REGISTRY_URL: system.url, PORT: '0' });
const launched: LaunchedProcess[] = [];
const launch = (program: string): LaunchedProcess => {
  launched.push(launchNode(program, [], environment()));
  return launched.at(-1)!;
};
// What a failed test left would take requests of the next one.
afterEach(async () => {
  const left = launched.splice(0);
  for (const each of left) each.signal('SIGKILL');
  await Promise.all(left.map(({ exited }) => exited));
});

interface Greeting {
  readonly pid: number;
  readonly greeting: string;
}

async function greet(): Promise<Greeting | undefined> {
  const { status, body } = await call(system.url, 'GET /api/greeter/');
  return status === 200 ? (body as Greeting) : undefined;
}

/** Two instances share requests; when one is killed, the other receives all of them; at its end it deregisters. */
async function expectTrafficToMove(killed: LaunchedProcess, kept: LaunchedProcess): Promise<void> {
  const pids = new Set<number | undefined>();
  await waitFor('both instances', async () => {
    pids.add((await greet())?.pid);
    for (const each of [killed, kept])
      if (each.hasEnded) throw new Error(`an instance ended:\n${each.stdout}${each.stderr}`);
    return pids.has(killed.pid) && pids.has(kept.pid);
  });
  killed.signal('SIGKILL');
  await killed.exited;
  for (let i = 0; i < 20; i += 1) expect((await greet())?.pid).toBe(kept.pid);
  await kept.stop();
  const { body } = await call(system.url, 'GET /discovery/services?name=greeter&status=up');
  expect(body).toEqual([]);
}

interface NestProject {
  readonly nest: string;
  readonly adapter: 'express' | 'fastify';
  readonly type: 'module' | 'commonjs';
}

/** The versions that the package names as peers, each with one adapter and one module system, the newest with both. */
const NEST_PROJECTS: readonly NestProject[] = [
  { nest: WORKSPACE.dependencies['@nestjs/core']!, adapter: 'fastify', type: 'module' },
  { nest: '^12', adapter: 'express', type: 'commonjs' },
  { nest: '^11', adapter: 'fastify', type: 'commonjs' },
  { nest: '^10', adapter: 'express', type: 'commonjs' },
];

/** The program of the page for an adapter; without one named, Nest uses Express. */
const mainFor = (adapter: NestProject['adapter']): string =>
  adapter === 'express'
    ? FILES['main.ts']!
    : `import { FastifyAdapter } from '@nestjs/platform-fastify';\n${FILES['main.ts']!.replace('AppModule)', 'AppModule, new FastifyAdapter())')}`;

async function nestProject({ nest, adapter, type }: NestProject): Promise<string> {
  const path = project(`nest${nest.replace(/\W/g, '-')}-${adapter}-${type}`, {
    'package.json': JSON.stringify({ private: true, type }),
    'tsconfig.json': JSON.stringify({
      compilerOptions: { ...compilerOptions, skipLibCheck: true },
      files: ['main.ts'],
    }),
    'app.module.ts': FILES['app.module.ts']!,
    'greeting.controller.ts': FILES['greeting.controller.ts']!,
    'main.ts': mainFor(adapter),
  });
  const platform = `@nestjs/platform-${adapter}@${/^\d/.test(nest) ? '^12' : nest}`;
  const parts = [`@nestjs/common@${nest}`, `@nestjs/core@${nest}`, platform, 'reflect-metadata', 'rxjs'];
  await run('npm', [...NPM, ...parts, ...tarballs(...CLIENT, 'nest')], path);
  await compile(path);
  return path;
}

describe('the programs of docs/guide/joining.md, in empty folders', () => {
  it('are the same in both languages', () => {
    expect(filesOf(readText('docs/ko/guide/joining.md'))).toEqual(FILES);
  });

  it.each(NEST_PROJECTS)(
    'join with Nest $nest, $adapter, $type',
    async (settings) => {
      const path = await nestProject(settings);
      const [first, second] = [launch(join(path, 'main.js')), launch(join(path, 'main.js'))];
      await waitFor('an instance', async () => (await greet())?.greeting === 'Hello Ada');
      await expectTrafficToMove(first, second);
    },
    INSTALL_TIMEOUT_MS,
  );

  it(
    'join with Express',
    async () => {
      const path = project('express', { 'package.json': '{}', 'server.mjs': FILES['server.mjs']! });
      await run('npm', [...NPM, 'express', ...tarballs(...CLIENT)], path);
      const [first, second] = [launch(join(path, 'server.mjs')), launch(join(path, 'server.mjs'))];
      await waitFor('an instance', async () => (await greet())?.greeting === 'Hello Ada');
      await expectTrafficToMove(first, second);
    },
    INSTALL_TIMEOUT_MS,
  );

  onPrograms(['uvicorn'], 'in Python', () => {
    // The Python that has uvicorn: another one may come first on PATH.
    const python = () => join(dirname(findProgram('uvicorn')!), 'python3');
    const launchPython = async (path: string) =>
      new LaunchedProcess(
        python(),
        ['service.py'],
        plainEnvironment({ ...environment(), PORT: String(await freePort()) }),
        path,
      );

    it('join with FastAPI', async () => {
      const { 'registration.py': registration, 'service.py': program } = FILES;
      const path = project('fastapi', { 'registration.py': registration!, 'service.py': program! });
      await expectTrafficToMove(await launchPython(path), await launchPython(path));
    });
  });
});
