import { defineProblem, type Problem } from '#contracts';

const storageUnavailable = defineProblem('storage-unavailable', 503, 'The store cannot be reached');

const retryLater = (cause: unknown) => ({ cause, headers: { 'retry-after': '1' } });

/** The database server does not give a connection. */
export const storageAway = (cause: unknown): Problem =>
  storageUnavailable('the database does not answer; try again', retryLater(cause));

/** Another process has held the embedded store for too long. */
export const storageBusy = (cause: unknown): Problem =>
  storageUnavailable('the store is busy; try again', retryLater(cause));

/** The cursor of a list is not one that this service gave out. */
export const invalidCursor = defineProblem('invalid-cursor', 400, 'The cursor is not valid');
