import { failureMessage } from '#service-kit';
import type { AvailabilityListener } from './redis-connection.js';

/** The part of pino's logger that is used. */
interface LogWriter {
  info(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** Writes to the process log when the store becomes unavailable and available again. */
export const availabilityLog = (log: LogWriter): AvailabilityListener => ({
  onUnavailable: (err) => log.error({ err }, 'Registry unavailable; serving the last known instances'),
  onStillUnavailable: (err) => log.error({ err }, `Registry still unavailable: ${failureMessage(err)}`),
  onAvailable: (unavailableMs) => log.info({ unavailableMs }, 'Registry available again; accepting changes'),
});
