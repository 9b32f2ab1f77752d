import { setTimeout as sleep } from 'node:timers/promises';
import type { StorageConfig } from '#service-kit';
import {
  launchNode,
  onBothStores,
  onPrograms,
  startRedis,
  tempDir,
  type LaunchedProcess,
  type TestRedis,
} from '#testing';
import { ShopFleet } from '../support/shop-fleet.js';
import { EventAudit } from './support/event-audit.js';
import { Measurements } from './support/measurements.js';
import { ShopChanges } from './support/shop-changes.js';

const CHANGES = Number(process.env.EVENT_CHANGES ?? 1_000);
const TIMEOUT_MS = 120_000 + CHANGES * 200;
const LONGEST_PAUSE_MS = 2000;

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

    it(
      'have each its effect once, in the order of each entity, while services, consumers and Redis are killed',
      async () => {
        const changes = new ShopChanges(shop);
        const over = new AbortController();
        const killing = killUntil(over.signal);
        await changes.run(CHANGES);
        over.abort();
        await killing;
        measurements.recordCount('processes killed', kills);
        await new EventAudit(storage, folder.path).expectAllHandled(changes, measurements);
      },
      TIMEOUT_MS,
    );
  });
});
