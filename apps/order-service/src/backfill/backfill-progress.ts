import { Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { databaseNow, InjectDatabase, newId } from '#service-kit';
import type { BackfillName, OrdersSchema } from '../store/orders.schema.js';
import type { BackfillPart } from './backfill.js';

/** How long a process may work on one part. After a crash another process continues after this time. */
const LEASE_MS = 10_000;

/** A backfill of this process. */
interface HeldBackfill {
  readonly kind: 'held';
  /** That of the last part. */
  readonly position: string | null;
  /** Whether an operator has confirmed that it may run in spite of its doubts. */
  readonly isConfirmed: boolean;
}

/** The progress of this process at a backfill. */
export type BackfillState = HeldBackfill | { readonly kind: 'elsewhere' | 'done' };

/** How far backfills are. Of all processes with the same store one works on a backfill, by a lease in the store. */
@Injectable()
export class BackfillProgress {
  private readonly owner = newId();

  constructor(@InjectDatabase() private readonly database: Kysely<OrdersSchema>) {}

  /** Acquires or renews the lease. */
  async lease(name: BackfillName): Promise<BackfillState> {
    const now = databaseNow(this.database);
    const row = await this.database
      .updateTable('order_backfills')
      .set((eb) => ({ owner: this.owner, leased_until: eb(now, '+', LEASE_MS) }))
      .where('name', '=', name)
      .where('done_at', 'is', null)
      .where((eb) => eb.or([eb('owner', '=', this.owner), eb('leased_until', '<=', now)]))
      .returning(['position', 'confirmed'])
      .executeTakeFirst();
    if (row) return { kind: 'held', position: row.position, isConfirmed: row.confirmed === 1 };
    return { kind: (await this.isDone(name)) ? 'done' : 'elsewhere' };
  }

  /**
   * Stores a part and its position; the last part ends a confirmation. If another process has taken the lease, it stores nothing.
   * @returns whether it was stored
   */
  async store(name: BackfillName, part: BackfillPart): Promise<boolean> {
    const now = databaseNow(this.database);
    return this.database.transaction().execute(async (trx) => {
      const row = await trx
        .updateTable('order_backfills')
        .set({ position: part.position, ...(part.position === null && { done_at: now, confirmed: 0 }) })
        .where('name', '=', name)
        .where('owner', '=', this.owner)
        .returning('name')
        .executeTakeFirst();
      if (row) await part.store(trx);
      return row !== undefined;
    });
  }

  /** Lets another process continue at once. */
  async release(): Promise<void> {
    const backfills = this.database.updateTable('order_backfills');
    await backfills.set({ leased_until: 0 }).where('owner', '=', this.owner).execute();
  }

  private async isDone(name: BackfillName): Promise<boolean> {
    const backfills = this.database.selectFrom('order_backfills').select('done_at');
    return (await backfills.where('name', '=', name).executeTakeFirst())?.done_at !== null;
  }
}
