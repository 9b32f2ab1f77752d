import { Redis } from 'ioredis';
import { newId } from '#service-kit';
import { withRedis } from '#testing';
import { newInstanceFrom } from '../new-instance.js';
import { expiredFrom } from '../stored-instance.js';
import { RedisSession } from './redis-session.js';
import type { RegistryScripts } from './registry-scripts.js';

withRedis('heartbeats in one command', (server) => {
  let session: RedisSession;
  let scripts: RegistryScripts;
  beforeEach(async () => {
    const gateway = newId();
    session = await RedisSession.open({ url: server().url, prefix: `test-${gateway}`, gateway });
    scripts = session.scripts;
  });
  afterEach(() => session.end());

  const put = async (id: string, ttlSeconds: number) => {
    const url = 'http://127.0.0.1:9001';
    const { change } = await scripts.put(
      { ...newInstanceFrom({ name: 'users', url }, id, url), ttlSeconds },
      'registered',
    );
    return { revision: change, ttlSeconds };
  };
  const leaseOf = async (id: string): Promise<number> => {
    const [found] = await scripts.readInstances([id]);
    const { expiresAt = NaN, lastHeartbeatAt = NaN } = found?.instance ?? {};
    return expiresAt - lastHeartbeatAt;
  };

  it('return only a time if the gateway has the current revision of the instance', async () => {
    const known = await put('a', 30);
    const [renewal] = await scripts.recordHeartbeats([{ id: 'a', report: { inFlight: 3 }, known }]);
    const [found] = await scripts.readInstances(['a']);
    expect(renewal).toEqual({ at: found?.instance.lastHeartbeatAt, lastProbe: null });
    expect(found?.instance.report).toEqual({ inFlight: 3 });
    expect(await leaseOf('a')).toBe(30_000);
  });

  it('return the last health check, which no change carries', async () => {
    const known = await put('a', 30);
    const lastProbe = { at: new Date().toISOString(), ok: false, latencyMs: 2.5 };
    await scripts.recordHealthChecks(new Map([['a', lastProbe]]));
    const heartbeats = [undefined, known].map((copy) => ({ id: 'a', report: {}, known: copy }));
    for (const renewal of await scripts.recordHeartbeats(heartbeats))
      expect(renewal?.lastProbe).toEqual(lastProbe);
  });

  it('use and return the current instance if the gateway has an older revision or none', async () => {
    const before = await put('a', 30);
    const { revision } = await put('a', 60);
    for (const known of [before, undefined]) {
      const [renewal] = await scripts.recordHeartbeats([{ id: 'a', report: { loopLagMs: 0.5 }, known }]);
      expect(renewal?.revised).toMatchObject({
        instance: { id: 'a', ttlSeconds: 60, report: { loopLagMs: 0.5 }, lastHeartbeatAt: renewal?.at },
        revision,
      });
      expect(await leaseOf('a')).toBe(60_000);
    }
  });

  it('do not create an instance, and do not affect others', async () => {
    const [a, b] = [await put('a', 30), await put('b', 30)];
    await scripts.remove('b', 'it left');
    const report = {};
    const found = await scripts.recordHeartbeats([
      { id: 'b', report, known: b },
      { id: 'never', report, known: undefined },
      { id: 'a', report, known: a },
    ]);
    expect(found).toEqual([undefined, undefined, { at: expect.any(Number) as number, lastProbe: null }]);
    expect(await scripts.readInstances(['a', 'b', 'never'])).toHaveLength(1);
  });

  it('accept any number', async () => {
    const ids = Array.from({ length: 1200 }, (_, i) => `i${i}`);
    const known = await Promise.all(ids.map((id) => put(id, 30)));
    const found = await scripts.recordHeartbeats(
      ids.map((id, i) => ({ id, report: { inFlight: i }, known: known[i] })),
    );
    expect(found.filter((renewal) => renewal?.revised === undefined)).toHaveLength(1200);
    const looked = await scripts.readInstances(ids);
    expect(looked.map(({ instance }) => instance.report.inFlight)).toEqual(ids.map((_, i) => i));
  });
});

withRedis('the restoration of an expired instance', (server) => {
  it('ends the lease of the older instance that the store still has', async () => {
    const gateway = newId();
    const prefix = `test-${gateway}`;
    const session = await RedisSession.open({ url: server().url, prefix, gateway });
    const redis = new Redis(server().url);
    const url = 'http://127.0.0.1:9001';
    const { change, after } = await session.scripts.put(
      newInstanceFrom({ name: 'users', url }, 'a', url),
      'registered',
    );
    const instance = { ...after, ...expiredFrom(after, Date.now()) };
    await session.scripts.restore(change, [{ instance, revision: change + 1 }], new Map());
    expect(await redis.zscore(`{${prefix}}:leases`, 'a')).toBeNull();
    redis.disconnect();
    session.end();
  });
});
