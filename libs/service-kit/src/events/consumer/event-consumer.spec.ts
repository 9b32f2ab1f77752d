import type { Kysely } from 'kysely';
import { Registry } from 'prom-client';
import { onBothStores, waitFor } from '#testing';
import { openDatabase } from '../../storage/database.js';
import { EventMetrics } from '../event-metrics.js';
import { createEventTables } from '../event-tables.js';
import { EventConsumer } from './event-consumer.js';
import { ParkedEvents } from './parked-events.js';

const SERVICE = 'note-service';
const type = 'test.note.changed.v1';
const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
const eventNumber = (sequence: number) => ({
  specversion: '1.0' as const,
  id: `e${sequence}`,
  source: SERVICE,
  type,
  subject: 'a',
  sequence: String(sequence),
  time: '2026-01-01T00:00:00.000Z',
  datacontenttype: 'application/json' as const,
  dataschema: 'urn:test',
  data: {},
});

onBothStores('the consumer of events', (store) => {
  it('stops after the parked events that it attempts, and leaves later ones to the next process', async () => {
    const database: Kysely<unknown> = await openDatabase<unknown>(await store.createStorage(), SERVICE);
    await createEventTables(database, SERVICE);
    const parked = new ParkedEvents(database, SERVICE);
    for (const sequence of [1, 2, 3]) await parked.park(eventNumber(sequence));
    const consumer = new EventConsumer({ parked, metrics: new EventMetrics(new Registry()), logger });
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
    await database.destroy();
  });
});
