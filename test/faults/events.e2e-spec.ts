import type { Kysely } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudEvent } from '#contracts';
import { openDatabase, OutboxRows, type StorageConfig } from '#service-kit';
import {
  launchNode,
  onBothStores,
  onPrograms,
  SERVICES,
  startRedis,
  tempDir,
  waitFor,
  type LaunchedProcess,
  type TestRedis,
} from '#testing';
import { undeclaredEvents } from '../support/event-schemas.js';
import { ShopFleet } from '../support/shop-fleet.js';
import { Measurements } from './support/measurements.js';
import { ShopChanges } from './support/shop-changes.js';

const CHANGES = Number(process.env.EVENT_CHANGES ?? 1_000);
const TIMEOUT_MS = 120_000 + CHANGES * 200;
const LONGEST_PAUSE_MS = 2000;

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

/** The ids of events by source and subject, in their order. */
function bySubject(events: readonly Pick<CloudEvent, 'source' | 'subject' | 'id'>[]): Map<string, string[]> {
  const ids = new Map<string, string[]>();
  for (const { source, subject, id } of events) {
    const key = `${source} ${subject}`;
    ids.set(key, [...(ids.get(key) ?? []), id]);
  }
  return ids;
}

const pick = <T>(values: readonly T[]): T => values[Math.floor(Math.random() * values.length)] as T;

onPrograms(['redis-server'], 'domain events of separate processes', () => {
  onBothStores(`${CHANGES} changes`, (store) => {
    const measurements = Measurements.for('domain events while services, consumers and Redis are killed');
    const folder = tempDir('observers-');
    let storage: StorageConfig;
    let redis: TestRedis;
    let shop: ShopFleet;
    let observers: LaunchedProcess[];
    let kills = 0;

    const redisEnv = () => ({ REDIS_URL: redis.url });
    const startObserver = (): LaunchedProcess =>
      launchNode('test/faults/support/event-observer.mjs', [], {
        ...{
          DATA_DIR: folder.path,
          LOG_LEVEL: 'WARN',
          OBSERVER_PORT: '0',
          REGISTRY_URL: 'http://127.0.0.1:9',
        },
        ...redisEnv(),
      });

    beforeAll(async () => {
      storage = await store.createStorage();
      redis = await startRedis();
      observers = [startObserver(), startObserver()];
      const env = { DATABASE_URL: storage.databaseUrl ?? '', DATA_DIR: storage.dataDir, ...redisEnv() };
      shop = await ShopFleet.start(env, [{}, {}]);
    }, 60_000);

    afterAll(async () => {
      await shop.stop();
      for (const observer of observers) observer.signal('SIGKILL');
      await redis.stop();
      folder.remove();
    }, 60_000);

    /** Kills one process after the other, and starts each again a little later. */
    async function killUntil(signal: AbortSignal): Promise<void> {
      const restartService = async (): Promise<void> => {
        const member = pick([shop.users, shop.products, ...shop.orders]);
        await member.kill();
        await pause();
        await member.start();
      };
      const restartObserver = async (): Promise<void> => {
        const index = pick([...observers.keys()]);
        observers[index]!.signal('SIGKILL');
        await observers[index]!.exited;
        await pause();
        observers[index] = startObserver();
      };
      /** It comes back without its data. */
      const restartRedis = async (): Promise<void> => {
        redis.process.signal('SIGKILL');
        await redis.process.exited;
        await pause();
        redis = await startRedis(redis.port);
      };
      const pause = () => sleep(Math.random() * LONGEST_PAUSE_MS);
      while (!signal.aborted) {
        await pick([restartService, restartService, restartObserver, restartRedis])();
        kills += 1;
        await pause();
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

    const inOutboxes = async <T>(read: (outbox: OutboxRows) => Promise<T>): Promise<T[]> =>
      Promise.all(
        SERVICES.map((service) =>
          inStore(storage, service, (database: Kysely<unknown>) => read(new OutboxRows(database, service))),
        ),
      );

    const published = async (): Promise<CloudEvent[]> =>
      (await inOutboxes((outbox) => outbox.after(0, Number.MAX_SAFE_INTEGER))).flat();

    /** Number of events that are not sent. */
    const waiting = async (): Promise<number> =>
      (await inOutboxes((outbox) => outbox.state())).reduce((sum, each) => sum + each.waiting, 0);

    const effects = () =>
      inStore(
        { databaseUrl: undefined, dataDir: folder.path, sync: 'normal' },
        'event-observer',
        (database: Kysely<ObserverSchema>) =>
          database.selectFrom('effects').selectAll().orderBy('position').execute(),
      );

    it(
      'have each its effect once, in the order of each entity, while services, consumers and Redis are killed',
      async () => {
        const changes = new ShopChanges(shop);
        const over = new AbortController();
        const killing = killUntil(over.signal);
        await changes.run(CHANGES);
        over.abort();
        await killing;
        await measurements.time('after the last change, until every event is handled', () =>
          waitFor(
            'every event to be handled once, in order',
            async () => {
              expect(await waiting()).toBe(0);
              expect(bySubject(await effects())).toEqual(bySubject(await published()));
              return true;
            },
            60_000,
          ),
        );
        const events = await published();
        measurements.recordCount('acknowledged changes', changes.acknowledged.length);
        measurements.recordCount('processes killed', kills);
        measurements.recordCount('events', events.length);

        const types = new Set(events.map(({ type, subject }) => `${type} ${subject}`));
        const lost = changes.acknowledged.filter(({ type, subject }) => !types.has(`${type} ${subject}`));
        expect(lost).toEqual([]);
        expect(undeclaredEvents(events)).toEqual([]);
        expect(await ordersOfDeleted(changes.deletedUsers)).toEqual([]);
      },
      TIMEOUT_MS,
    );

    const ordersOfDeleted = (users: readonly string[]) =>
      inStore(storage, 'order-service', async (database: Kysely<OrdersSchema>) => {
        const orders = await database.selectFrom('orders').select(['id', 'user_id']).execute();
        return orders.filter(({ user_id }) => users.includes(user_id));
      });
  });
});
