import { sql, type Expression, type Kysely } from 'kysely';
import { AppReport, createLogger, migrate, openDatabase, Outbox, type StorageConfig } from '#service-kit';
import { OrderRequestsRepository } from '../idempotency/order-requests.repository.js';
import { Replays } from '../idempotency/replays.js';
import { ItemNames } from '../store/item-names.js';
import { SqlClock } from '../store/sql-clock.js';
import { OrdersRepository } from '../store/orders.repository.js';
import { migrations, type OrdersSchema } from '../store/orders.schema.js';
import { OrdersService } from '../orders/orders.service.js';
import { OrderWorkRepository } from '../store/order-work.repository.js';
import { PendingOrders } from '../placement/pending-orders.js';
import { PendingWork } from '../placement/pending-work.js';
import { PlacementService } from '../placement/placement.service.js';
import { PlacementSteps } from '../placement/placement-steps.js';
import { StockReleaser } from '../placement/stock-releaser.js';
import { FakeStock, FakeUsers } from './fake-neighbours.js';

/** A clock that advances only by {@link advance}. */
export class TestClock extends SqlClock {
  at = 1_800_000_000_000;

  override now(): Expression<number> {
    return sql.lit(this.at);
  }

  advance(ms: number): void {
    this.at += ms;
  }
}

/** The environment of an order service: clock and called services, shared by all instances of a test. */
export class TestEnvironment {
  readonly clock = new TestClock();
  readonly users = new FakeUsers();
  readonly stock = new FakeStock();
}

/** An instance of the order service on a real store, without HTTP. */
export interface TestInstance {
  readonly database: Kysely<OrdersSchema>;
  readonly orders: OrdersService;
  readonly repository: OrdersRepository;
  readonly work: OrderWorkRepository;
  readonly requests: OrderRequestsRepository;
  readonly placement: PlacementService;
  readonly pending: PendingOrders;
}

export async function createTestInstance(
  storage: StorageConfig,
  environment: TestEnvironment,
): Promise<TestInstance> {
  const database = await openDatabase<OrdersSchema>(storage, 'order-service');
  await migrate(database, 'order-service', migrations);
  const { clock, users, stock } = environment;
  const outbox = new Outbox(database as unknown as Kysely<unknown>, 'order-service');
  const names = new ItemNames(database);
  const repository = new OrdersRepository(database, clock, outbox, names);
  const work = new OrderWorkRepository(database, clock, outbox);
  const requests = new OrderRequestsRepository(database, clock);
  const steps = new PlacementSteps(users, stock);
  const releaser = new StockReleaser(work, stock);
  const replays = new Replays(requests, work, names);
  const pendingWork = new PendingWork(work, steps, releaser);
  const logger = createLogger('order-service', { logLevel: 'ERROR', logFormat: 'json' });
  logger.level = 'silent';
  return {
    database,
    repository,
    work,
    requests,
    orders: new OrdersService(repository, releaser, users),
    placement: new PlacementService(database, work, requests, replays, steps, releaser, names),
    pending: new PendingOrders(work, pendingWork, requests, logger, new AppReport()),
  };
}
