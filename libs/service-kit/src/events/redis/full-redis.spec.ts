import { withRedis, waitFor } from '#testing';
import { connect, connectionTo } from '../../redis/redis-client.js';
import { newId } from '../../storage/new-id.js';
import { RedisStreamTransport } from './redis-stream-transport.js';
import { CHANGED, sampleEvents } from './testing/sample-events.js';

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
});
