import type { DiscoveryEvent } from '#contracts';
import type { EventLog } from './event-log.js';

/** What pino offers of it. */
interface Journal {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

const isTrouble = ({ type, status }: DiscoveryEvent): boolean => type === 'moved' || status === 'down';

/** Writes every event into the log of the process; those that somebody should look at as warnings. */
export function journalEvents(log: EventLog, journal: Journal): void {
  log.listen((event) => {
    const { type, service, instanceId, status, reason } = event;
    const message = `${service}: instance ${instanceId} is ${status}: ${reason}`;
    journal[isTrouble(event) ? 'warn' : 'info']({ event: type, service, instanceId }, message);
  });
}
