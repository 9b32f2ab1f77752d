import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { launchNode, ROOT, tempDir } from '#testing';
import { readComposeFile } from './support/compose-file.js';
import { FAKE_DOCKER, fakeResults, type FakeResult } from './support/fake-docker.js';

const SECRETS = 'docker/secrets';

describe('npm run stack', () => {
  let folder: ReturnType<typeof tempDir>;

  // A separate workspace that contains only the scripts, and the apps whose secrets they make.
  beforeEach(() => {
    folder = tempDir('stack-');
    mkdirSync(join(folder.path, 'bin'));
    mkdirSync(join(folder.path, 'docker'));
    for (const name of ['scripts', 'apps']) symlinkSync(join(ROOT, name), inFolder(name));
    writeFileSync(join(folder.path, 'bin/docker'), FAKE_DOCKER, { mode: 0o755 });
  });
  afterEach(() => folder.remove());

  const inFolder = (path: string): string => join(folder.path, path);

  async function stack(line: string, env: Record<string, string> = {}) {
    const program = launchNode(
      '--preserve-symlinks',
      ['--preserve-symlinks-main', inFolder('scripts/stack.mjs'), ...line.split(' ')],
      {
        PATH: [inFolder('bin'), process.env.PATH].join(delimiter),
        COMMAND_LOG: inFolder('commands.log'),
        ...env,
      },
    );
    const { code } = await program.exited;
    const commands = existsSync(inFolder('commands.log'))
      ? readFileSync(inFolder('commands.log'), 'utf8').trim().split('\n')
      : [];
    return { code, commands, stdout: program.stdout, stderr: program.stderr };
  }

  it.each([
    ['up', 'up --detach --build --wait'],
    ['up user-service', 'up --detach --build --wait user-service'],
    ['ps', 'ps --all'],
    ['logs gateway', 'logs --follow --tail 100 gateway'],
    ['restart order-service', 'restart order-service'],
    ['down', 'down'],
  ])('%s: docker compose %s', async (line, command) => {
    const { code, commands } = await stack(line);
    expect([code, commands]).toEqual([0, [`compose -f docker-compose.yml ${command}`]]);
  });

  it('rebuild builds without cache and starts the result', async () => {
    expect((await stack('rebuild gateway')).commands).toEqual([
      'compose -f docker-compose.yml build --no-cache gateway',
      'compose -f docker-compose.yml up --detach --wait gateway',
    ]);
  });

  it('up --no-build uses existing images', async () => {
    expect((await stack('up --no-build')).commands).toEqual([
      'compose -f docker-compose.yml up --detach --no-build --wait',
    ]);
  });

  it('uses the compose files for production, or for watching sources', async () => {
    expect((await stack('ps --prod')).commands).toEqual(['compose -f docker-compose.prod.yml ps --all']);
    expect((await stack('ps --watch')).commands.at(-1)).toBe(
      'compose -f docker-compose.yml -f docker-compose.watch.yml ps --all',
    );
  });

  it('exits with the exit code of docker', async () => {
    expect((await stack('rebuild', fakeResults({ to: 'build', code: 17 }))).code).toBe(17);
    expect((await stack('up', fakeResults({ to: 'up', code: 1 }))).stdout).not.toContain('ready');
  });

  it.each(['fly', 'up --prod --watch', 'up --fast'])('prints its usage for "%s"', async (line) => {
    const { code, commands, stderr } = await stack(line);
    expect([code, commands]).toEqual([2, []]);
    expect(stderr).toContain('usage: npm run stack -- COMMAND');
  });

  describe('upgrade', () => {
    const two = { to: 'ps --quiet gateway', text: 'one\ntwo\n' };
    const compose = 'compose -f docker-compose.yml';
    const starts = `${compose} up --detach --wait --no-deps --no-build --no-recreate --scale gateway=4 gateway`;

    it('of gateways starts the same number of new ones, then stops the old ones one by one', async () => {
      const { code, commands } = await stack('upgrade gateway', fakeResults(two));
      expect([code, commands]).toEqual([
        0,
        [
          `${compose} build gateway`,
          `${compose} ps --quiet gateway`,
          starts,
          ...['one', 'two'].flatMap((id) => [`stop --time 60 ${id}`, `rm ${id}`]),
        ],
      ]);
    });

    it('stops none of the old ones when the new ones are not healthy', async () => {
      const { code, commands, stderr } = await stack(
        'upgrade gateway --no-build',
        fakeResults(two, { to: ' up ', code: 1 }),
      );
      expect([code, stderr]).toEqual([1, 'the new containers did not become healthy\n']);
      expect(commands).toEqual([`${compose} ps --quiet gateway`, starts, `${compose} ps --quiet gateway`]);
    });

    it.each(['upgrade', 'upgrade nginx', 'upgrade gateway user-service'])('refuses "%s"', async (line) => {
      const { code, commands, stderr } = await stack(line);
      expect([code, commands, stderr]).toEqual([1, [], 'name one app to upgrade: gateway or a service\n']);
    });

    const service = ['user-service', 'gateway'].map((name) => ({
      to: `ps --quiet ${name}`,
      text: `${name}\n`,
    }));
    const policies = (source: string | null, ...routes: readonly object[]): FakeResult => ({
      to: 'GET /policies',
      text: JSON.stringify({ source, routes }),
    });

    it('refuses a service whose requests the policy file divides among versions already', async () => {
      const dividing = { name: null, target: 'user-service', policy: { traffic: {} } };
      const { code, stderr, commands } = await stack(
        'upgrade user-service --no-build',
        fakeResults(...service, policies('/etc/msa-gateway/gateway.yaml', dividing)),
      );
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(/^the policy file divides the requests of user-service among versions: start/),
      ]);
      expect(commands.join()).not.toContain('up --detach');
    });

    it('says why it does not use the versions of a policy file', async () => {
      const none = { to: 'GET /discovery/services', text: '[]' };
      const outputOf = async (source: string | null) =>
        (await stack('upgrade user-service --no-build', fakeResults(...service, policies(source), none)))
          .stdout;
      expect(await outputOf('/etc/msa-gateway/gateway.yaml')).toMatch(
        /^weights of instances move traffic, .*: npm ci has not been run\n$/,
      );
      expect(await outputOf(null)).toBe('');
    });

    it('reports that no container runs', async () => {
      const { code, stderr } = await stack('upgrade user-service --no-build');
      expect([code, stderr]).toEqual([
        1,
        'no container of user-service is running: there is nothing to upgrade\n',
      ]);
    });
  });

  it('reports that docker is missing', async () => {
    const { code, stderr } = await stack('up', { PATH: inFolder('docker') });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^docker is not installed/);
  });

  describe('without the Compose plugin', () => {
    const noPlugin = (...results: readonly FakeResult[]) => ({
      ...fakeResults({ to: 'compose version', code: 1 }, ...results),
      PATH: inFolder('bin'),
    });
    const installStandAlone = (): void =>
      writeFileSync(inFolder('bin/docker-compose'), FAKE_DOCKER, { mode: 0o755 });
    const LINE = /^Docker Compose 2 is not installed\. Install the .+\n$/;

    it('uses the stand-alone docker-compose', async () => {
      installStandAlone();
      const env = noPlugin({ to: 'version --short', text: 'v2.29.7\n' });
      const { code, commands, stderr } = await stack('ps', env);
      expect([code, stderr]).toEqual([0, '']);
      expect(commands).toEqual(['docker-compose -f docker-compose.yml ps --all']);
    });

    it('reports in one line what to install', async () => {
      const { code, commands, stderr } = await stack('up', noPlugin());
      expect([code, commands]).toEqual([1, []]);
      expect(stderr).toMatch(LINE);
    });

    it('does not use docker-compose 1, which lacks required options', async () => {
      installStandAlone();
      const env = noPlugin({ to: 'version --short', text: '1.29.2\n' });
      const { code, commands, stderr } = await stack('up', env);
      expect([code, commands]).toEqual([1, []]);
      expect(stderr).toMatch(LINE);
    });
  });

  describe('in production', () => {
    const certificate = (): void => {
      mkdirSync(inFolder(SECRETS));
      for (const name of ['tls_certificate', 'tls_key'])
        writeFileSync(inFolder(`${SECRETS}/${name}`), 'mine');
    };
    const secret = (name: string): string => readFileSync(inFolder(`${SECRETS}/${name}`), 'utf8');

    it('does not start without secrets, and lists them', async () => {
      const { code, commands, stderr } = await stack('up --prod');
      expect([code, commands]).toEqual([1, []]);
      for (const name of ['registry_token', 'tls_key']) expect(stderr).toContain(name);
    });

    it('creates every secret of its compose file, and keeps existing ones', async () => {
      certificate();
      expect((await stack('secrets')).code).toBe(0);
      const token = secret('registry_token');
      const { secrets = {} } = readComposeFile('docker-compose.prod.yml');
      expect(Object.values(secrets).filter(({ file }) => !existsSync(inFolder(file)))).toEqual([]);
      expect((await stack('secrets')).stdout).toBe('');
      expect([secret('registry_token'), secret('tls_key')]).toEqual([token, 'mine']);
      expect((await stack('up --prod')).code).toBe(0);
    });

    it('creates consistent, unguessable secrets that other users cannot read', async () => {
      certificate();
      await stack('secrets');
      const { password } = new URL(secret('redis_url'));
      expect(secret('redis_conf')).toContain(`requirepass ${password}\n`);
      expect(secret('user_database_url')).toMatch(
        /^postgres:\/\/user_service:[0-9a-f]{48}@postgres:5432\/user_service\n$/,
      );
      expect(statSync(inFolder(SECRETS)).mode & 0o077).toBe(0);
    });
  });
});
