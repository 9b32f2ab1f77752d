import type { Transaction } from 'kysely';
import type { BackfillName, OrdersSchema } from '../store/orders.schema.js';

/** Work that brings a store up to date with the time before events. It is done once for each store, part by part. */
export interface Backfill {
  readonly name: BackfillName;
  /**
   * Reads the next part from another service.
   * @param position that of the part before; `null`: the first part
   * @param isConfirmed an operator has confirmed that it may run in spite of its doubts
   * @throws ServiceUnreachable then the part is read again later
   */
  next(position: string | null, isConfirmed: boolean): Promise<BackfillPart>;
}

/** A part that was read. */
export interface BackfillPart {
  /** Where the next part begins; `null`: this is the last one. */
  readonly position: string | null;
  /** How many products it copies, or users it removes from orders. */
  readonly records: number;
  /** Stores the part, in the transaction that records its position. */
  store(trx: Transaction<OrdersSchema>): Promise<void>;
}
