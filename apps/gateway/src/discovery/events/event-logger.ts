import type { DiscoveryEvent } from '#contracts';
import type { EventLog } from './event-log.js';

/** The part of pino's logger that is used. */
interface LogWriter {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

const isWarning = ({ type, status }: DiscoveryEvent): boolean => type === 'moved' || status === 'down';

/** Writes every event to the process log; `down` and `moved` as warnings. */
export function logEvents(log: EventLog, writer: LogWriter): void {
  log.listen((event) => {
    const { type, service, instanceId, status, reason } = event;
    writer[isWarning(event) ? 'warn' : 'info'](
      { event: type, service, instanceId, status, reason },
      `Instance ${type}`,
    );
  });
}
