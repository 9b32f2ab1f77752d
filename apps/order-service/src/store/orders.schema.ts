import type { Kysely, Selectable } from 'kysely';
import { createEventTables, type Migrations } from '#service-kit';
import { addBackfillConfirmation, addBackfills } from './backfills.migration.js';
import { addOrderLists } from './order-list.migration.js';
import { addProductCopies } from './product-copies.migration.js';
import { addKeysOfUsers } from './user-keys.migration.js';
import type { OrderItem, OrderStatus } from '#shop-contracts';
import type { StockRelease, StoredOrder } from '../model/stored-order.js';

/** Tables of the order service. Times are epoch milliseconds, money is in minor units. */
export interface OrdersSchema {
  orders: OrdersTable;
  order_requests: OrderRequestsTable;
  product_copies: ProductCopiesTable;
  order_backfills: BackfillsTable;
}

interface OrdersTable {
  id: string;
  user_id: string;
  status: OrderStatus;
  status_reason: string | null;
  /** JSON: the lines are written and read as a whole. */
  items: string;
  total: number | null;
  currency: string | null;
  version: number;
  created_at: number;
  updated_at: number;
  stock_release: StockRelease;
  /** 1: the request was refused, so clients see no order; the row stays hidden until its stock is released. */
  withdrawn: number;
  attempts: number;
  /** Time of the next attempt at its unfinished work; `null` when there is none. */
  attempt_at: number | null;
  /** Number of its latest claim: the fencing token of every change made under a claim. */
  claim: number;
  /** No other process can claim the order before this time. */
  claimed_until: number;
  request_id: string;
}

/** A request that carried an Idempotency-Key. */
interface OrderRequestsTable {
  /** As `storedKeyOf` returns it. */
  key: string;
  /** Hash of the body; distinguishes a repeated request from a different one. */
  fingerprint: string;
  order_id: string;
  /** The first request may be in flight until this time. */
  locked_until: number;
  /** JSON; `null` until the response is known. */
  answer: string | null;
  expires_at: number;
  /** 0: a version stored it in which callers for all users had the same keys. */
  of_caller: number;
}

/** Products as the product service last described them. Those that were deleted stay: their orders show them. */
interface ProductCopiesTable {
  id: string;
  name: string;
  /** That of the product service; 0 for a copy from its list. */
  version: number;
}

export type BackfillName = 'product-copies' | 'deleted-users';

/** Work that each store needs once; rows exist from the migration on. */
interface BackfillsTable {
  name: BackfillName;
  /** Where the next part begins; `null` before the first part and after the last one. */
  position: string | null;
  owner: string | null;
  /** No other process works on it before this time. */
  leased_until: number;
  done_at: number | null;
  /** 1: an operator has confirmed that most users were deleted. */
  confirmed: number;
  /** What came later has events. */
  created_at: number;
}

export const migrations: Migrations = {
  '0001-orders': {
    up: async (db) => {
      await createOrders(db);
      await createOrderRequests(db);
    },
  },
  '0002-claim-numbers': {
    up: (db) =>
      db.schema
        .alterTable('orders')
        .addColumn('claim', 'bigint', (column) => column.notNull().defaultTo(0))
        .execute(),
  },
  '0003-lists': { up: addOrderLists },
  // From before the kit did this itself.
  '0004-events': { up: (db) => createEventTables(db, 'order-service') },
  '0005-user-keys': { up: addKeysOfUsers },
  '0006-product-copies': { up: addProductCopies },
  '0007-backfills': { up: addBackfills },
  '0008-parked-index': { up: (db) => createEventTables(db, 'order-service') },
  '0009-backfill-confirmation': { up: addBackfillConfirmation },
  '0010-keys-of-callers': {
    up: (db) =>
      db.schema
        .alterTable('order_requests')
        .addColumn('of_caller', 'integer', (column) => column.notNull().defaultTo(0))
        .execute(),
  },
};

async function createOrders(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('orders')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('user_id', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('status_reason', 'text')
    .addColumn('items', 'text', (column) => column.notNull())
    .addColumn('total', 'bigint')
    .addColumn('currency', 'text')
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addColumn('stock_release', 'text', (column) => column.notNull())
    .addColumn('withdrawn', 'integer', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('attempt_at', 'bigint')
    .addColumn('claimed_until', 'bigint', (column) => column.notNull())
    .addColumn('request_id', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('orders_user_id').on('orders').columns(['user_id', 'id']).execute();
  await db.schema.createIndex('orders_attempt_at').on('orders').column('attempt_at').execute();
}

async function createOrderRequests(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('order_requests')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('fingerprint', 'text', (column) => column.notNull())
    .addColumn('order_id', 'text', (column) => column.notNull())
    .addColumn('locked_until', 'bigint', (column) => column.notNull())
    .addColumn('answer', 'text')
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('order_requests_expires_at')
    .on('order_requests')
    .column('expires_at')
    .execute();
}

export type OrderRow = Selectable<OrdersTable>;

/** A line as it is stored; one from before names were stored has none. */
type StoredItem = Omit<OrderItem, 'name'> & Partial<Pick<OrderItem, 'name'>>;

const toItem = ({ productId, quantity, unitPrice, name = null }: StoredItem): OrderItem => ({
  productId,
  quantity,
  unitPrice,
  name,
});

export const toStoredOrder = (row: OrderRow): StoredOrder => ({
  id: row.id,
  userId: row.user_id,
  status: row.status,
  statusReason: row.status_reason,
  items: (JSON.parse(row.items) as StoredItem[]).map(toItem),
  total: row.total,
  currency: row.currency,
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  stockRelease: row.stock_release,
  claim: row.claim,
  attempts: row.attempts,
  requestId: row.request_id,
});
