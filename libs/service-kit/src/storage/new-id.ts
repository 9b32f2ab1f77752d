import { v7 } from 'uuid';

/** A new identifier: UUIDv7, so ids sort in the order of their making. */
export const newId = (): string => v7();
