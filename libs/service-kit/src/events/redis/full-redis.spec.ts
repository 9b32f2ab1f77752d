import { withRedis, waitFor } from '#testing';
import { connect, connectionTo } from '../../redis/redis-client.js';
import { newId } from '../../storage/new-id.js';
import { EventKeys } from './event-keys.js';
import { GroupSession, HANDLERS_KEPT_MS } from './group-session.js';
import { RedisStreamTransport } from './redis-stream-transport.js';
import { CHANGED, sampleEvent, sampleEvents } from './testing/sample-events.js';

const log = () => undefined;
const EVENTS = 500;

withRedis('a Redis that is out of memory', (server) => {
  it('still hands over its events to the process that handles them', async () => {
    const member = { url: server().url, prefix: newId() };
    const transport = RedisStreamTransport.open(member, { info: log, warn: log, error: log });
    const redis = connectionTo(member, 1000);
    await connect(redis);
    const handled: string[] = [];
    let release: () => void = log;
    const untilFull = new Promise<void>((resolve) => {
      release = resolve;
    });
    await transport.subscribe('orders', [CHANGED], async ({ id }) => {
      handled.push(id);
      await untilFull;
    });
    await transport.send(sampleEvents('shop', 1, EVENTS), '0');
    await waitFor('the first event', () => handled.length > 0);
    await redis.config('SET', 'maxmemory', '1mb');
    await expect(redis.set('more', 'x')).rejects.toThrow('OOM');
    release();
    await waitFor('all events', () => new Set(handled).size === EVENTS);
    await redis.config('SET', 'maxmemory', '0');
    redis.disconnect();
    await transport.close();
  });

  it('does not make others skip events of a process that cannot announce what it handles', async () => {
    const ADDED = 'test.thing.added.v1';
    const member = { url: server().url, prefix: newId() };
    const openSession = (holder: string, type: string) =>
      GroupSession.open({ ...member, group: 'names', holder, types: new Set([type]) });
    const announceAdded = async () => {
      const session = await openSession('newer', ADDED);
      await session.announce();
      session.end();
    };
    const redis = connectionTo(member, 1000);
    await connect(redis);
    await announceAdded();
    const transport = RedisStreamTransport.open(member, { info: log, warn: log, error: log });
    await transport.send([sampleEvent('shop', 'thing', 1, ADDED)], '0');
    await transport.close();
    const older = await openSession('older', CHANGED);
    await older.take(await older.streams());

    const handlers = new EventKeys(member.prefix).handlers('names');
    const seen = `${Date.now() - HANDLERS_KEPT_MS - 1000} newer`;
    await redis.hset(handlers, ADDED, seen);
    await redis.config('SET', 'maxmemory', '1mb');
    await announceAdded();
    expect(await redis.hget(handlers, ADDED)).toBe(seen);
    for (let i = 0; i < 2; i += 1) expect(await older.handOver(ADDED)).toBe('absent');
    await redis.config('SET', 'maxmemory', '0');
    expect(await older.handOver(ADDED)).toBe('absent');
    await announceAdded();
    expect(await older.handOver(ADDED)).toBe('handed');
    older.end();
    redis.disconnect();
  });
});
