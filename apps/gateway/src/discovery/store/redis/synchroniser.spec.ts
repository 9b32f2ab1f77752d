import { Redis } from 'ioredis';
import { newId } from '#service-kit';
import { withRedis } from '#testing';
import { newInstanceFrom } from '../new-instance.js';
import { PendingStateChanges } from './pending-state-changes.js';
import { RegistrySnapshot } from './registry-snapshot.js';
import { RedisSession } from './redis-session.js';
import { Synchroniser } from './synchroniser.js';

const url = 'http://127.0.0.1:9001';
const ids = Array.from({ length: 600 }, (_, i) => `i${i}`);

withRedis('a registry snapshot of a Redis that is emptied', (server) => {
  let session: RedisSession;
  let redis: Redis;
  beforeEach(async () => {
    const gateway = newId();
    session = await RedisSession.open({ url: server().url, prefix: `test-${gateway}`, gateway });
    redis = new Redis(server().url);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    session.end();
    redis.disconnect();
  });

  async function synchronised() {
    const snapshot = new RegistrySnapshot(60_000);
    const synchroniser = new Synchroniser(snapshot, new PendingStateChanges());
    for (const id of ids)
      await session.scripts.put(newInstanceFrom({ name: 'users', url }, id, url), 'registered');
    await synchroniser.synchronise(session);
    return { snapshot, synchroniser };
  }

  /** Empties Redis after each of the first `times` calls of this method. */
  function emptyAfter(name: 'restore' | 'readState' | 'readInstances', times: number): void {
    const { scripts } = session;
    const call = scripts[name].bind(scripts) as (...args: unknown[]) => Promise<unknown>;
    let calls = 0;
    jest.spyOn(scripts, name).mockImplementation(async (...args: unknown[]) => {
      const result = await call(...args);
      calls += 1;
      if (calls <= times) await redis.flushall();
      return result as never;
    });
  }

  const idsIn = (snapshot: RegistrySnapshot): readonly string[] => snapshot.list().map(({ id }) => id);

  it('keeps all instances, and restores them', async () => {
    const { snapshot, synchroniser } = await synchronised();
    await redis.flushall();
    await synchroniser.synchronise(session);
    expect(idsIn(snapshot)).toEqual(ids);
    expect((await session.scripts.readContents())?.instances).toHaveLength(ids.length);
  });

  it.each([
    ['after it was restored', 'restore', 1],
    ['twice after it was restored', 'restore', 2],
    ['before it is read', 'readState', 2],
    ['while it is read', 'readInstances', 1],
  ] as const)('keeps all instances if Redis is emptied again %s', async (_, name, times) => {
    const { snapshot, synchroniser } = await synchronised();
    await redis.flushall();
    emptyAfter(name, times);
    await synchroniser.synchronise(session);
    expect(idsIn(snapshot)).toEqual(ids);
    expect((await session.scripts.readContents())?.instances).toHaveLength(ids.length);
  });
});
