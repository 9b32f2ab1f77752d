import type { LinkWatcher } from './registry-link.js';

/** What pino offers of it. */
interface Journal {
  info(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** Writes into the log of the process when the store goes and comes. */
export const journalOf = (journal: Journal): LinkWatcher => ({
  away: (err) => journal.error({ err }, 'the registry is away; serving on with what is known'),
  back: (awayMs) => journal.info({ awayMs }, 'the registry is there'),
});
