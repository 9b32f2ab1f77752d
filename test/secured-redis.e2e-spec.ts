import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import {
  call,
  freePort,
  launchNode,
  onPrograms,
  ROOT,
  startApp,
  startRedis,
  waitFor,
  type AppProcess,
  type Environment,
  type TestRedis,
} from '#testing';

const TLS = join(ROOT, 'test/support/tls');
const CERTIFICATE = join(TLS, 'certificate.pem');
const LOOPBACK: Environment = { GATEWAY_HOST: '127.0.0.1', GATEWAY_PORT: '0' };

onPrograms(['redis-server'], 'a Redis server with access control', () => {
  let server: TestRedis;
  let tlsPort: number;
  const started: AppProcess[] = [];
  const admins: Redis[] = [];

  beforeAll(async () => {
    tlsPort = await freePort();
    server = await startRedis(undefined, [
      ...['--requirepass', 'first', '--user', 'one', 'on', '>pass%word', '~{one}:*', '+@all'],
      ...['--user', 'stranger', 'on', '>pass', '~other:*', '+@all'],
      ...['--tls-port', String(tlsPort), '--tls-auth-clients', 'no'],
      ...['--tls-cert-file', CERTIFICATE, '--tls-key-file', join(TLS, 'key.pem')],
      ...['--tls-ca-cert-file', CERTIFICATE],
    ]);
  });
  afterEach(() => admins.splice(0).forEach((admin) => admin.disconnect()));
  afterEach(() => Promise.all(started.splice(0).map(({ process }) => process.stop())));
  afterAll(() => server.stop());

  const at = (userInfo: string, path = ''): string => `redis://${userInfo}@127.0.0.1:${server.port}${path}`;
  const open = async (env: Environment): Promise<AppProcess> => {
    const gateway = await startApp('gateway', { ...LOOPBACK, ...env });
    started.push(gateway);
    return gateway;
  };
  const register = ({ url }: AppProcess, id: string) =>
    call(url, 'POST /discovery/register', {
      body: { name: 'users', url: 'http://127.0.0.1:9', id, ttlSeconds: 300 },
    });
  const registryOf = async ({ url }: AppProcess) => {
    const { body } = await call(url, 'GET /health');
    return (body as { details: { registry: { status: string; message?: string } } }).details.registry;
  };

  it('accepts gateways by password, by ACL user, and over TLS with a certificate that they trust', async () => {
    const gateways = await Promise.all([
      open({ REDIS_URL: at(':first'), REDIS_PREFIX: 'one' }),
      open({ REDIS_URL: at('one:pass%25word'), REDIS_PREFIX: 'one' }),
      open({
        REDIS_URL: `rediss://:first@localhost:${tlsPort}`,
        REDIS_PREFIX: 'one',
        NODE_EXTRA_CA_CERTS: CERTIFICATE,
      }),
    ]);
    expect((await register(gateways[0], 'a')).status).toBe(201);
    for (const { url } of gateways)
      await waitFor('the instance at the gateway', async () =>
        JSON.stringify((await call(url, 'GET /discovery/services')).body).includes('"id":"a"'),
      );
  });

  it('holds separate registries for two prefixes and two databases', async () => {
    const gateways = await Promise.all([
      open({ REDIS_URL: at(':first'), REDIS_PREFIX: 'two' }),
      open({ REDIS_URL: at(':first'), REDIS_PREFIX: 'two.more' }),
      open({ REDIS_URL: at(':first', '/1'), REDIS_PREFIX: 'two' }),
    ]);
    for (const [i, gateway] of gateways.entries()) {
      expect((await register(gateway, `i${i}`)).status).toBe(201);
      expect((await call(gateway.url, 'GET /discovery/services')).body).toMatchObject([{ id: `i${i}` }]);
      expect((await call(gateway.url, 'GET /discovery/events?since=0')).body).toHaveLength(1);
    }
  });

  it.each([
    ['the password is wrong', () => at(':wrong'), /WRONGPASS .*/],
    ['there is no password', () => at(''), /NOAUTH .*/],
    ['the user is unknown', () => at('unknown:pass'), /WRONGPASS .*/],
    ['the user has no access to the keys', () => at('stranger:pass'), /NOPERM .*/],
    ['the database does not exist', () => at(':first', '/99'), /ERR DB index is out of range/],
    ['its certificate is not trusted', () => `rediss://:first@localhost:${tlsPort}`, /self-signed.*/],
  ])('makes a gateway exit at start with one line when %s', async (_why, urlOf, reason) => {
    const launched = launchNode('dist/apps/gateway/src/main.js', [], { ...LOOPBACK, REDIS_URL: urlOf() });
    expect(await launched.exited).toEqual({ code: 1, signal: null });
    const line = new RegExp(`^gateway: Redis at REDIS_URL cannot be used: ${reason.source}\n$`);
    expect(launched.stderr).toMatch(line);
    expect(launched.stderr).not.toMatch(/wrong@|first|pass@|Error: /);
    expect(launched.stdout).not.toContain('"level":"error"');
  });

  it('with a changed password is reported in the log and at /health until it has the old password again', async () => {
    const admin = new Redis(at(':first'));
    admins.push(admin);
    const gateway = await open({ REDIS_URL: at(':first'), REDIS_PREFIX: 'three', LOG_LEVEL: 'INFO' });
    await register(gateway, 'a');
    await admin.config('SET', 'requirepass', 'second');
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await waitFor(
      'the reason at /health',
      async () => (await registryOf(gateway)).message?.includes('WRONGPASS') === true,
    );
    expect(await registryOf(gateway)).toMatchObject({
      status: 'degraded',
      message: 'registry unavailable (WRONGPASS)',
    });
    expect((await register(gateway, 'b')).status).toBe(503);
    expect((await call(gateway.url, 'POST /discovery/cleanup')).status).toBe(503);
    expect((await call(gateway.url, 'GET /discovery/services')).body).toMatchObject([{ id: 'a' }]);
    // The log reports it once, however often the gateway retries.
    await sleep(500);
    expect(gateway.process.stdout.match(/Registry still unavailable: WRONGPASS/g)).toHaveLength(1);
    await admin.config('SET', 'requirepass', 'first');
    await waitFor('the registry to be back', async () => (await registryOf(gateway)).status === 'up');
    expect((await register(gateway, 'b')).status).toBe(201);
  });
});
