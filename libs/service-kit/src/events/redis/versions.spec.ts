import type { CloudEvent } from '#contracts';
import { waitFor, withRedis } from '#testing';
import { connect, connectionTo } from '../../redis/redis-client.js';
import { newId } from '../../storage/new-id.js';
import { EventKeys } from './event-keys.js';
import { HANDLERS_KEPT_MS, LEASE_MS } from './group-session.js';
import { RedisStreamTransport } from './redis-stream-transport.js';
import { bySubject, CHANGED, sampleEvent, sampleEvents } from './testing/sample-events.js';

const ADDED = 'test.thing.added.v1';
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const DROPPED = 'test.thing.dropped.v1';

type Version = readonly [name: string, types: readonly string[]];

withRedis('two versions of a service with different handlers', (server) => {
  const warnings: string[] = [];
  let prefix: string;
  let opened: RedisStreamTransport[];
  let handled: CloudEvent[];
  /** Events that a version without a handler for them has kept. */
  let kept: CloudEvent[];
  let sent: CloudEvent[];

  beforeEach(() => {
    [prefix, opened, handled, kept, sent] = [newId(), [], [], [], []];
    warnings.length = 0;
  });
  afterEach(() => Promise.all(opened.map((transport) => transport.close())));

  const open = (): RedisStreamTransport => {
    const warn = (_fields: object, message?: string) => void warnings.push(String(message));
    const logger = { ...SILENT, warn } as typeof SILENT;
    const transport = RedisStreamTransport.open({ url: server().url, prefix }, logger);
    opened.push(transport);
    return transport;
  };

  /** Resolves once the version is known to the group. */
  async function start(
    name: string,
    types: readonly string[],
    canKeep = true,
  ): Promise<RedisStreamTransport> {
    const transport = open();
    await transport.subscribe('names', types, (event) => {
      const isOwn = types.includes(event.type);
      if (!isOwn && !canKeep) return Promise.reject(new Error('the store is unavailable'));
      (isOwn ? handled : kept).push(event);
      return Promise.resolve();
    });
    await waitFor(`${name} to announce its types`, async () => {
      const known = await knownTypes();
      return types.every((type) => known.includes(type));
    });
    return transport;
  }

  /** The types that the group handles. */
  const knownTypes = () => inRedis((redis) => redis.hkeys(new EventKeys(prefix).handlers('names')));

  async function inRedis<T>(work: (redis: ReturnType<typeof connectionTo>) => Promise<T>): Promise<T> {
    const connection = connectionTo({ url: server().url, prefix }, 1000);
    try {
      await connect(connection);
      return await work(connection);
    } finally {
      connection.disconnect();
    }
  }

  /** Sends one event of each type, in turn, about a few subjects. */
  async function send(types: readonly string[], count = types.length): Promise<void> {
    const last = sent.at(-1)?.sequence ?? '0';
    const events = Array.from({ length: count }, (_, i) =>
      sampleEvent('shop', `thing-${i % 3}`, sent.length + i, types[i % types.length]),
    ).sort((a, b) => Number(a.sequence) - Number(b.sequence));
    await open().send(events, last);
    sent.push(...events);
  }

  const untilHandled = (count: number) =>
    waitFor(`${count} events to be handled`, () => handled.length >= count);

  /** As if the process that handles a type had not run for some time. */
  const age = (type: string, ms: number) =>
    inRedis(async (redis) => {
      const handlers = new EventKeys(prefix).handlers('names');
      const [seen, process] = (await redis.hget(handlers, type))!.split(' ');
      await redis.hset(handlers, type, `${Number(seen) - ms} ${process}`);
    });

  const OLD: Version = ['the old one', [CHANGED]];
  const NEW: Version = ['the new one', [CHANGED, ADDED]];
  const ORDERS: readonly (readonly [string, Version, Version])[] = [
    ['the old one starts first', OLD, NEW],
    ['the new one starts first', NEW, OLD],
    ['each lacks a handler of the other one', ['one', [CHANGED, DROPPED]], ['other', [CHANGED, ADDED]]],
  ];

  it.each(ORDERS)('handle every event in order: %s', async (_, first, second) => {
    await start(...first);
    await start(...second);
    const types = [...new Set<string>([...first[1], ...second[1]])];
    await send(types, 6);
    await untilHandled(6);
    await send(types, 3);
    await untilHandled(9);
    expect(bySubject(handled)).toEqual(bySubject(sent));
    expect([kept, warnings]).toEqual([[], []]);
  });

  it('keep events of a new type while the new one is away, so that others do not wait', async () => {
    await start(...OLD);
    const crashed = await start(...NEW);
    await crashed.close();
    await age(ADDED, 10_000);
    await send([CHANGED, ADDED, CHANGED]);
    await untilHandled(2);
    expect(kept).toEqual([sent[1]]);
    expect(bySubject(handled)).toEqual(bySubject([sent[0]!, sent[2]!]));
    expect(warnings).toEqual([expect.stringContaining('parked for a process with a handler for their type')]);
    await start(...NEW);
    await send([ADDED]);
    await untilHandled(3);
    expect(kept).toHaveLength(1);
  });

  it('let them wait while they cannot be kept, and handle events of other sources', async () => {
    await start(...OLD, false);
    const crashed = await start(...NEW);
    await crashed.close();
    await age(ADDED, 10_000);
    await send([ADDED, CHANGED]);
    await waitFor('a warning', () => warnings.length > 0);
    for (let i = 1; i <= 3; i += 1) {
      await open().send(sampleEvents('depot', 1, 1, i), handled.at(-1)?.sequence ?? '0');
      await untilHandled(i);
    }
    expect(handled.map(({ source }) => source)).toEqual(['depot', 'depot', 'depot']);
    await start(...NEW);
    await untilHandled(5);
    expect(bySubject(handled.slice(3))).toEqual(bySubject(sent));
  });

  it('go on without events of a new type when the new one has not run for five minutes', async () => {
    const old = start(...OLD);
    const rolledBack = await start(...NEW);
    await old;
    await rolledBack.close();
    await age(ADDED, HANDLERS_KEPT_MS + 1000);
    await send([ADDED, CHANGED]);
    await untilHandled(1);
    expect(kept).toEqual(sent.slice(0, 1));
    // Redis has accepted announcements for as long as the new one would need to announce itself.
    await age(ADDED, LEASE_MS + 1000);
    await send([ADDED, CHANGED]);
    await untilHandled(2);
    expect(kept).toEqual(sent.slice(0, 1));
    expect(bySubject(handled)).toEqual(bySubject(sent.filter(({ type }) => type === CHANGED)));
    expect(warnings).toEqual([
      expect.stringContaining('parked for a process with a handler for their type'),
      `Events of ${ADDED} are skipped: no process of names handles them any longer`,
    ]);
  });

  it('leave events of a new type also when Redis has lost what each handles', async () => {
    await start(...OLD);
    const crashed = await start(...NEW);
    await send([CHANGED, ADDED]);
    await untilHandled(2);
    await crashed.close();
    await send([CHANGED]);
    await untilHandled(3);
    await inRedis(async (redis) => {
      await redis.del(new EventKeys(prefix).handlers('names'));
      await redis.call('CLIENT', 'KILL', 'SKIPME', 'yes');
    });
    await waitFor('the old one to restore the types', async () => (await knownTypes()).includes(ADDED));
    await send([ADDED, CHANGED]);
    await untilHandled(4);
    expect(kept).toEqual([sent[3]]);
  });

  it('know when another one may have handled events', async () => {
    const takeOvers: string[] = [];
    for (const [name, types] of [OLD, NEW]) {
      const record = () => void takeOvers.push(name);
      await open().subscribe('names', types, (event) => Promise.resolve(void handled.push(event)), record);
      await waitFor(`${name} to announce its types`, async () =>
        (await knownTypes()).includes(types.at(-1)!),
      );
    }
    await send([CHANGED, ADDED]);
    await untilHandled(2);
    expect(takeOvers.at(-1)).toBe(NEW[0]);
  });
});
