import { defineProblem, type Problem } from '#contracts';

export const storageUnavailable = defineProblem('storage-unavailable', 503, 'Storage unavailable');

/** Time after a rejected write in which neither clients nor the health check repeat it. */
export const RETRY_AFTER_SECONDS = 2;

const retryLater = (cause: unknown, seconds = 1) => ({ cause, headers: { 'retry-after': String(seconds) } });

/** The database server provides no connection. */
export const storageUnreachable = (cause: unknown): Problem =>
  storageUnavailable('the database is unavailable; retry later', retryLater(cause));

/** Another process has locked the embedded store for too long. */
export const storageBusy = (cause: unknown): Problem =>
  storageUnavailable('the database is busy; retry later', retryLater(cause));

/** The store can be read but not written. */
export const writesRejected = (reason: string, cause: unknown): Problem =>
  storageUnavailable(`the database rejects writes: ${reason}`, retryLater(cause, RETRY_AFTER_SECONDS));
