import { createHash } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newApiKey } from '../../apps/gateway/src/proxy/stages/authentication/api-key/api-key.js';
import { call, launchNode, startApp, tempDir, waitFor, type AppProcess } from '#testing';

const folder = tempDir('decision-record-');
afterAll(() => folder.remove());
const KEY = newApiKey();
const REGISTRY_TOKEN = 'a-token-of-the-registry';

writeFileSync(
  join(folder.path, 'keys.yaml'),
  `version: 1
keys: [{ sha256: ${createHash('sha256').update(KEY).digest('hex')}, consumer: acme-ltd, scopes: [read] }]
`,
);

const fileWith = (closed: string, consumer = 'acme-ltd'): string => `
version: 1
authentication: { apiKey: { partners: { keysFile: keys.yaml } } }
defaults: { respond: { status: 200, body: served } }
services: { shop: {}, closed: { access: { deny: ['${closed}'] } } }
routes:
  - name: members
    match: { service: shop, path: { prefix: /members } }
    auth: { anyOf: [partners] }
    authorization: { anyOf: [ { consumers: [${consumer}] } ] }
  - name: beta
    match: { service: shop, headers: { x-beta: letmein }, query: { mode: secret-mode } }
    respond: { status: 202, body: beta }
`;

const NOWHERE = '192.0.2.1/32';
const EVERYWHERE = '0.0.0.0/0';

