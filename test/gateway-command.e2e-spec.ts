import { createHash } from 'node:crypto';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  call,
  freePort,
  launchNode,
  newSigningKey,
  signToken,
  startApp,
  tempDir,
  type AppProcess,
} from '#testing';
import { parse } from 'yaml';

const folder = tempDir('gateway-command-');
afterAll(() => folder.remove());

function fileOf(name: string, text: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
}

const run = (...args: readonly string[]) => runWith({}, ...args);

async function runWith(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const launched = launchNode('scripts/gateway.mjs', args, env);
  const { code } = await launched.exited;
  return { code, stdout: launched.stdout, stderr: launched.stderr };
}

describe('npm run gateway -- check', () => {
  const valid = fileOf('valid.yaml', 'version: 1\nservices: { users: { hedge: { after: p95 } } }\n');
  const invalid = fileOf('invalid.yaml', 'version: 1\nservice: {}\ndefaults: { hedge: { after: 5 } }\n');
  const problems = [
    { line: 2, column: 1, message: 'the file has no member "service"; did you mean "services"?' },
    {
      line: 3,
      column: 29,
      message: expect.stringMatching(/^defaults\.hedge\.after must be off, /) as string,
    },
  ];

  it('accepts a valid file', async () => {
    const { code, stdout } = await run('check', valid);
    expect(code).toBe(0);
    expect(stdout).toMatch(/valid\.yaml is valid: revision [0-9a-f]{12}\n$/);
  });

  it('lists every problem of an invalid one, with its place', async () => {
    const { code, stdout, stderr } = await run('check', invalid);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.trim().split('\n')).toEqual([
      `${invalid}:2:1 ${problems[0]?.message}`,
      expect.stringContaining(`${invalid}:3:29 defaults.hedge.after must be`),
    ]);
  });

  it('prints JSON with --json', async () => {
    const good = await run('check', valid, '--json');
    expect([good.code, JSON.parse(good.stdout)]).toEqual([
      0,
      {
        valid: true,
        revision: expect.stringMatching(/^[0-9a-f]{12}$/) as string,
        problems: [],
        warnings: [],
      },
    ]);
    const bad = await run('check', '--json', invalid);
    expect([bad.code, JSON.parse(bad.stdout)]).toEqual([
      1,
      { valid: false, revision: null, problems, warnings: [] },
    ]);
  });

  it('warns of routes that only their order tells apart, and accepts them', async () => {
    const match = (members: string) => `match: { service: users, ${members} }`;
    const routes = `[{ name: a, ${match('methods: [GET, PUT]')} }, { name: b, ${match('methods: [PUT]')} }]`;
    const file = fileOf('overlap.yaml', `version: 1\nroutes: ${routes}\n`);
    const { code, stderr } = await run('check', file);
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(
        /^warning: .*overlap\.yaml:2:\d+ routes\[1\] and route "a" overlap; their order decides\n$/,
      ),
    ]);
  });

  it('warns of files with keys that cannot be used', async () => {
    fileOf('bad-keys.yaml', 'version: 1\nkeys: [{ consumer: acme }]\n');
    const jwt = '{ issuer: i, audiences: [a], algorithms: [ES256], jwks: { file: none.json } }';
    const providers = `{ apiKey: { a: { keysFile: bad-keys.yaml } }, jwt: { b: ${jwt} } }`;
    const { code, stderr } = await run(
      'check',
      fileOf('keys.yaml', `version: 1\nauthentication: ${providers}\n`),
    );
    expect(code).toBe(0);
    expect(stderr).toMatch(/authentication\.jwt\.b\.jwks\.file: none\.json cannot be read \(ENOENT\)/);
    expect(stderr).toMatch(/authentication\.apiKey\.a\.keysFile: bad-keys\.yaml:2:\d+ .*"sha256"/);
  });

  it('reports a file that cannot be read', async () => {
    const { code, stderr } = await run('check', join(folder.path, 'none.yaml'));
    expect([code, stderr]).toEqual([1, expect.stringContaining(':1:1 the file cannot be read (ENOENT)')]);
  });

  it('shows its usage: on demand, and with exit code 2 when the command is wrong', async () => {
    const help = await run('--help');
    expect([help.code, help.stdout]).toEqual([0, expect.stringContaining('exit code')]);
    for (const args of [
      [],
      ['check'],
      ['check', valid, valid],
      ['check', '--yaml', valid],
      ['destroy', valid],
    ]) {
      const { code, stderr } = await run(...args);
      expect([args, code, stderr]).toEqual([args, 2, expect.stringContaining('usage: ')]);
    }
  });
});

