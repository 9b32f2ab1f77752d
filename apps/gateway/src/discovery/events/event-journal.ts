import type { DiscoveryEvent } from '#contracts';
import type { EventLog } from './event-log.js';

/** The part of pino's logger that is used. */
interface Journal {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

const isTrouble = ({ type, status }: DiscoveryEvent): boolean => type === 'moved' || status === 'down';

/** Writes every event to the process log; `down` and `moved` as warnings. */
export function journalEvents(log: EventLog, journal: Journal): void {
  log.listen((event) => {
    const { type, service, instanceId, status, reason } = event;
    journal[isTrouble(event) ? 'warn' : 'info'](
      { event: type, service, instanceId, status, reason },
      `Instance ${type}`,
    );
  });
}
