import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LaunchedProcess, plainEnvironment, ROOT, tempDir } from '#testing';

/** Services that the generator adds here: the second has two words, an irregular plural, and lines that Prettier breaks. */
const COMMANDS = [['review'], ['business-person', '--plural', 'business-people']];

const clone = tempDir('new-service-');
afterAll(() => clone.remove());

const git = (folder: string, ...args: string[]): string =>
  execFileSync('git', args, { cwd: folder, encoding: 'utf8' });
const read = (path: string): string => readFileSync(join(clone.path, path), 'utf8');

/** The sources of this workspace, as a repository of their own. */
function cloneSources(): void {
  const files = git(ROOT, 'ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0');
  for (const file of files.filter((path) => path !== '' && existsSync(join(ROOT, path))))
    cpSync(join(ROOT, file), join(clone.path, file));
  symlinkSync(join(ROOT, 'node_modules'), join(clone.path, 'node_modules'));
  git(clone.path, 'init', '--quiet');
  git(clone.path, 'add', '--all');
}

/** What differs from the clone: nothing, or the files that the generator has written. */
const changes = (): readonly string[] =>
  [...git(clone.path, 'ls-files', '--modified', '--others', '--exclude-standard').split('\n')]
    .filter((path) => path !== '' && path !== 'node_modules')
    .sort();

async function run(program: string, ...args: readonly string[]) {
  const launched = new LaunchedProcess(process.execPath, [program, ...args], plainEnvironment(), clone.path);
  const { code } = await launched.exited;
  return { code, stdout: launched.stdout, stderr: launched.stderr };
}

const newService = (...args: readonly string[]) => run('scripts/new-service.mjs', ...args);

/** The whole output shows what is wrong; the exit code alone does not. */
async function expectSuccess(program: string, ...args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await run(program, ...args);
  expect([program, code, code === 0 ? '' : stdout + stderr]).toEqual([program, 0, '']);
}

beforeAll(cloneSources);

describe('npm run new-service, before it has written anything,', () => {
  it('prints its usage', async () => {
    const { code, stdout } = await newService('--help');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^usage: npm run new-service -- NAME/)]);
  });

  it.each([
    ['Review', '"Review" is not a valid name: lower-case letters'],
    ['review-', '"review-" is not a valid name'],
    ['1review', '"1review" is not a valid name'],
    ['../review', '"../review" is not a valid name'],
    ['a'.repeat(31), 'at most 30 characters'],
    ['review-service', '"review-service": name what the service stores, without "service"'],
    ['user', 'user-service is taken: nest-cli.json has a project of this name'],
    ['metric', '"metrics": every service has a path /metrics already'],
    ['post', '"post": the code of every service has another Post'],
    ['example', '"example": the code of every service has another EXAMPLE'],
    ['sheep --plural sheep', 'the plural of "sheep" must differ from it'],
    ['review --plural Reviews', '"Reviews" is not a valid name'],
    ['', 'one NAME must be given'],
    ['review order', 'one NAME must be given'],
    ['review --port 9', "Unknown option '--port'"],
  ])('refuses: %s', async (line, message) => {
    const { code, stderr } = await newService(...line.split(' ').filter((word) => word !== ''));
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(changes()).toEqual([]);
  });
});

describe('the services that npm run new-service adds', () => {
  beforeAll(async () => {
    for (const command of COMMANDS) await expectSuccess('scripts/new-service.mjs', ...command);
  });

  it('are in every place that names the user service', () => {
    const named = (name: string): string[] =>
      git(
        clone.path,
        'grep',
        '--untracked',
        '-l',
        name,
        '--',
        'docker*',
        'nginx',
        '*.json',
        ':!test',
        '.github',
        'apps/monolith',
      ).split('\n');
    const ownFiles = /^docker\/k8s\/\w+-service\.yaml$/;
    const expected = named('user-service').filter((path) => !ownFiles.test(path));
    expect(expected.length).toBeGreaterThan(10);
    const known = ['.github/workflows/ci.yml', 'docker/Dockerfile'];
    for (const name of ['review-service', 'business-person-service'])
      expect([...named(name), ...known]).toEqual(expect.arrayContaining(expected));
  });

  it('have the Kubernetes manifest of the user service', () => {
    const manifest = read('docker/k8s/review-service.yaml');
    expect(manifest.replaceAll('review', 'user').replaceAll('8004', '8001')).toBe(
      read('docker/k8s/user-service.yaml'),
    );
  });

  it('are refused the second time', async () => {
    const before = changes();
    const { code, stderr } = await newService('review');
    expect([code, stderr]).toEqual([2, expect.stringContaining('review-service is taken')]);
    expect(changes()).toEqual(before);
  });

  it('pass lint and types', async () => {
    const files = changes();
    await expectSuccess('node_modules/prettier/bin/prettier.cjs', '--check', '--ignore-unknown', ...files);
    // The services and what they import: a tenth of the sources.
    const { include: _, ...settings } = JSON.parse(read('tsconfig.json')) as object & { include: unknown };
    const narrow = { ...settings, include: ['apps/*-service/**/*', 'test/*-service.e2e-spec.ts'] };
    writeFileSync(join(clone.path, 'tsconfig.json'), JSON.stringify(narrow));
    const sources = files.filter((path) => /-service[/.].*ts$/.test(path));
    await expectSuccess('node_modules/typescript/bin/tsc', '--noEmit', '-p', '.');
    await expectSuccess('node_modules/eslint/bin/eslint.js', '--max-warnings', '0', ...sources);
  }, 240_000);

  it('are built, called through the gateway in both mounts, deployed and documented', async () => {
    await expectSuccess('scripts/build.mjs');
    const specs = ['review-service', 'deployment/compose', 'deployment/kubernetes'];
    await expectSuccess('node_modules/jest/bin/jest.js', ...specs);
    await expectSuccess('scripts/docs.mjs', '--check');
  }, 240_000);
});
