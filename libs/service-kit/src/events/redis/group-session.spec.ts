import type { CloudEvent } from '#contracts';
import { waitFor, withRedis } from '#testing';
import { connect, connectionTo } from '../../redis/redis-client.js';
import { newId } from '../../storage/new-id.js';
import { EventKeys } from './event-keys.js';
import { GroupSession, LeaseLost } from './group-session.js';
import { StreamSender } from './stream-sender.js';
import { CHANGED, sampleEvent, sampleEvents } from './testing/sample-events.js';

const ADDED = 'test.thing.added.v1';

withRedis('two members of a group', (server) => {
  const events = sampleEvents('shop', 1, 3);
  let redis: { readonly url: string; readonly prefix: string };
  let streams: string[];
  let one: GroupSession;
  let other: GroupSession;

  beforeEach(async () => {
    redis = { url: server().url, prefix: newId() };
    streams = [new EventKeys(redis.prefix).stream('shop')];
    [one, other] = [await GroupSession.open(member('one')), await GroupSession.open(member('other'))];
    await send(events, '0');
  });
  afterEach(() => {
    one.end();
    other.end();
  });

  const member = (holder: string, type = CHANGED) => ({
    ...redis,
    group: 'names',
    holder,
    types: new Set([type]),
  });

  async function send(more: readonly CloudEvent[], after = events[2]!.sequence): Promise<void> {
    const sender = new StreamSender(redis);
    await sender.send(more, after);
    sender.close();
  }

  async function inRedis<T>(work: (connection: ReturnType<typeof connectionTo>) => Promise<T>): Promise<T> {
    const connection = connectionTo(redis, 1000);
    try {
      await connect(connection);
      return await work(connection);
    } finally {
      connection.disconnect();
    }
  }

  /** As if the holder had been suspended for longer than its lease. */
  const expireLease = () =>
    inRedis((connection) => connection.del(new EventKeys(redis.prefix).lease('names')));

  const takenBy = async (session: GroupSession) =>
    (await session.take(streams))?.events.map(({ event }) => event);

  it('do not read at the same time, until one releases the lease', async () => {
    expect(await takenBy(one)).toEqual(events);
    expect(await takenBy(other)).toBeUndefined();
    expect([one.isHolder, other.isHolder]).toEqual([true, false]);
    await one.release();
    expect(one.isHolder).toBe(false);
    expect(await takenBy(other)).toEqual(events);
  });

  it('read what the previous holder has not acknowledged, again and again until it is acknowledged', async () => {
    const { events: taken } = (await one.take(streams))!;
    await one.acknowledge(taken);
    expect(await takenBy(one)).toEqual([]);
    await send(sampleEvents('shop', 1, 1, 10));
    await expireLease();
    const late = (await other.take(streams))!;
    expect(late.events).toHaveLength(1);
    await expireLease();
    expect((await one.take(streams))!.events).toEqual(late.events);
    expect((await one.take(streams))!.events).toEqual(late.events);
  });

  it('read what the other one leaves by a hand-over, also if they never noticed that they lost the lease', async () => {
    const ADDED = 'test.thing.added.v1';
    const newer = await GroupSession.open({
      ...redis,
      group: 'names',
      holder: 'newer',
      types: new Set([ADDED]),
    });
    await newer.acknowledge((await newer.take(streams))!.events);
    expect(await takenBy(newer)).toEqual([]);
    await expireLease();
    const added = sampleEvent('shop', 'thing', 10, ADDED);
    await send([added]);
    await newer.announce();
    expect(await takenBy(other)).toEqual([added]);
    expect(await newer.waitForHandOver()).toBe(false);
    expect(await other.handOver(ADDED)).toBe('handed');
    expect(await newer.waitForHandOver()).toBe(true);
    expect(other.isHolder).toBe(false);
    expect(await takenBy(one)).toBeUndefined();
    expect(await takenBy(newer)).toEqual([added]);
    newer.end();
  });

  it('lose the lease to each other, and then neither acknowledge nor renew it', async () => {
    const { events: taken } = (await one.take(streams))!;
    await expireLease();
    await other.take(streams);
    await expect(one.acknowledge(taken)).rejects.toThrow(LeaseLost);
    expect(one.isHolder).toBe(false);
    await expect(one.renew()).rejects.toThrow(LeaseLost);
    await other.renew();
    expect(await takenBy(other)).toEqual(events);
  });

  describe('that lose what the group handles', () => {
    const MINUTE_MS = 60_000;

    /** As if the process that handles a type had last announced it so long ago. */
    const age = (type: string, ms: number) =>
      inRedis((connection) =>
        connection.hset(new EventKeys(redis.prefix).handlers('names'), type, `${Date.now() - ms} left`),
      );
    const forget = (type: string) =>
      inRedis((connection) => connection.hdel(new EventKeys(redis.prefix).handlers('names'), type));

    it('restore it with the age that it had', async () => {
      await age(ADDED, 2 * MINUTE_MS);
      await one.announce();
      expect(one.knownTypes.get(ADDED)).toBeCloseTo(2 * MINUTE_MS, -4);
      await forget(ADDED);
      const next = await GroupSession.open(member('one'), one.knownTypes);
      await next.announce();
      expect(next.knownTypes.get(ADDED)).toBeCloseTo(2 * MINUTE_MS, -4);
      next.end();
    });

    it('do not restore what the holder of the lease has given up', async () => {
      await age(ADDED, MINUTE_MS);
      await other.announce();
      expect([...other.knownTypes.keys()]).toContain(ADDED);
      await forget(ADDED);
      await waitFor('the next announcement', async () => {
        await other.announce();
        return !other.knownTypes.has(ADDED);
      });
    });

    it('do not skip its events before the process could announce it again', async () => {
      await one.take(streams);
      expect(await one.handOver(ADDED)).toBe('absent');
      const restored = await GroupSession.open(member('two'), new Map([[ADDED, 0]]));
      await restored.announce();
      expect(await one.handOver(ADDED)).toBe('absent');
      expect(await takenBy(one)).toEqual(events);
      restored.end();
    });
  });
});
