import type { Preconditions } from '../http/preconditions.js';

/** A change of one row with a version number. */
export interface VersionedChange<Row> {
  readonly preconditions: Preconditions;
  /**
   * Reads the row.
   * @throws Problem when there is none.
   */
  find(): Promise<Row>;
  /**
   * Writes only if the row is still `current`; returns `undefined` if another change came first.
   * @param details of the ETags in `If-Match`, see {@link Preconditions.check}
   */
  write(current: Row, details: readonly number[]): Promise<Row | undefined>;
}

/**
 * Compare and swap: a change applies to the row for which it was decided, or is decided again. No lock is held
 * between read and write, so it works the same on both databases.
 * @throws Problem `precondition-failed` when the row is not, or no longer, in the version that the request expects.
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