describe('npm run gateway -- keys new', () => {
  const sha256Of = (key: string): string => createHash('sha256').update(key).digest('hex');
  const keysIn = (path: string): readonly Readonly<Record<string, unknown>>[] =>
    (parse(readFileSync(path, 'utf8')) as { keys: Readonly<Record<string, unknown>>[] }).keys;
  const created = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await run('keys', 'new', ...args, '--json');
    expect([code, stderr]).toEqual([0, '']);
    return JSON.parse(stdout) as {
      key: string;
      entry: Readonly<Record<string, string>>;
      file: string | null;
    };
  };

  it('prints a key once, and the line for the keys file', async () => {
    const { code, stdout } = await run(
      'keys',
      'new',
      'acme',
      '--scope',
      'orders:read',
      '--scope',
      'orders:write',
    );
    const [, key = ''] = /^ {2}(msag_[0-9A-Za-z]{38})$/m.exec(stdout) ?? [];
    const [, line = ''] = /^ {2}- (.*)$/m.exec(stdout) ?? [];
    expect([code, stdout.split(key).length]).toEqual([0, 2]);
    expect(parse(line)).toEqual({
      sha256: sha256Of(key),
      consumer: 'acme',
      scopes: ['orders:read', 'orders:write'],
    });
  });

  it('creates a keys file, then adds to it, and keeps its comments', async () => {
    const path = join(folder.path, 'new-keys.yaml');
    const first = await created('acme', '--file', path);
    expect(keysIn(path)).toEqual([{ sha256: sha256Of(first.key), consumer: 'acme' }]);
    writeFileSync(path, `# partners\n${readFileSync(path, 'utf8')}`);
    const link = join(folder.path, 'link.yaml');
    symlinkSync(path, link);
    const second = await created('true', '--expires', '90d', '--name', 'laptop: #2', '--file', link);
    expect(second.file).toBe(link);
    const expires = Date.parse(second.entry.expires!) - Date.now();
    expect(Math.round(expires / 86_400_000)).toBe(90);
    expect(keysIn(path)[1]).toEqual({
      sha256: sha256Of(second.key),
      consumer: 'true',
      expires: second.entry.expires,
      name: 'laptop: #2',
    });
    expect(readFileSync(path, 'utf8')).toMatch(/^# partners\nversion: 1\nkeys:\n {2}- \{/);
    expect([existsSync(`${path}.new`), readFileSync(path, 'utf8').includes('msag_')]).toEqual([false, false]);
  });

  it('adds to a file in JSON', async () => {
    const path = fileOf('keys.json', '{ "version": 1, "keys": [] }');
    const { key } = await created('acme', '--file', path);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      version: 1,
      keys: [{ sha256: sha256Of(key), consumer: 'acme' }],
    });
  });

  it('changes no file that is invalid or in use, and then shows no key', async () => {
    const text = 'version: 1\nkeys: [ { sha256: x, consumer: acme } ]\n';
    const invalid = fileOf('invalid-keys.yaml', text);
    const busy = fileOf('busy.yaml', 'version: 1\nkeys: []\n');
    writeFileSync(`${busy}.new`, '');
    for (const [path, reason] of [
      [invalid, `${invalid}:2:19 file.keys[0].sha256 must be`],
      [busy, `${busy}.new exists`],
      [join(folder.path, 'none', 'keys.yaml'), 'ENOENT'],
    ] as const) {
      const { code, stdout, stderr } = await run('keys', 'new', 'acme', '--file', path);
      expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining(reason)]);
    }
    expect([readFileSync(invalid, 'utf8'), existsSync(`${invalid}.new`)]).toEqual([text, false]);
    expect(existsSync(`${busy}.new`)).toBe(true);
  });

  it('refuses wrong values and wrong arguments with exit code 2', async () => {
    for (const args of [
      ['new', 'a b'],
      ['new', 'acme', '--scope', 'a b'],
      ['new', 'acme', '--expires', '90x'],
      ['new', 'acme', '--expires', '0d'],
      ['new', 'acme', '--expires', '2001-01-01T00:00:00Z'],
      ['new', 'acme', '--expires', '2999-02-30T00:00:00Z'],
      ['new'],
      ['old', 'acme'],
      [],
    ]) {
      const { code, stdout, stderr } = await run('keys', ...args);
      expect([args, code, stdout, stderr]).toEqual([args, 2, '', expect.stringMatching(/\w/)]);
    }
    const help = await run('keys', '--help');
    expect([help.code, help.stdout]).toEqual([0, expect.stringContaining('keys new CONSUMER')]);
  });
});

