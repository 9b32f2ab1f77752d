import { Injectable } from '@nestjs/common';
import { expressionBuilder, type Expression, type Kysely, type SqlBool, type Transaction } from 'kysely';
import { InjectDatabase } from '#service-kit';
import { SqlClock } from '../store/sql-clock.js';
import type { OrdersSchema } from '../store/orders.schema.js';
import { CLAIM_MS } from '../store/order-work.repository.js';
import type { StoredResponse } from './stored-response.js';

const RETENTION_MS = 24 * 60 * 60 * 1000;

/** A stored request that carried an Idempotency-Key. */
export interface OrderRequest {
  readonly key: string;
  readonly fingerprint: string;
  readonly orderId: string;
  /** Whether the process that accepted the request may still be about to send its response. */
  readonly locked: boolean;
  readonly response: StoredResponse | undefined;
}

/** What identifies a request: its key as it is stored and as it was sent, and the hash of its body. */
export type SentRequest = Pick<OrderRequest, 'key' | 'fingerprint'> & {
  readonly sentKey?: string | undefined;
};

/** Requests by Idempotency-Key, kept for 24 hours. */
@Injectable()
export class OrderRequestsRepository {
  constructor(
    @InjectDatabase() private readonly database: Kysely<OrdersSchema>,
    private readonly clock: SqlClock,
  ) {}

  /** Resolves to whether this request now owns the key; `false` when another request owns it. */
  async claim(
    request: SentRequest & Pick<OrderRequest, 'orderId'>,
    trx: Transaction<OrdersSchema>,
  ): Promise<boolean> {
    const now = this.clock.now();
    await trx
      .deleteFrom('order_requests')
      .where('key', '=', request.key)
      .where('expires_at', '<=', now)
      .execute();
    const shared = this.rows(trx).where(wasShared(request)).where('expires_at', '>', now);
    if (await shared.executeTakeFirst()) return false;
    const inserted = await trx
      .insertInto('order_requests')
      .values((eb) => ({
        key: request.key,
        fingerprint: request.fingerprint,
        order_id: request.orderId,
        locked_until: eb(now, '+', CLAIM_MS),
        answer: null,
        expires_at: eb(now, '+', RETENTION_MS),
        of_caller: 1,
      }))
      .onConflict((conflict) => conflict.column('key').doNothing())
      .executeTakeFirst();
    return inserted.numInsertedOrUpdatedRows === 1n;
  }

  async find(request: SentRequest): Promise<OrderRequest | undefined> {
    const row = await this.rows(this.database)
      .where((eb) => eb.or([eb('key', '=', request.key), wasShared(request)]))
      .orderBy('of_caller', 'desc')
      .executeTakeFirst();
    return (
      row && {
        key: row.key,
        fingerprint: row.fingerprint,
        orderId: row.order_id,
        locked: Boolean(row.locked),
        response: row.answer === null ? undefined : (JSON.parse(row.answer) as StoredResponse),
      }
    );
  }

  private rows(database: Kysely<OrdersSchema>) {
    return database
      .selectFrom('order_requests')
      .selectAll()
      .select((eb) => eb('locked_until', '>', this.clock.now()).as('locked'));
  }

  /**
   * Stores the response to the request with this key; does nothing when the request carried no key. A response that names a
   * user who was deleted meanwhile is not stored: the replay is derived from the order.
   */
  async storeResponse(
    key: string | undefined,
    response: StoredResponse,
    db: Kysely<OrdersSchema> = this.database,
  ) {
    if (key === undefined) return;
    await db
      .updateTable('order_requests')
      .set({ answer: JSON.stringify(response) })
      .where('key', '=', key)
      .where(namesUserOf(response))
      .execute();
  }

  /** Deletes entries older than 24 hours. */
  async purge(): Promise<void> {
    await this.database.deleteFrom('order_requests').where('expires_at', '<=', this.clock.now()).execute();
  }
}

/**
 * Whether a row is one of a previous version, in which callers for all users had the same keys, for the same request. Its
 * caller is not known: the repetition of a request across an upgrade places no second order.
 */
function wasShared({ sentKey = '', fingerprint }: SentRequest): Expression<SqlBool> {
  const eb = expressionBuilder<OrdersSchema, 'order_requests'>();
  return eb.and({ key: sentKey, fingerprint, of_caller: 0 });
}

/** Whether the user that a response names is still the one of the order. A refusal names none. */
function namesUserOf(response: StoredResponse): Expression<SqlBool> {
  const eb = expressionBuilder<OrdersSchema, 'order_requests'>();
  if (response.kind === 'refused') return eb.lit(true);
  const { id, userId } = response.order;
  return eb.exists(eb.selectFrom('orders').select('id').where('id', '=', id).where('user_id', '=', userId));
}
