import type { LinkWatcher } from './registry-link.js';
import { troubleInWords } from './trouble.js';

/** What pino offers of it. */
interface Journal {
  info(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** Writes into the log of the process when the store goes and comes. */
export const journalOf = (journal: Journal): LinkWatcher => ({
  away: (err) => journal.error({ err }, 'Registry unavailable; serving the last known instances'),
  stillAway: (err) => journal.error({ err }, `Registry still unavailable: ${troubleInWords(err)}`),
  back: (awayMs) => journal.info({ awayMs }, 'Registry available'),
});
