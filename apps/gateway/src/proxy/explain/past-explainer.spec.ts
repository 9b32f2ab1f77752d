import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RegistryAt, Timeline } from '#contracts';
import { tempDir, timeBetweenChanges } from '#testing';
import { GatewayUnderTest } from '../../discovery/testing/gateway-under-test.js';
import { LivePolicyFile } from '../../policy/index.js';
import { RouteTable } from '../routing/route-table.js';
import type { PastExplanation } from './past-explainer.js';

const PATH = '/api/users/1';

describe('GET /discovery/explain?at=', () => {
  const folder = tempDir('past-explainer-');
  const path = join(folder.path, 'gateway.yaml');
  let gateway: GatewayUnderTest;
  afterEach(() => gateway.stop());
  afterAll(() => folder.remove());

  const register = (id: string, port: number) =>
    gateway.register({ name: 'users', url: `http://127.0.0.1:${port}`, id, ttlSeconds: 300 });
  const explain = async (at: string, query = '') =>
    (await gateway.get(`/discovery/explain?path=${PATH}&at=${at}${query}`)).body as PastExplanation;

  const load = async (text: string): Promise<void> => {
    writeFileSync(path, `version: 1\n${text}\n`);
    const file = gateway.app.nest.get(LivePolicyFile);
    await file.reload();
    expect(file.lastError).toBeUndefined();
  };
  const startWith = async (text: string): Promise<void> => {
    writeFileSync(path, `version: 1\n${text}\n`);
    gateway = await GatewayUnderTest.start({ GATEWAY_CONFIG: path });
  };

  it('shows the instances of that time', async () => {
    gateway = await GatewayUnderTest.start();
    const empty = await timeBetweenChanges();
    await register('a', 9);
    const alone = await timeBetweenChanges();
    await register('b', 10);
    await gateway.post('/discovery/services/a/drain', {});
    const drained = await timeBetweenChanges();
    await gateway.call('DELETE', '/discovery/unregister/b');
    await gateway.call('DELETE', '/discovery/unregister/a');
    const gone = await timeBetweenChanges();
    expect((await explain(empty)).problem?.type).toBe('urn:msa-gateway:problem:unknown-service');
    expect(await explain(alone)).toMatchObject({
      candidates: [{ id: 'a', inFlight: 0 }],
      excluded: [],
      attempts: [{ instance: 'a' }],
      problem: null,
      recorded: { at: alone, revision: null, note: expect.stringContaining('not recorded') },
    });
    expect(await explain(drained)).toMatchObject({
      candidates: [{ id: 'b' }],
      excluded: [{ id: 'a', status: 'draining' }],
    });
    expect((await explain(gone)).problem?.type).toBe('urn:msa-gateway:problem:no-healthy-instance');
  });

  it('asks the stages of the policy file of that time', async () => {
    await startWith('services: { users: { access: { deny: [192.0.2.0/24] } } }');
    await register('a', 9);
    const denied = await timeBetweenChanges();
    await load('services: { users: { redirect: { status: 308, path: /new } } }');
    const redirected = await timeBetweenChanges();
    await load('services: { users: { mirror: { to: { service: other } }, cache: { enabled: true } } }');
    const { revision } = (await gateway.get('/discovery/at')).body as RegistryAt;
    const from = '&client=192.0.2.1';
    expect(await explain(denied, from)).toMatchObject({
      decisions: expect.arrayContaining([expect.objectContaining({ stage: 'access', decision: 'respond' })]),
      problem: { status: 403 },
    });
    expect(await explain(redirected, from)).toMatchObject({ problem: null, reply: { status: 308 } });
    const last = await explain(await timeBetweenChanges(), from);
    expect(last).toMatchObject({ problem: null, reply: null, recorded: { revision } });
    expect(last.decisions.map(({ stage }) => stage)).toEqual(expect.arrayContaining(['mirror', 'cache']));
    const revisions = await Promise.all([denied, redirected].map((at) => explain(at)));
    const recorded = [...revisions, last].map(({ recorded: { revision: each } }) => each);
    expect(new Set(recorded).size).toBe(3);
    const { changes } = (await gateway.get('/discovery/timeline')).body as Timeline;
    const loaded = changes.filter(({ kind }) => kind === 'policy').map((each) => each.revision);
    expect(loaded.slice(-2)).toEqual(recorded.slice(1));
  });

  it('changes nothing for requests: limits are not charged, and routes in use stay', async () => {
    await startWith(
      'services: { users: { rateLimits: [{ name: few, requests: 1, per: 1h, key: client }] } }',
    );
    await register('a', 9);
    const then = await timeBetweenChanges();
    const routes = gateway.app.nest.get(RouteTable, { strict: false });
    const before = routes.get('users');
    for (let i = 0; i < 3; i += 1)
      expect(await explain(then, '&client=192.0.2.1')).toMatchObject({ problem: null });
    expect(routes.get('users')).toBe(before);
    const now = (await gateway.get(`/discovery/explain?path=${PATH}&client=192.0.2.1`)).body;
    expect(now).toMatchObject({
      decisions: expect.arrayContaining([
        expect.objectContaining({ detail: expect.stringContaining('1 of 1 left') }),
      ]),
    });
    expect(now).not.toHaveProperty('recorded');
  });

  it('does not guess what a provider said that has changed since', async () => {
    const provider = (issuer: string): string =>
      `authentication: { jwt: { main: { issuer: ${issuer}, audiences: [a], algorithms: [ES256], jwks: { file: jwks.json } } } }
services: { users: { auth: { anyOf: [main] } } }`;
    writeFileSync(join(folder.path, 'jwks.json'), '{ "keys": [] }');
    await startWith(provider('one'));
    await register('a', 9);
    const then = await timeBetweenChanges();
    await load(provider('two'));
    const detailOf = ({ decisions }: PastExplanation) =>
      decisions.find(({ stage }) => stage === 'authentication')?.detail;
    const withToken = await explain(then, '&header=authorization:Bearer%20x');
    expect(detailOf(withToken)).toContain('not recorded: the provider has changed since');
    expect((await explain(then)).problem?.status).toBe(401);
  });
});