describe('the record of decisions', () => {
  const path = join(folder.path, 'gateway.yaml');
  let gateway: AppProcess;

  beforeAll(async () => {
    replace(path, fileWith(NOWHERE));
    gateway = await startApp('gateway', {
      GATEWAY_PORT: '0',
      GATEWAY_HOST: '127.0.0.1',
      DATA_DIR: folder.path,
      GATEWAY_CONFIG: path,
      GATEWAY_CONFIG_MAX_CHANGED: '10%',
      REGISTRY_TOKEN,
    });
  });
  afterAll(() => gateway.process.stop());

  const get = (target: string, headers: Record<string, string> = {}) =>
    call(gateway.url, `GET /api/${target}`, { headers });
  const recordText = async (): Promise<string> => (await fetch(`${gateway.url}/policies/decisions`)).text();
  const plan = async (text: string, env: Readonly<Record<string, string>>, ...args: readonly string[]) => {
    const next = join(folder.path, 'next.yaml');
    replace(next, text);
    const launched = launchNode('scripts/gateway.mjs', ['plan', next, ...args], env);
    const { code } = await launched.exited;
    return { code, stdout: launched.stdout, stderr: launched.stderr };
  };
  const from = () => ['--from', gateway.url] as const;

  it('has no credential, and no readable consumer, header, query or claim', async () => {
    const headers = { 'x-api-key': KEY, 'x-beta': 'letmein', authorization: 'Bearer a.secret.token' };
    expect((await get('shop/members/1?mode=secret-mode&password=hunter2', headers)).status).toBe(200);
    expect((await get('shop/?mode=secret-mode', { 'x-beta': 'letmein' })).status).toBe(202);
    const text = await recordText();
    const [head, ...lines] = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(head).toMatchObject({ format: 1, services: {} });
    expect(lines).toMatchObject([
      { route: 'members', client: '127.0.0.1', identity: { provider: 'partners', scopes: ['read'] } },
      { route: 'beta', status: 202, present: { route: 'beta', status: 202 } },
    ]);
    for (const secret of [KEY, 'secret.token', 'acme-ltd', 'letmein', 'secret-mode', 'hunter2'])
      expect(text).not.toContain(secret);
  });

  it('is readable with the token of the registry, and on this machine', async () => {
    const remote = { 'x-forwarded-for': '192.0.2.7' };
    const statusWith = async (headers: Record<string, string>) =>
      (await fetch(`${gateway.url}/policies/decisions`, { headers })).status;
    expect(await statusWith(remote)).toBe(401);
    expect(await statusWith({ ...remote, authorization: `Bearer ${REGISTRY_TOKEN}` })).toBe(200);
  });

  it('tells plan whether hidden values are those of another file, with the token alone', async () => {
    const other = fileWith(NOWHERE, 'another-consumer');
    const changed = await plan(other, { REGISTRY_TOKEN }, ...from());
    expect(changed.code).toBe(1);
    expect(changed.stdout).toMatch(
      /^1 of 2 decisions would change\n {2}1 of 2 would become 403 forbidden: route members, authorization: the caller does not meet anyOf\[0\] \(consumers\) \(now 200\)\n {4}such as GET \/api\/shop\/members\/1\?mode=~\S+\n$/,
    );
    expect(await plan(fileWith(NOWHERE), { REGISTRY_TOKEN }, ...from())).toMatchObject({
      code: 0,
      stdout: 'nothing would change (2 decisions)\n',
    });
    const without = await plan(other, {}, ...from());
    expect([without.code, without.stderr]).toEqual([2, expect.stringContaining('set REGISTRY_TOKEN')]);
  });

  it('lets plan say what cannot be determined', async () => {
    const next = fileWith(NOWHERE).replace(
      'routes:',
      'routes:\n  - name: new\n    match: { service: shop, path: { prefix: /members }, headers: { x-new: a } }\n    respond: { status: 204 }\n',
    );
    const { code, stdout } = await plan(next, { REGISTRY_TOKEN }, ...from());
    expect([code, stdout]).toEqual([
      1,
      expect.stringContaining('1 of 2 cannot be determined: they depend on header field x-new (now 200'),
    ]);
  });

  it('fails plan for a bad file, a bad record and a gateway that cannot be reached', async () => {
    const valid = fileWith(NOWHERE);
    expect((await plan('version: 2', {}, ...from())).code).toBe(2);
    expect((await plan(valid, {}, '--record', path)).code).toBe(2);
    expect((await plan(valid, {}, '--from', 'http://127.0.0.1:1')).code).toBe(3);
    expect((await plan(valid, {}, '--from', 'http://127.0.0.1:1', '--record', path)).code).toBe(2);
  });

  it('refuses a reload that would change more than the share, and says so everywhere', async () => {
    for (let i = 0; i < 10; i += 1) await get('closed/');
    replace(path, fileWith(EVERYWHERE));
    const policies = async () =>
      (await call(gateway.url, 'GET /policies')).body as { lastError: { problems: string[] } | null };
    await waitFor('the refusal', async () => (await policies()).lastError !== null);
    const message =
      'GATEWAY_CONFIG_MAX_CHANGED is 10%, and 83.33% of 12 recorded decisions would change (10 changed, 0 cannot be determined); ' +
      '10 of 12 would become 403 access-denied: no named route, access: the address is denied (now 200)';
    expect((await policies()).lastError?.problems).toEqual([message]);
    expect((await get('closed/')).status).toBe(200);
    expect(gateway.process.stdout).toContain('"msg":"Policy file refused; the previous one stays in effect"');
    const metrics = (await call(gateway.url, 'GET /metrics')).body as string;
    expect(metrics).toContain('gateway_config_last_reload_successful 0\n');
    expect(metrics).toContain('gateway_config_reload_decisions{result="changed"} 10\n');
    const { details } = (await call(gateway.url, 'GET /health')).body;
    expect(details['policy-file']).toMatchObject({
      status: 'degraded',
      message: expect.stringContaining('10 of 12 recorded decisions would change'),
    });
  });

  it('accepts the next file that changes less', async () => {
    replace(path, fileWith('127.0.0.2/32'));
    await gateway.process.waitForOutput(
      /"decisions":\{"unchanged":13,"changed":0,"unknown":0\}.*it is changed/,
    );
    expect((await call(gateway.url, 'GET /health')).body.details['policy-file'].status).toBe('up');
  });
});

function replace(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}
