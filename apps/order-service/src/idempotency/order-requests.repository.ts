import { Injectable } from '@nestjs/common';
import type { Kysely, Transaction } from 'kysely';
import { InjectDatabase } from '#service-kit';
import { Clock } from '../orders/clock.js';
import type { OrdersSchema } from '../orders/orders.schema.js';
import { CLAIM_MS } from '../placement/order-work.repository.js';
import type { StoredAnswer } from './stored-answer.js';

const KEPT_MS = 24 * 60 * 60 * 1000;

/** A request that carried a key, as it is kept. */
export interface OrderRequest {
  readonly key: string;
  readonly fingerprint: string;
  readonly orderId: string;
  /** Whether the process that took the request may still be about to answer it. */
  readonly locked: boolean;
  readonly answer: StoredAnswer | undefined;
}

/** Requests by their Idempotency-Key, for 24 hours. */
@Injectable()
export class OrderRequestsRepository {
  constructor(
    @InjectDatabase() private readonly database: Kysely<OrdersSchema>,
    private readonly clock: Clock,
  ) {}

  /** Whether the key is now this request's; `false` when another request has it. */
  async claim(
    request: Pick<OrderRequest, 'key' | 'fingerprint' | 'orderId'>,
    trx: Transaction<OrdersSchema>,
  ): Promise<boolean> {
    const now = this.clock.now();
    await trx
      .deleteFrom('order_requests')
      .where('key', '=', request.key)
      .where('expires_at', '<=', now)
      .execute();
    const inserted = await trx
      .insertInto('order_requests')
      .values((eb) => ({
        key: request.key,
        fingerprint: request.fingerprint,
        order_id: request.orderId,
        locked_until: eb(now, '+', CLAIM_MS),
        answer: null,
        expires_at: eb(now, '+', KEPT_MS),
      }))
      .onConflict((conflict) => conflict.column('key').doNothing())
      .executeTakeFirst();
    return inserted.numInsertedOrUpdatedRows === 1n;
  }

  async find(key: string): Promise<OrderRequest | undefined> {
    const row = await this.database
      .selectFrom('order_requests')
      .selectAll()
      .select((eb) => eb('locked_until', '>', this.clock.now()).as('locked'))
      .where('key', '=', key)
      .executeTakeFirst();
    return (
      row && {
        key: row.key,
        fingerprint: row.fingerprint,
        orderId: row.order_id,
        locked: Boolean(row.locked),
        answer: row.answer === null ? undefined : (JSON.parse(row.answer) as StoredAnswer),
      }
    );
  }

  /** Keeps how the request for the order was answered; nothing happens for one that carried no key. */
  async answer(key: string | undefined, answer: StoredAnswer, db: Kysely<OrdersSchema> = this.database) {
    if (key === undefined) return;
    await db
      .updateTable('order_requests')
      .set({ answer: JSON.stringify(answer) })
      .where('key', '=', key)
      .execute();
  }

  /** Drops what is older than 24 hours. */
  async purge(): Promise<void> {
    await this.database.deleteFrom('order_requests').where('expires_at', '<=', this.clock.now()).execute();
  }
}
