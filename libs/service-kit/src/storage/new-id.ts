import { v7 } from 'uuid';

/** Creates an identifier: UUIDv7, so ids sort by time of creation. */
export const newId = (): string => v7();
