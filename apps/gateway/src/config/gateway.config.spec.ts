import { readGatewayConfig } from './gateway.config.js';

const problemsOf = (env: Record<string, string>): string[] => {
  try {
    readGatewayConfig(env);
    return [];
  } catch (error) {
    return (error as { problems: string[] }).problems.map((problem) => problem.split(' ', 1)[0] ?? '');
  }
};

describe('readGatewayConfig', () => {
  it('requires no variable to be set', () => {
    expect(readGatewayConfig({})).toMatchObject({
      host: '0.0.0.0',
      port: 8000,
      environment: 'development',
      trustedProxies: ['127.0.0.0/8', '::1/128'],
      dataPlane: 'wire',
      registryToken: undefined,
      instanceRetentionMs: 86_400_000,
      redisUrl: undefined,
      redisPrefix: 'msa-gateway',
    });
  });

  it('shares stored responses only in a Redis', () => {
    expect(problemsOf({ GATEWAY_CACHE_REDIS: 'true' })).toEqual(['GATEWAY_CACHE_REDIS']);
    const env = { GATEWAY_CACHE_REDIS: 'true', REDIS_URL: 'redis://127.0.0.1:6379' };
    expect(readGatewayConfig(env)).toMatchObject({ cacheInRedis: true, cacheRedisWaitMs: 20 });
  });

  it.each([
    ['24h', 86_400_000],
    ['90s', 90_000],
    ['500ms', 500],
    ['2m', 120_000],
    ['7d', 604_800_000],
  ])('reads the retention %s as %i ms', (text, ms) => {
    expect(readGatewayConfig({ INSTANCE_RETENTION: text }).instanceRetentionMs).toBe(ms);
  });

  it.each(['24', 'h', '-1s', '1.5h', '1 h', '24 hours'])('rejects the retention "%s"', (text) => {
    expect(problemsOf({ INSTANCE_RETENTION: text })).toEqual(['INSTANCE_RETENTION']);
  });

  it.each([
    ['1%', 1],
    ['0%', 0],
    ['100%', 100],
    ['0.25%', 0.25],
  ])('reads the share %s of changed decisions', (text, percent) => {
    const { maxChangedPercent } = readGatewayConfig({ GATEWAY_CONFIG_MAX_CHANGED: text });
    expect(maxChangedPercent).toBe(percent);
  });

  it.each(['1', '%', '101%', '-1%', '1.2345%', '1 %'])('rejects the share "%s"', (text) => {
    expect(problemsOf({ GATEWAY_CONFIG_MAX_CHANGED: text })).toEqual(['GATEWAY_CONFIG_MAX_CHANGED']);
  });

  it('waits at shutdown where gateways share a registry, also in development', () => {
    const delayOf = (env: Record<string, string>): number => readGatewayConfig(env).shutdownDelayMs;
    expect(delayOf({})).toBe(0);
    expect(delayOf({ REDIS_URL: 'redis://127.0.0.1:6379' })).toBe(3000);
    expect(delayOf({ REDIS_URL: 'redis://127.0.0.1:6379', SHUTDOWN_DELAY_SECONDS: '1' })).toBe(1000);
  });

  it('names every invalid variable at once', () => {
    expect(
      problemsOf({
        GATEWAY_PORT: '80000',
        TRUSTED_PROXIES: '10.0.0.0/33',
        DATA_PLANE: 'x',
        LOG_LEVEL: 'x',
        REDIS_URL: 'http://127.0.0.1',
        REDIS_PREFIX: '{x}',
      }).sort(),
    ).toEqual(['DATA_PLANE', 'GATEWAY_PORT', 'LOG_LEVEL', 'REDIS_PREFIX', 'REDIS_URL', 'TRUSTED_PROXIES']);
  });

  it.each(['10.0.0.0/8', '10.1.2.3, ::1', 'fd00::/8'])('accepts the trusted proxies %s', (ranges) => {
    expect(problemsOf({ TRUSTED_PROXIES: ranges })).toEqual([]);
  });

  it.each(['nginx', '10.0.0.0/8,', '10.0.0.0/x', '::1/129'])('rejects the trusted proxies %s', (ranges) => {
    expect(problemsOf({ TRUSTED_PROXIES: ranges })).toEqual(['TRUSTED_PROXIES']);
  });

  it.each(['10.0.0.0/8,', 'example.com', '10.0.0.0/33', '10.0.0/8', ' '])(
    'rejects the allowed networks "%s"',
    (ranges) => {
      expect(problemsOf({ REGISTRY_ALLOWED_NETWORKS: ranges })).toEqual(['REGISTRY_ALLOWED_NETWORKS']);
    },
  );

  it.each(['   ', 'two words', 'tökèn', 'line\nend'])(
    'rejects the token "%s", which no client could send',
    (token) => {
      expect(problemsOf({ REGISTRY_TOKEN: token })).toEqual(['REGISTRY_TOKEN']);
    },
  );

  it.each([
    'redis://',
    'redis:///3',
    'redis://127.0.0.1:99999',
    'redis://127.0.0.1/first',
    'redis://:50%off@127.0.0.1',
    '127.0.0.1:6379',
    'http://127.0.0.1',
    'redis://one,other',
    'redis+other://one',
    'redis+sentinel://user:p@one,user:p@other/main',
    'redis+sentinel://one:26379',
    'redis+sentinel:///main',
    'redis+sentinel://one,,other/main',
    'redis+sentinel://one/main/first',
    'redis+cluster://one,other/1',
    'redis+cluster://:50%off@one',
  ])('rejects the Redis URL %s', (at) => {
    expect(problemsOf({ REDIS_URL: at })).toEqual(['REDIS_URL']);
  });

  it.each([
    'redis://redis',
    'redis://[::1]:6379/',
    'rediss://user:50%25@redis.example:6380/3',
    'redis://user:p%40ss@one',
    'redis://user:p@ss@one',
    'redis+sentinel://one:26379,[::1]/main',
    'rediss+sentinel://user:50%25@one,other:26380/main.eu-1/3',
    'redis+cluster://one:7000,other:7001',
  ])('accepts the Redis URL %s', (at) => {
    expect(readGatewayConfig({ REDIS_URL: at }).redisUrl).toBe(at);
  });

  it('rejects and names every insecure setting in production', () => {
    const ENVIRONMENT = 'production';
    const REGISTRY_TOKEN = 'sixteen-or-more-c';
    expect(problemsOf({ ENVIRONMENT })).toEqual(['REGISTRY_TOKEN']);
    expect(problemsOf({ ENVIRONMENT, REGISTRY_TOKEN: 'short' })).toEqual(['REGISTRY_TOKEN']);
    expect(problemsOf({ ENVIRONMENT, TRUSTED_PROXIES: '10.0.0.1,0.0.0.0/0' })).toEqual([
      'REGISTRY_TOKEN',
      'TRUSTED_PROXIES',
    ]);
    expect(problemsOf({ ENVIRONMENT, TRUSTED_PROXIES: '::/0', REGISTRY_TOKEN })).toEqual(['TRUSTED_PROXIES']);
    expect(problemsOf({ ENVIRONMENT, REGISTRY_TOKEN })).toEqual([]);
  });

  it('never contains a value', () => {
    const start = () => readGatewayConfig({ ENVIRONMENT: 'production', REGISTRY_TOKEN: 'geheim' });
    expect(start).toThrow(
      /^bad configuration: REGISTRY_TOKEN must be a secret of at least 16 characters in production$/,
    );
  });
});
