import { Registry } from 'prom-client';
import { waitFor, withRedis } from '#testing';
import { connect, connectionTo } from '../../redis/redis-client.js';
import { newId } from '../../storage/new-id.js';
import { EventMetrics } from '../event-metrics.js';
import { EventKeys } from './event-keys.js';
import { IdleGroups } from './idle-groups.js';
import { RedisStreamTransport } from './redis-stream-transport.js';
import { CHANGED, sampleEvents } from './testing/sample-events.js';

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NEVER_MS = 365 * DAY_MS;

withRedis('the consumer groups of a source', (server) => {
  let redis: ReturnType<typeof connectionTo>;
  let transport: RedisStreamTransport;
  let stream: string;

  beforeEach(async () => {
    const member = { url: server().url, prefix: newId() };
    stream = new EventKeys(member.prefix).stream('shop');
    transport = RedisStreamTransport.open(member, SILENT);
    redis = connectionTo(member, 1000);
    await connect(redis);
  });
  afterEach(async () => {
    await transport.close();
    redis.disconnect();
  });

  /** Events that were numbered `ageMs` ago. */
  const eventsOf = (ageMs: number, count: number) =>
    sampleEvents('shop', 2, count).map((event, i) => ({
      ...event,
      sequence: String((Date.now() - ageMs) * 1000 + i),
    }));

  const groupOf = async (name: string) =>
    (await transport.groups('shop')).find((group) => group.name === name);

  it('show the age of the oldest event that they have not handled', async () => {
    await transport.send(eventsOf(HOUR_MS, 3), '0');
    await redis.xgroup('CREATE', stream, 'names', '0');
    expect((await groupOf('names'))?.lagMs).toBeCloseTo(HOUR_MS, -4);
    await redis.xreadgroup('GROUP', 'names', 'test', 'STREAMS', stream, '>');
    expect((await groupOf('names'))?.lagMs).toBeCloseTo(HOUR_MS, -4);
    await redis.xack(stream, 'names', ...(await redis.xrange(stream, '-', '+')).map(([id]) => id));
    expect((await groupOf('names'))?.lagMs).toBe(0);
  });

  it('are metrics', async () => {
    const registry = new Registry();
    new EventMetrics(registry).observeGroups(() => transport.groups('shop'));
    await transport.send(eventsOf(HOUR_MS, 1), '0');
    await redis.xgroup('CREATE', stream, 'names', '0');
    expect(await registry.metrics()).toMatch(/^events_group_lag_seconds{group="names"} 36\d\d/m);
    await redis.xgroup('DESTROY', stream, 'names');
    expect(await registry.metrics()).not.toContain('group="names"');
  });

  it('are idle while no process reads their events', async () => {
    const events = eventsOf(0, 2);
    await transport.send(events.slice(0, 1), '0');
    await transport.subscribe('names', [CHANGED], () => Promise.resolve());
    await waitFor('the group', async () => (await groupOf('names'))?.lagMs === 0);
    await redis.xgroup('CREATE', stream, 'left', '0');
    await redis.xreadgroup('GROUP', 'left', 'test', 'STREAMS', stream, '>');
    await waitFor('an idle group', async () => ((await groupOf('left'))?.idleMs ?? 0) > 2000);
    await transport.send(events.slice(1), events[0]!.sequence);
    await waitFor('a read', async () => (await groupOf('names'))!.idleMs < 1000);
    expect((await groupOf('left'))?.idleMs).toBeGreaterThan(2000);
  });

  it('hold the events that they have not handled, unless no process has read them for long', async () => {
    const longMs = 1500;
    const events = eventsOf(HOUR_MS, 3);
    await transport.send(events, '0');
    for (const group of ['left', 'served']) await redis.xgroup('CREATE', stream, group, '0');
    await redis.xreadgroup('GROUP', 'left', 'test', 'COUNT', 1, 'STREAMS', stream, '>');
    await waitFor('an idle group', async () => ((await groupOf('left'))?.idleMs ?? 0) > longMs);
    await redis.xreadgroup('GROUP', 'served', 'test', 'COUNT', 2, 'STREAMS', stream, '>');
    await redis.xack(stream, 'served', `${events[0]!.sequence}-0`);

    await transport.trim('shop', Infinity, NEVER_MS);
    expect(await redis.xlen(stream)).toBe(3);
    await transport.trim('shop', Infinity, longMs);
    expect(await redis.xlen(stream)).toBe(2);
  });
});

describe('a group that no process has read for a day', () => {
  it('is named once a day, with the remedy', () => {
    const warnings: string[] = [];
    let now = 0;
    const warn = (_fields: object, message?: string) => void warnings.push(String(message));
    const groups = new IdleGroups({ ...SILENT, warn } as typeof SILENT, () => now);
    const report = (idleMs: number, lagMs = idleMs) =>
      groups.report('shop', '{msa}:events:shop', [{ name: 'names', handled: 1, lagMs, idleMs }]);

    report(DAY_MS);
    report(2 * DAY_MS, 0);
    report(0, 2 * DAY_MS);
    expect(warnings).toEqual([]);
    for (const hours of [0, 1, 23]) {
      now = hours * HOUR_MS;
      report(2 * DAY_MS + now);
    }
    expect(warnings).toEqual([
      'No process has handled the events of shop for names for 2 days: start the service, or, if it was removed for good, ' +
        'run XGROUP DESTROY {msa}:events:shop names',
    ]);
    now = DAY_MS;
    report(3 * DAY_MS);
    expect(warnings).toHaveLength(2);
  });
});
