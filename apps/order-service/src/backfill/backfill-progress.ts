import { Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { databaseNow, InjectDatabase, newId } from '#service-kit';
import type { BackfillName, OrdersSchema } from '../store/orders.schema.js';
import type { BackfillPart } from './backfill.js';

/** How long a process may work on one part. After a crash another process continues after this time. */
const LEASE_MS = 10_000;

/** The progress of this process at a backfill: `held` with the position of its last part. */
export type BackfillState =
  { readonly kind: 'held'; readonly position: string | null } | { readonly kind: 'elsewhere' | 'done' };

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
      .returning('position')
      .executeTakeFirst();
    if (row) return { kind: 'held', position: row.position };
    return { kind: (await this.isDone(name)) ? 'done' : 'elsewhere' };
  }

  /**
   * Stores a part and its position. If another process has taken the lease, it stores nothing.
   * @returns whether it was stored
   */
  async store(name: BackfillName, part: BackfillPart): Promise<boolean> {
    const now = databaseNow(this.database);
    return this.database.transaction().execute(async (trx) => {
      const row = await trx
        .updateTable('order_backfills')
        .set({ position: part.position, done_at: part.position === null ? now : null })
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
