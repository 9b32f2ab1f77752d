import { v7 } from 'uuid';

/** A new UUIDv7: ids sort in the order of their creation. @param at time of creation in epoch milliseconds */
export const newId = (at?: number): string => (at === undefined ? v7() : v7({ msecs: at }));
