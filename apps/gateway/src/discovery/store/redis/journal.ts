import type { LinkWatcher } from './registry-link.js';
import { troubleInWords } from './trouble.js';

/** The part of pino's logger that is used. */
interface Journal {
  info(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** Writes to the process log when the store becomes unavailable and available again. */
export const journalOf = (journal: Journal): LinkWatcher => ({
  away: (err) => journal.error({ err }, 'Registry unavailable; serving the last known instances'),
  stillAway: (err) => journal.error({ err }, `Registry still unavailable: ${troubleInWords(err)}`),
  back: (awayMs) => journal.info({ awayMs }, 'Registry available again; accepting changes'),
});
