import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Refusal } from '#contracts';
import { tempDir } from '#testing';
import { GatewayUnderTest } from '../../discovery/testing/gateway-under-test.js';

const POLICIES = `
version: 1
services:
  closed: { access: { allow: [192.0.2.1/32] } }
routes:
  - name: open
    match: { service: closed, path: { exact: /open } }
    access: { allow: [0.0.0.0/0] }
    respond: { status: 204 }
`;

describe('GET /policies/refusals', () => {
  const folder = tempDir();
  let gateway: GatewayUnderTest;
  beforeAll(async () => {
    const path = join(folder.path, 'gateway.yaml');
    writeFileSync(path, POLICIES);
    gateway = await GatewayUnderTest.start({
      GATEWAY_CONFIG: path,
      REGISTRY_TOKEN: 'a-token-of-the-registry',
    });
    await gateway.post(
      '/discovery/register',
      { name: 'closed', id: 'a', url: 'http://127.0.0.1:9001', ttlSeconds: 300 },
      { authorization: 'Bearer a-token-of-the-registry' },
    );
  });
  afterAll(async () => {
    await gateway.stop();
    folder.remove();
  });

  const refusals = async (query = ''): Promise<readonly Refusal[]> =>
    (await gateway.get(`/policies/refusals${query}`)).body as readonly Refusal[];

  it('lists who was refused and why, the newest first, and no request that was served', async () => {
    await gateway.get('/api/closed/first?secret=hunter2');
    await gateway.get('/api/closed/open');
    await gateway.get('/api/nowhere/', { 'x-request-id': 'the-second' });
    const [newest, oldest, ...others] = await refusals();
    expect(others).toEqual([]);
    expect(newest).toMatchObject({
      requestId: 'the-second',
      status: 404,
      problem: 'unknown-service',
      service: null,
      refusal: null,
    });
    expect(oldest).toMatchObject({
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      method: 'GET',
      target: expect.stringMatching(/^\/api\/closed\/first\?/),
      client: '127.0.0.1',
      consumer: null,
      service: 'closed',
      route: null,
      status: 403,
      problem: 'access-denied',
      refusal: expect.any(String),
    });
    expect(oldest?.target).not.toContain('hunter2');
  });

  it('lists no more than asked for', async () => {
    expect(await refusals('?limit=1')).toHaveLength(1);
    expect((await gateway.get('/policies/refusals?limit=0')).status).toBe(400);
  });

  it('is readable with the token of the registry, and on this machine', async () => {
    const remote = { 'x-forwarded-for': '192.0.2.7' };
    expect((await gateway.get('/policies/refusals', remote)).status).toBe(401);
    const authorization = 'Bearer a-token-of-the-registry';
    expect((await gateway.get('/policies/refusals', { ...remote, authorization })).status).toBe(200);
  });
});
