import type { Kysely } from 'kysely';
import { Registry } from 'prom-client';
import type { CloudEvent } from '#contracts';
import { onBothStores, waitFor } from '#testing';
import { openDatabase } from '../../storage/database.js';
import { EventMetrics } from '../event-metrics.js';
import { createEventTables, eventTablesOf, type EventTables } from '../event-tables.js';
import { MAX_ATTEMPTS } from './attempts.js';
import { EventConsumer } from './event-consumer.js';
import { ParkedEvents } from './parked-events.js';

const SERVICE = 'note-service';
const type = 'test.note.changed.v1';
const added = 'test.note.added.v1';
const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
const envelopeNumber = (sequence: number, subject = 'a', eventType = type) => ({
  specversion: '1.0' as const,
  id: `e${sequence}`,
  source: SERVICE,
  type: eventType,
  subject,
  sequence: String(sequence),
  time: '2026-01-01T00:00:00.000Z',
  datacontenttype: 'application/json' as const,
  dataschema: 'urn:test',
});

const eventNumber = (...of: Parameters<typeof envelopeNumber>) => ({ ...envelopeNumber(...of), data: {} });

const FIVE_MINUTES_MS = 300_000;

onBothStores('the consumer of events', (store) => {
  let database: Kysely<unknown>;
  let parked: ParkedEvents;
  let metrics: EventMetrics;
  let consumer: EventConsumer;

  beforeEach(async () => {
    database = await openDatabase<unknown>(await store.createStorage(), SERVICE);
    await createEventTables(database, SERVICE);
    parked = new ParkedEvents(database, SERVICE);
    metrics = new EventMetrics(new Registry());
    consumer = new EventConsumer({ parked, metrics, logger });
  });
  afterEach(async () => {
    await consumer.stop();
    await database.destroy();
  });

  /** Makes the event due, and for so long already. */
  async function age(sequence: number, ms: number): Promise<void> {
    const { parked_events } = eventTablesOf(SERVICE);
    await (database as Kysely<EventTables>)
      .updateTable(parked_events)
      .set({ attempt_at: Date.now() - ms })
      .where('sequence', '=', sequence)
      .execute();
  }

  it('stops after the parked events that it attempts, and leaves later ones to the next process', async () => {
    for (const sequence of [1, 2, 3]) await parked.park(eventNumber(sequence));
    const handled: string[] = [];
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));

    consumer.start([type], ({ id }) => {
      handled.push(id);
      return gate;
    });
    await waitFor('the first attempt', () => handled.length === 1);
    const stopped = consumer.stop();
    open();
    await stopped;
    expect(handled).toEqual(['e1']);
    expect(await parked.counts()).toEqual({ waiting: 2, dead: 0 });
  });

  it('handles parked events with text that a database cannot represent', async () => {
    const texts = ['a\u0000b', '\ud800', '"type":"test.note.added.v1"'];
    for (const [sequence, text] of texts.entries()) {
      const envelope = envelopeNumber(sequence, `subject ${sequence}`);
      await parked.park({ data: { type: 'data', text }, ...envelope });
    }
    const handled: string[] = [];
    consumer.start([type], ({ data }) => {
      handled.push((data as { readonly text: string }).text);
      return Promise.resolve();
    });
    await waitFor('all events', async () => (await parked.counts()).waiting === 0);
    expect(handled.sort()).toEqual(texts.sort());
  });

  it('parks an event whose handler fails with text that a database cannot store', async () => {
    consumer.start([type], () => Promise.reject(new Error('no a\u0000b')));
    await consumer.receive(eventNumber(1));
    await parked.postpone(eventNumber(1), MAX_ATTEMPTS, 'still no a\u0000b');
    expect(await parked.deadLetters(1)).toMatchObject([{ error: 'still no a\ufffdb' }]);
  });

  it('leaves parked events of a type without handler to another version, for five minutes', async () => {
    await parked.park(eventNumber(1, 'a', added));
    await parked.park(eventNumber(2, 'b'));
    consumer.start([type], ({ type: eventType }) =>
      eventType === type ? Promise.resolve() : Promise.reject(new Error('no handler')),
    );
    await waitFor('the event with a handler', async () => (await parked.counts()).waiting === 1);
    expect(await parked.claimDue(1, [type])).toEqual([]);
    const [left] = await parked.claimDue(1, [added]);
    expect(left).toMatchObject({ attempts: 0, event: { type: added } });

    await age(1, FIVE_MINUTES_MS);
    await waitFor('the end of the wait', async () => (await parked.counts()).waiting === 0);
    expect(await parked.counts()).toEqual({ waiting: 0, dead: 0 });
  });

  it('keeps a parked event of such a type as a dead letter if another version has failed to handle it', async () => {
    await parked.park(eventNumber(1, 'a', added), 'failed');
    await age(1, FIVE_MINUTES_MS);
    consumer.start([type], () => Promise.reject(new Error('no handler')));
    await waitFor('the dead letter', async () => (await parked.counts()).dead === 1);
    expect(await parked.deadLetters(1)).toMatchObject([{ error: 'no handler', event: { type: added } }]);
  });

  it('parks an event of a type without handler for another version, and later ones of its subject behind it', async () => {
    const handled: string[] = [];
    const record = ({ id }: CloudEvent) => Promise.resolve(void handled.push(id));
    consumer.start([type], record);
    for (const each of [eventNumber(1, 'a', added), eventNumber(2), eventNumber(3, 'b')])
      await consumer.receive(each);
    expect(handled).toEqual(['e3']);

    const newer = new EventConsumer({ parked: new ParkedEvents(database, SERVICE), metrics, logger });
    newer.start([type, added], record);
    await waitFor('the parked events', () => handled.length === 3);
    await newer.stop();
    expect(handled).toEqual(['e3', 'e1', 'e2']);
  });

  it('finds events that another process has parked, when it takes over at once', async () => {
    const handled: string[] = [];
    consumer.start([type], ({ id }) => Promise.resolve(void handled.push(id)));
    await consumer.receive(eventNumber(1));
    await new ParkedEvents(database, SERVICE).park(eventNumber(2), 'failed');
    consumer.takeOver();
    await consumer.receive(eventNumber(3));
    expect(handled).toEqual(['e1']);
  });

  it.each(['handled', 'discarded'])(
    'leaves them also after an event of its subject that was %s',
    async (how) => {
      for (const each of [eventNumber(1), eventNumber(2, 'a', added), eventNumber(3, 'a', added)])
        await parked.park(each);
      for (const sequence of [2, 3]) await age(sequence, 2 * FIVE_MINUTES_MS);
      if (how === 'discarded') {
        await parked.postpone(eventNumber(1), MAX_ATTEMPTS, 'failed');
        expect(await parked.discard('e1')).toBe(true);
      } else {
        const [first] = await parked.claimDue(1, [type]);
        await parked.remove(first!.event);
      }
      expect(await parked.claimDue(1, [type])).toEqual([]);
      const [next] = await parked.claimDue(1, [added]);
      expect(next?.event.id).toBe('e2');
    },
  );
});