describe('npm run gateway -- explain', () => {
  let gateway: AppProcess;
  const config = fileOf(
    'explained.yaml',
    'version: 1\nroutes:\n  - { name: admin, match: { service: users, path: { prefix: /admin } }, access: { allow: [10.0.0.0/8] } }\n',
  );
  beforeAll(async () => {
    const env = { GATEWAY_PORT: '0', GATEWAY_HOST: '127.0.0.1', DATA_DIR: folder.path };
    gateway = await startApp('gateway', { ...env, GATEWAY_CONFIG: config });
    const body = { name: 'users', url: 'http://127.0.0.1:9', id: 'a', ttlSeconds: 300 };
    await call(gateway.url, 'POST /discovery/register', { body });
  });
  afterAll(() => gateway.process.stop());
  const explain = (...args: readonly string[]) => run('explain', '--gateway', gateway.url, ...args);

  it('shows the route, the decisions and the instances of a request that would be forwarded', async () => {
    const { code, stdout } = await explain(
      'GET',
      '/api/users/admin/1?x=1',
      '--client',
      '10.0.0.1',
      '-H',
      'X-A: b:c',
    );
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual(
      expect.arrayContaining([
        'GET /api/users/admin/1?x=1',
        'route:  admin (service users)',
        expect.stringMatching(/^ {2}access +continue +10\.0\.0\.1 may call$/),
        'result: forwarded as /admin/1?x=1 to one of a (http://127.0.0.1:9)',
      ]),
    );
  });

  it('has exit code 1 for a request that would be refused', async () => {
    const { code, stdout } = await explain('GET', '/api/users/admin', '--client', '11.0.0.1');
    expect([code, stdout]).toEqual([1, expect.stringContaining('result: refused: 403 Access denied: ')]);
    const unknown = await explain('GET', '/api/none', '--json');
    expect([unknown.code, JSON.parse(unknown.stdout)]).toEqual([
      1,
      expect.objectContaining({ route: null, problem: expect.objectContaining({ status: 404 }) as object }),
    ]);
  });

  it('finds the port of operators', async () => {
    const env = { GATEWAY_PORT: '0', GATEWAY_HOST: '127.0.0.1', ADMIN_PORT: String(await freePort()) };
    const { process } = await startApp('gateway', { ...env, DATA_DIR: join(folder.path, 'admin') });
    const { code, stdout } = await runWith(env, 'explain', 'GET', '/api/users');
    await process.stop();
    expect([code, stdout]).toEqual([1, expect.stringContaining('result: refused: 404')]);
  });

  it('has exit code 2 for a wrong command, and 3 without a gateway', async () => {
    for (const args of [
      ['GET'],
      ['GET', 'api'],
      ['GET', '/api/users', '-H', 'x'],
      ['GET', '/api/users', '--client', 'here'],
      ['GET', '/api/users', '--verbose'],
    ]) {
      const { code, stdout, stderr } = await explain(...args);
      expect([args, code, stdout, stderr]).toEqual([args, 2, '', expect.stringMatching(/\w/)]);
    }
    const { code, stderr } = await run('explain', 'GET', '/api/users', '--gateway', 'http://127.0.0.1:9');
    expect([code, stderr]).toEqual([3, expect.stringContaining('cannot be reached')]);
  });
});

describe('npm run gateway -- token', () => {
  const key = newSigningKey('k');
  const claims = {
    iss: 'https://issuer.example/',
    aud: 'shop',
    sub: 'alice',
    scope: 'a b',
    exp: 4_000_000_000,
  };
  const jwks = fileOf('jwks.json', JSON.stringify({ keys: [key.jwk] }));
  const provider = (source: string) =>
    `{ issuer: "${claims.iss}", audiences: [shop], algorithms: [ES256], jwks: { ${source} }, claimToHeaders: { sub: x-user } }`;
  const config = fileOf(
    'providers.yaml',
    `version: 1\nauthentication:\n  jwt:\n    file: ${provider('file: jwks.json')}\n    url: ${provider('url: "http://127.0.0.1:1/"')}\n`,
  );
  const token = (...args: readonly string[]) => run('token', ...args, '--config', config);

  it('says which provider accepts a token', async () => {
    const { code, stdout } = await token(signToken(key, claims));
    expect([code, stdout.trim().split('\n')]).toEqual([
      0,
      [
        'file: accepted, consumer "alice", scopes ["a","b"]',
        'url: unchecked (the keys come from a URL, which is not fetched)',
      ],
    ]);
  });

  it('says why others do not', async () => {
    const { code, stdout } = await token(signToken(key, { ...claims, aud: 'x' }), '--jwks', jwks);
    expect([code, stdout.trim().split('\n')]).toEqual([
      1,
      ['file: refused (audience)', 'url: refused (audience)'],
    ]);
    const other = await token(signToken(key, { ...claims, iss: 'x' }));
    expect([other.code, other.stdout]).toEqual([
      1,
      'file: refused (other issuer)\nurl: refused (other issuer)\n',
    ]);
  });

  it('prints JSON with --json', async () => {
    const { code, stdout } = await token(signToken(key, claims), '--json', '--jwks', jwks);
    const accepted = {
      result: 'accepted',
      reason: null,
      consumer: 'alice',
      scopes: ['a', 'b'],
      fields: { 'x-user': 'alice' },
    };
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      { accepted: true, providers: ['file', 'url'].map((each) => ({ provider: each, ...accepted })) },
    ]);
  });

  it('has exit code 2 and reports what is wrong with the command or the file', async () => {
    expect(await run('token', 'a.b.c')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--config FILE') as string,
    });
    const invalid = fileOf('bad.yaml', 'version: 2\n');
    expect(await run('token', 'a.b.c', '--config', invalid)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('version must be 1') as string,
    });
    expect(await run('token', '--help')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('exit code') as string,
    });
  });

  it('never prints the token', async () => {
    const signed = signToken(key, claims);
    for (const { stdout, stderr } of [await token(signed), await token(signed, '--json')])
      expect(stdout + stderr).not.toContain(signed);
  });
});
