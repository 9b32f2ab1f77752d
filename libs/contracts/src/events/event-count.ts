/** Waiting events and dead letters are counted up to here: at a full store a count must not cost more with every event. */
export const MAX_COUNTED_EVENTS = 10_000;

/**
 * A count of events for people: `10000+` above {@link MAX_COUNTED_EVENTS}.
 *
 * @example
 * eventCount(3); // 3
 * eventCount(10_001); // '10000+'
 */
export const eventCount = (count: number): number | string =>
  count > MAX_COUNTED_EVENTS ? `${MAX_COUNTED_EVENTS}+` : count;
