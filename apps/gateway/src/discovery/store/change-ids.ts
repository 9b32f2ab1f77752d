/** Ids count microseconds, so that those of a later process, or of a store that lost its data, lie above earlier ones. */
export const IDS_PER_MS = 1000;

/** One change may be told as two events, each with an id. */
export const IDS_PER_CHANGE = 2;

/** The id of a change at `now` (milliseconds) that comes after the one of id `last`. */
export const nextChangeId = (last: number, now: number): number =>
  Math.max(now * IDS_PER_MS, last + IDS_PER_CHANGE);
