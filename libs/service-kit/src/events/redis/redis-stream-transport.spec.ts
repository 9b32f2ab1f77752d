import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudEvent } from '#contracts';
import { startRedis, waitFor, withRedis } from '#testing';
import { connect, connectionTo } from '../../redis/redis-client.js';
import { newId } from '../../storage/new-id.js';
import { EventKeys } from './event-keys.js';
import { RedisStreamTransport } from './redis-stream-transport.js';
import { bySubject, CHANGED, sampleEvent, sampleEvents } from './testing/sample-events.js';

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const TYPES = [CHANGED];
const RETIRED_MS = 60_000;

const recordIn =
  (handled: CloudEvent[]) =>
  (event: CloudEvent): Promise<void> => {
    handled.push(event);
    return Promise.resolve();
  };

withRedis('events in Redis Streams', (server) => {
  let opened: RedisStreamTransport[] = [];
  let prefix: string;

  beforeEach(() => {
    prefix = newId();
  });
  afterEach(async () => {
    await Promise.all(opened.map((transport) => transport.close()));
    opened = [];
  });

  const open = (url = server().url, logger = SILENT): RedisStreamTransport => {
    const transport = RedisStreamTransport.open({ url, prefix }, logger);
    opened.push(transport);
    return transport;
  };

  /** Runs commands on the keys of this test. */
  async function inRedis<T>(work: (redis: ReturnType<typeof connectionTo>) => Promise<T>): Promise<T> {
    const connection = connectionTo({ url: server().url, prefix }, 1000);
    try {
      await connect(connection);
      return await work(connection);
    } finally {
      connection.disconnect();
    }
  }

  const untilHandled = (handled: readonly unknown[], count: number) =>
    waitFor(`${count} events to be handled`, () => handled.length >= count);

  it('are handled by each group, in order per subject and from the first one', async () => {
    const events = sampleEvents('shop', 7, 300);
    const other = sampleEvent('stock', 'thing-1', 1);
    const [names, totals]: [CloudEvent[], CloudEvent[]] = [[], []];
    const transport = open();
    await transport.subscribe('names', TYPES, async (event) => {
      await sleep(event.id.length % 3);
      names.push(event);
    });
    await transport.send(events, '0');
    await transport.send([other], '0');
    await transport.subscribe('totals', TYPES, recordIn(totals));
    for (const handled of [names, totals]) {
      await untilHandled(handled, 301);
      expect(bySubject(handled.filter(({ source }) => source === 'shop'))).toEqual(bySubject(events));
      expect(handled).toContainEqual(other);
    }
    expect(await transport.storedUpTo('shop')).toBe(events.at(-1)!.sequence);
  });

  it('are acknowledged without a call if the group has not subscribed to their type', async () => {
    const handled: CloudEvent[] = [];
    const transport = open();
    await transport.subscribe('names', TYPES, recordIn(handled));
    const events = [sampleEvent('shop', 'a', 1, 'test.thing.deleted.v1'), sampleEvent('shop', 'a', 2)];
    await transport.send(events, '0');
    await untilHandled(handled, 1);
    expect(handled).toEqual([events[1]]);
    await waitFor('acknowledgements', async () => (await pendingOf('names'))[0] === 0);
  });

  const pendingOf = (group: string) =>
    inRedis((redis) => redis.xpending(new EventKeys(prefix).stream('shop'), group));

  it('are stored once, and only after the ones before them', async () => {
    const transport = open();
    const events = sampleEvents('shop', 1, 3);
    const last = events[2]!.sequence;
    expect(await transport.storedUpTo('shop')).toBe('0');
    await transport.send(events, '0');
    await expect(transport.send(events, '0')).rejects.toThrow(`the stream of shop ends at ${last}, not at 0`);
    await expect(transport.send(sampleEvents('shop', 1, 1, 9), String(Number(last) + 1))).rejects.toThrow(
      'ends at',
    );
    expect(await inRedis((redis) => redis.xlen(new EventKeys(prefix).stream('shop')))).toBe(3);
  });

  it('are handled by one process of a group at a time, which hands over when it closes', async () => {
    const events = sampleEvents('shop', 5, 100);
    const handled: CloudEvent[] = [];
    const handledBy = new Set<number>();
    const running: number[] = [];
    const atOnce: number[] = [];
    const transports = [open(), open(), open()];
    for (const [i, transport] of transports.entries())
      await transport.subscribe('names', TYPES, async (event) => {
        running.push(i);
        atOnce.push(new Set(running).size);
        await sleep(5);
        running.splice(running.indexOf(i), 1);
        handledBy.add(i);
        await recordIn(handled)(event);
      });
    const sender = open();
    for (const [i, event] of events.slice(0, 50).entries()) {
      await sender.send([event], events[i - 1]?.sequence ?? '0');
      await sleep(5);
    }
    await untilHandled(handled, 50);
    const [active] = handledBy;
    const leaseHolder = () => inRedis((redis) => redis.get(new EventKeys(prefix).lease('names')));
    const before = await leaseHolder();
    await transports[active!]!.close();
    // The others do not wait until the lease expires.
    expect(await leaseHolder()).not.toBe(before);
    await sender.send(events.slice(50), events[49]!.sequence);
    await untilHandled(handled, 100);
    expect(bySubject(handled)).toEqual(bySubject(events));
    expect(Math.max(...atOnce)).toBe(1);
    expect(handledBy.size).toBe(2);
  });

  it('are handled again after a rejection, while those of other subjects go on', async () => {
    const handled: CloudEvent[] = [];
    let isBroken = true;
    const transport = open();
    await transport.subscribe('names', TYPES, (event) => {
      if (isBroken && event.subject === 'thing-0') return Promise.reject(new Error('the database is away'));
      return recordIn(handled)(event);
    });
    const events = sampleEvents('shop', 3, 30);
    await transport.send(events, '0');
    await untilHandled(handled, 20);
    await sleep(300);
    expect(bySubject(handled)).not.toHaveProperty('thing-0');
    isBroken = false;
    await untilHandled(handled, 30);
    expect(bySubject(handled)).toEqual(bySubject(events));
  });

  it('that were being handled at a close are handled by the next process, later ones after them', async () => {
    const events = sampleEvents('shop', 1, 3);
    const handled: CloudEvent[] = [];
    let attempts = 0;
    const first = open();
    await first.subscribe('names', TYPES, () => {
      attempts += 1;
      return Promise.reject(new Error('the database is away'));
    });
    await first.send(events, '0');
    await waitFor('an attempt', () => attempts > 0);
    await first.close();
    await open().subscribe('names', TYPES, recordIn(handled));
    await untilHandled(handled, 3);
    expect(handled).toEqual(events);
  });

  it('do not stop at an entry that is not an event', async () => {
    const handled: CloudEvent[] = [];
    const transport = open();
    await inRedis((redis) => redis.xadd(new EventKeys(prefix).stream('shop'), '1-0', 'event', '{'));
    await transport.send(sampleEvents('shop', 1, 1), '1');
    await transport.subscribe('names', TYPES, recordIn(handled));
    await untilHandled(handled, 1);
    await waitFor('acknowledgements', async () => (await pendingOf('names'))[0] === 0);
  });

  it('are deleted once they are old and every group has acknowledged them', async () => {
    const old = sampleEvents('shop', 1, 4).map((event, i) => ({ ...event, sequence: String(i + 1) }));
    const stream = new EventKeys(prefix).stream('shop');
    await open().send(old, '0');
    await inRedis(async (redis) => {
      for (const group of ['slow', 'quick']) {
        await redis.xgroup('CREATE', stream, group, '0');
        await redis.xreadgroup('GROUP', group, 'test', 'COUNT', 3, 'STREAMS', stream, '>');
      }
      await redis.xack(stream, 'quick', '1-0', '2-0', '3-0');
      await redis.xack(stream, 'slow', '1-0');
    });
    const transport = open();
    expect(await transport.groups('shop')).toMatchObject([
      { name: 'quick', handled: 3 },
      { name: 'slow', handled: 1 },
    ]);
    await transport.trim('shop', Infinity, RETIRED_MS);
    expect(await transport.storedUpTo('shop')).toBe('4');
    const kept = await inRedis((redis) => redis.xrange(stream, '-', '+'));
    expect(kept.map(([id]) => id)).toEqual(['2-0', '3-0', '4-0']);
    await open().send(sampleEvents('shop', 1, 1), '4');
    await inRedis(async (redis) => {
      await redis.xack(stream, 'slow', '2-0', '3-0');
      for (const group of ['slow', 'quick']) await redis.xgroup('SETID', stream, group, '$');
    });
    await transport.trim('shop', 3, RETIRED_MS);
    expect(await inRedis((redis) => redis.xlen(stream))).toBe(3);
    await transport.trim('shop', Infinity, RETIRED_MS);
    expect(await inRedis((redis) => redis.xlen(stream))).toBe(1);
  });

  it('are rejected while Redis is away, and go on, with those it lost sent again, once it is back', async () => {
    const lines: string[] = [];
    const logger = {
      ...SILENT,
      info: (_: object, line?: string) => void lines.push(String(line)),
      error: (_: object, line?: string) => void lines.push(String(line)),
    };
    let redis = await startRedis();
    const transport = open(redis.url, logger as typeof SILENT);
    const handled: CloudEvent[] = [];
    await transport.subscribe('names', TYPES, recordIn(handled));
    const events = sampleEvents('shop', 2, 10);
    await transport.send(events.slice(0, 5), '0');
    await untilHandled(handled, 5);

    await redis.stop();
    const since = performance.now();
    await expect(transport.send(events.slice(5), events[4]!.sequence)).rejects.toThrow();
    await expect(transport.storedUpTo('shop')).rejects.toThrow();
    expect(performance.now() - since).toBeLessThan(3000);

    redis = await startRedis(redis.port);
    expect(await waitFor('Redis', () => transport.storedUpTo('shop'))).toBe('0');
    await expect(transport.send(events.slice(5), events[4]!.sequence)).rejects.toThrow('ends at 0');
    await transport.send(events, '0');
    await untilHandled(handled, 15);
    expect(bySubject(handled.slice(5))).toEqual(bySubject(events));
    expect(lines).toEqual([
      expect.stringMatching(/^Redis unavailable; events for names wait: /),
      'Redis available again; handling events for names',
    ]);
    await transport.close();
    await redis.stop();
  });

  it('fail quickly while Redis does not respond', async () => {
    const transport = open();
    await transport.storedUpTo('shop');
    server().process.signal('SIGSTOP');
    try {
      for (const attempt of ['open connection', 'new connection']) {
        const since = performance.now();
        await expect(transport.send(sampleEvents('shop', 1, 1), '0')).rejects.toThrow();
        expect([attempt, performance.now() - since < 2500]).toEqual([attempt, true]);
      }
    } finally {
      server().process.signal('SIGCONT');
    }
  });
});
