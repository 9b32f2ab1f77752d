import type { Kysely } from 'kysely';
import type { CloudEvent } from '#contracts';
import { onBothStores, waitFor } from '#testing';
import { openDatabase } from '../../storage/database.js';
import { createEventTables } from '../event-tables.js';
import { Outbox } from './outbox.js';
import { OutboxProgress } from './outbox-progress.js';
import { OutboxRelay } from './outbox-relay.js';
import { OutboxRows } from './outbox-rows.js';

const SERVICE = 'note-service';
const BATCH = 100;
const noteChanged = { type: 'test.note.changed.v1', dataschema: 'urn:test' };
const logger = { info: () => undefined, warn: () => undefined };

/** Stores events as Redis does. */
class StoringTransport {
  stored = '0';
  batches = 0;
  /** Delays the return of `send`. */
  gate: Promise<void> = Promise.resolve();

  isAway = false;
  attempts = 0;

  storedUpTo(): Promise<string> {
    this.attempts += 1;
    return this.isAway ? Promise.reject(new Error('away')) : Promise.resolve(this.stored);
  }

  async send(events: readonly CloudEvent[]): Promise<void> {
    this.batches += 1;
    await this.gate;
    this.stored = events.at(-1)!.sequence;
  }

  /** Argument of the last call. */
  trimmedBefore: number | undefined;
  trim(_source: string, sequence: number): Promise<void> {
    this.trimmedBefore = sequence;
    return Promise.resolve();
  }
}

onBothStores('the relay of an outbox', (store) => {
  let database: Kysely<unknown>;
  let rows: OutboxRows;
  let outbox: Outbox;
  let transport: StoringTransport;
  let relay: OutboxRelay;

  beforeEach(async () => {
    database = await openDatabase<unknown>(await store.createStorage(), SERVICE);
    await createEventTables(database, SERVICE);
    rows = new OutboxRows(database, SERVICE);
    outbox = new Outbox(database, SERVICE);
    transport = new StoringTransport();
    relay = relayTo(transport);
  });
  afterEach(async () => {
    await relay.stop();
    await database.destroy();
  });

  const relayTo = (to: StoringTransport): OutboxRelay => {
    const progress = new OutboxProgress(database, SERVICE);
    const handled = { purge: () => Promise.resolve() };
    return new OutboxRelay({ service: SERVICE, outbox, rows, progress, handled, transport: to, logger });
  };
  const publish = (count: number, of = outbox) =>
    of.transaction((_trx, send) =>
      send(...Array.from({ length: count }, () => ({ definition: noteChanged, subject: 'a', data: {} }))),
    );

  it('lets the transport keep a week of events while no group is known', async () => {
    relay.start();
    await publish(1);
    await waitFor('a trim', () => transport.trimmedBefore !== undefined);
    const days = (Date.now() - transport.trimmedBefore! / 1000) / 86_400_000;
    expect(days).toBeCloseTo(7, 2);
  });

  it('records what a process has sent that ended before it recorded it', async () => {
    await publish(2);
    await rows.number(0, BATCH);
    transport.stored = (await rows.after(0, BATCH)).at(-1)!.sequence;

    relay.start();
    await waitFor('the record', async () => (await rows.state()).waiting === 0);
    expect(transport.batches).toBe(0);
  });

  it('stops after the batch that it sends, and leaves the rest to the next process', async () => {
    await publish(3 * BATCH);
    let open: () => void = () => undefined;
    transport.gate = new Promise((resolve) => (open = resolve));
    relay.start();
    await waitFor('the first batch', () => transport.batches === 1);
    const stopped = relay.stop();
    open();
    await stopped;
    expect(transport.batches).toBe(1);
    expect(await rows.state()).toMatchObject({ waiting: 2 * BATCH });
  });

  describe('while the transport is away', () => {
    const PAUSES = 4;
    const pauseAfterFailures = async () => {
      transport.isAway = true;
      relay.start();
      await publish(1);
      await waitFor('long pauses between attempts', () => transport.attempts >= PAUSES);
    };
    it.each([
      ['its process', () => outbox],
      ['another process', () => new Outbox(database, SERVICE)],
    ])('numbers what %s commits without waiting for the next attempts', async (_whose, of) => {
      await pauseAfterFailures();
      await publish(10 * BATCH, of());
      const all = 1 + 10 * BATCH;
      await waitFor('the numbers', async () => (await rows.after(0, all)).length === all);
      expect(transport.attempts).toBeLessThan(PAUSES + 2);
    });

    it('leaves sending to a process that reaches the transport', async () => {
      await pauseAfterFailures();
      const reached = new StoringTransport();
      const other = relayTo(reached);
      other.start();
      await publish(1);
      await waitFor('the event', async () => (await rows.state()).waiting === 0);
      expect(Number(reached.stored)).toBe(await rows.last());
      await other.stop();
    });

    it('sends when it is back', async () => {
      await pauseAfterFailures();
      transport.isAway = false;
      await waitFor('the events', async () => (await rows.state()).waiting === 0);
    });
  });
});
