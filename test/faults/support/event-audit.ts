import type { Kysely } from 'kysely';
import type { CloudEvent } from '#contracts';
import { openDatabase, OutboxRows, type StorageConfig } from '#service-kit';
import { SERVICES, waitFor } from '#testing';
import { undeclaredEvents } from '../../support/event-schemas.js';
import type { Measurements } from './measurements.js';
import type { ShopChanges } from './shop-changes.js';

interface ObserverSchema {
  readonly effects: {
    readonly position: number;
    readonly source: string;
    readonly subject: string;
    readonly id: string;
  };
}

interface OrdersSchema {
  readonly orders: { readonly id: string; readonly user_id: string };
}

/** Compares what the shop has published with what the observer has recorded, in their stores. */
export class EventAudit {
  /** @param observerDir folder of the observer's store */
  constructor(
    private readonly storage: StorageConfig,
    private readonly observerDir: string,
  ) {}

  /** Waits until each event has had its effect once, in the order of its entity, and looks for the event of each change. */
  async expectAllHandled(changes: ShopChanges, measurements: Measurements): Promise<void> {
    await measurements.time('after the last change, until every event is handled', () =>
      waitFor(
        'every event to be handled once, in order',
        async () => {
          expect(await this.waiting()).toBe(0);
          expect(bySubject(await this.effects())).toEqual(bySubject(await this.published()));
          return true;
        },
        60_000,
      ),
    );
    const events = await this.published();
    measurements.recordCount('acknowledged changes', changes.acknowledged.length);
    measurements.recordCount('events', events.length);

    const types = new Set(events.map(({ type, subject }) => `${type} ${subject}`));
    const lost = changes.acknowledged.filter(({ type, subject }) => !types.has(`${type} ${subject}`));
    expect(lost).toEqual([]);
    expect(undeclaredEvents(events)).toEqual([]);
    expect(await this.ordersOf(changes.deletedUsers)).toEqual([]);
  }

  private async published(): Promise<CloudEvent[]> {
    return (await this.inOutboxes((outbox) => outbox.after(0, Number.MAX_SAFE_INTEGER))).flat();
  }

  /** Number of events that are not sent. */
  private async waiting(): Promise<number> {
    const states = await this.inOutboxes((outbox) => outbox.state());
    return states.reduce((sum, each) => sum + each.waiting, 0);
  }

  private effects() {
    const observerStore: StorageConfig = {
      databaseUrl: undefined,
      dataDir: this.observerDir,
      sync: 'normal',
    };
    return inStore(observerStore, 'event-observer', (database: Kysely<ObserverSchema>) =>
      database.selectFrom('effects').selectAll().orderBy('position').execute(),
    );
  }

  private ordersOf(users: readonly string[]) {
    return inStore(this.storage, 'order-service', async (database: Kysely<OrdersSchema>) => {
      const orders = await database.selectFrom('orders').select(['id', 'user_id']).execute();
      return orders.filter(({ user_id }) => users.includes(user_id));
    });
  }

  private inOutboxes<T>(read: (outbox: OutboxRows) => Promise<T>): Promise<T[]> {
    const outboxes = SERVICES.map((service) =>
      inStore(this.storage, service, (database: Kysely<unknown>) => read(new OutboxRows(database, service))),
    );
    return Promise.all(outboxes);
  }
}

async function inStore<Schema, T>(
  at: StorageConfig,
  name: string,
  read: (database: Kysely<Schema>) => Promise<T>,
): Promise<T> {
  const database = await openDatabase<Schema>(at, name);
  try {
    return await read(database);
  } finally {
    await database.destroy();
  }
}

/** The ids of events by source and subject, in their order. */
function bySubject(events: readonly Pick<CloudEvent, 'source' | 'subject' | 'id'>[]): Map<string, string[]> {
  const ids = new Map<string, string[]>();
  for (const { source, subject, id } of events) {
    const key = `${source} ${subject}`;
    ids.set(key, [...(ids.get(key) ?? []), id]);
  }
  return ids;
}
