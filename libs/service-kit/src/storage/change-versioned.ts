import type { Preconditions } from '../http/preconditions.js';

/** How to change one row that counts its versions. */
export interface VersionedChange<Row> {
  readonly preconditions: Preconditions;
  /** Reads the row. @throws Problem when there is none. */
  find(): Promise<Row>;
  /**
   * Writes only if the row is still `current`; `undefined`: another change came first.
   * @param details of the ETags in `If-Match`, see {@link Preconditions.check}
   */
  write(current: Row, details: readonly number[]): Promise<Row | undefined>;
}

/**
 * Compare and swap: a change is made to the row that it was decided on, or decided again. No lock is held between
 * reading and writing, so it works alike on both databases.
 * @throws Problem `precondition-failed` when the row is not, or no longer, what the request expects.
 */
export async function changeVersioned<Row extends { readonly version: number }>(
  change: VersionedChange<Row>,
): Promise<Row> {
  for (;;) {
    const current = await change.find();
    const details = change.preconditions.check(current.version);
    const written = await change.write(current, details);
    if (written) return written;
  }
}
