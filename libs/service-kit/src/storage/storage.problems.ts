import { defineProblem, type Problem } from '#contracts';

const storageUnavailable = defineProblem('storage-unavailable', 503, 'The store is unavailable');

/** How long a refused write is not repeated, neither by clients nor by the health check. */
export const RETRY_AFTER_SECONDS = 2;

const retryLater = (cause: unknown, seconds = 1) => ({ cause, headers: { 'retry-after': String(seconds) } });

/** The database server does not give a connection. */
export const storageAway = (cause: unknown): Problem =>
  storageUnavailable('the database does not answer; try again', retryLater(cause));

/** Another process has held the embedded store for too long. */
export const storageBusy = (cause: unknown): Problem =>
  storageUnavailable('the store is busy; try again', retryLater(cause));

/** The store can be read, not written. */
export const writesRefused = (reason: string, cause: unknown): Problem =>
  storageUnavailable(`the store takes no writes, ${reason}`, retryLater(cause, RETRY_AFTER_SECONDS));

/** The cursor of a list is not one that this service gave out. */
export const invalidCursor = defineProblem('invalid-cursor', 400, 'The cursor is not valid');
