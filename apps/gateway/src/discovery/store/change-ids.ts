/**
 * Ids count microseconds, so that those of a later process, or of a store that lost its data, are greater
 * than earlier ones.
 */
export const IDS_PER_MS = 1000;

/** One change may produce two events, each with an id. */
export const IDS_PER_CHANGE = 2;

/** The id of a change at `now` (milliseconds) that follows the one with id `last`. */
export const nextChangeId = (last: number, now: number): number =>
  Math.max(now * IDS_PER_MS, last + IDS_PER_CHANGE);
