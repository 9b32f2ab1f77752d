import type { Kysely } from 'kysely';
import { onBothStores, SseReader, waitFor } from '#testing';
import { openDatabase } from '../../storage/database.js';
import { createEventTables, eventTablesOf, type EventTables } from '../event-tables.js';
import { OutboxRows } from '../outbox/outbox-rows.js';
import { LIMITS, LiveInstance, SERVICE } from './testing/live-instance.js';

onBothStores('live streams', (store) => {
  let database: Kysely<unknown>;
  let a: LiveInstance;
  let b: LiveInstance;
  const readers: SseReader[] = [];

  beforeEach(async () => {
    database = await openDatabase<unknown>(await store.createStorage(), SERVICE);
    await createEventTables(database, SERVICE);
    [a, b] = [new LiveInstance(database), new LiveInstance(database)];
    await Promise.all([a.listen(), b.listen()]);
  });
  afterEach(async () => {
    for (const reader of readers.splice(0)) reader.leave();
    for (const instance of [a, b]) instance.stop();
    await database.destroy();
  });

  const read = async (at: LiveInstance, headers: Record<string, string> = {}): Promise<SseReader> => {
    const reader = await SseReader.open(at.url, headers);
    readers.push(reader);
    return reader;
  };
  const after = (id: string | undefined) => ({ 'last-event-id': id! });
  const textsOf = ({ events }: SseReader) =>
    events.map(({ event, data }) => (data as { text?: string }).text ?? event);
  const numbers = (first: number, last: number) =>
    Array.from({ length: last - first + 1 }, (_, i) => String(first + i));

  it('begin with a reset, and then have the events of every process in their order', async () => {
    await a.publish('ann', 'before');
    const reader = await read(b);
    await reader.untilCount(1);
    await a.publish('ann', '1', '2');
    await b.publish('ann', '3');
    await reader.untilCount(4);
    expect(reader.events[0]).toMatchObject({ event: 'reset', data: { reason: 'start' } });
    expect(reader.events[1]).toMatchObject({ event: 'note.changed', data: { owner: 'ann', text: '1' } });
    expect(textsOf(reader)).toEqual(['reset', '1', '2', '3']);
  });

  it('have only the events that the caller may see', async () => {
    const [ann, all] = [await read(a, { caller: 'ann' }), await read(a)];
    await Promise.all([ann.untilCount(1), all.untilCount(1)]);
    await a.publish('ben', '1');
    await a.publish('ann', '2');
    await all.untilCount(3);
    await ann.untilCount(2);
    expect(textsOf(ann)).toEqual(['reset', '2']);
  });

  it('resume after the last event, at another process too, and continue live', async () => {
    const first = await read(a);
    await first.untilCount(1);
    await a.publish('ann', '1');
    await first.untilCount(2);
    first.leave();
    await a.publish('ann', '2', '3');
    const second = await read(b, after(first.lastId));
    await second.untilCount(2);
    await a.publish('ann', '4');
    await second.untilCount(3);
    expect(textsOf(second)).toEqual(['2', '3', '4']);
  });

  it('resume before the first event at all', async () => {
    const first = await read(a);
    await first.untilCount(1);
    const second = await read(a, after(first.lastId));
    await a.publish('ann', '1');
    await second.untilCount(1);
    expect(textsOf(second)).toEqual(['1']);
  });

  it('begin with a reset for a reader that missed too many events, or whose events are deleted', async () => {
    await a.publish('ann', '0');
    const rows = new OutboxRows(database, SERVICE);
    const position = String(await rows.last());
    await a.publish('ann', ...numbers(1, LIMITS.missedEvents));
    const reader = await read(a, after(position));
    await reader.untilCount(LIMITS.missedEvents);
    await a.publish('ann', 'one too many');
    const [late, unknown, text] = await Promise.all(
      [position, '17', 'not-issued-here'].map((id) => read(a, after(id))),
    );
    for (const each of [late!, unknown!, text!])
      expect((await each.untilCount(1))[0]).toMatchObject({
        event: 'reset',
        data: { reason: 'events-lost' },
      });

    const { outbox } = eventTablesOf(SERVICE);
    await (database as Kysely<EventTables>).deleteFrom(outbox).execute();
    reader.leave();
    const emptied = await read(b, after(reader.lastId));
    expect((await emptied.untilCount(1))[0]).toMatchObject({ event: 'reset' });
  });

  it('buffer nothing for a slow reader, which gets what it missed from the store', async () => {
    const slow = await read(a);
    const quick = await read(a);
    await Promise.all([slow.untilCount(1), quick.untilCount(1)]);
    slow.pause();
    const filler = 'x'.repeat(1024 * 1024);
    // More than the buffers of both ends hold, and no more events than a reader may miss.
    for (const n of numbers(1, LIMITS.missedEvents)) await a.publish('ann', `${n} ${filler}`);
    await quick.untilCount(1 + LIMITS.missedEvents);
    expect(slow.events).toHaveLength(1);
    slow.resume();
    await slow.untilCount(1 + LIMITS.missedEvents);
    await a.publish('ann', 'last');
    await slow.untilCount(2 + LIMITS.missedEvents);
    expect(textsOf(slow).map((text) => text!.split(' ')[0])).toEqual([
      'reset',
      ...numbers(1, LIMITS.missedEvents),
      'last',
    ]);
  });

  it('are limited, and those of one caller further', async () => {
    const ann = { caller: 'ann' };
    const first = await read(a, ann);
    await read(a, ann);
    expect((await read(a, ann)).response.statusCode).toBe(429);
    for (let i = 2; i < LIMITS.streams; i += 1) await read(a);
    expect((await read(a)).response.statusCode).toBe(503);
    first.leave();
    await waitFor('a free stream', () => a.streams.size < LIMITS.streams);
    expect((await read(a, ann)).response.statusCode).toBe(200);
  });

  it('read the store only while one is open, once for all of them', async () => {
    expect(a.queries).toBe(0);
    const streams = [await read(a), await read(a)];
    const atStart = a.queries;
    await waitFor('a query', () => a.queries > atStart);
    for (const each of streams) each.leave();
    await waitFor('the streams to close', () => a.streams.size === 0);
    const reader = await read(b);
    const { queries } = a;
    const before = b.queries;
    await waitFor('three queries of the other process', () => b.queries >= before + 3);
    expect(a.queries - queries).toBeLessThanOrEqual(1);
    reader.leave();
  });

  it('read the store outside of the trace of the request that began to', async () => {
    const reader = await read(a);
    await a.publish('ann', '1');
    await reader.untilCount(2);
    expect([...a.traces]).toEqual([undefined]);
  });

  it('say that they are alive, and end after some time', async () => {
    const brief = new LiveInstance(database, { ...LIMITS, keepAliveMs: 20, maxAgeMs: 200 });
    await brief.listen();
    const reader = await read(brief);
    let text = '';
    reader.response.on('data', (chunk: string) => (text += chunk));
    await waitFor('the end', () => reader.isEnded);
    expect(text).toMatch(/^: keep-alive\nid: 0\n$/m);
    brief.stop();
  });

  it('end and are opened again at different times', async () => {
    const parts = [0, 0, 1, 1];
    const spread = new LiveInstance(database, { ...LIMITS, keepAliveMs: 10, maxAgeMs: 3000 }, () =>
      parts.shift()!,
    );
    await spread.listen();
    const texts: [string, string] = ['', ''];
    const ended: number[] = [];
    for (const i of [0, 1] as const) {
      const { response } = await read(spread);
      response.on('data', (chunk: string) => (texts[i] += chunk)).on('close', () => ended.push(i));
    }
    await waitFor('the ends', () => ended.length === 2);
    expect(ended).toEqual([1, 0]);
    expect(texts.map((text) => /^retry: \d+$/m.exec(text)?.[0])).toEqual(['retry: 1000', 'retry: 4000']);
    spread.stop();
  });

  it('end at shutdown, and are refused afterwards', async () => {
    const reader = await read(a);
    await reader.untilCount(1);
    a.streams.close();
    await waitFor('the end', () => reader.isEnded);
    const { response } = await read(a);
    expect([response.statusCode, response.statusMessage]).toEqual([
      503,
      expect.stringContaining('shuts down'),
    ]);
  });
});
