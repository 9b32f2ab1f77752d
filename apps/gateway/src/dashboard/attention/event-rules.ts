import { eventCount, MAX_EVENT_LAG_SECONDS, type EventBacklogDto } from '#contracts';
import type { StoredInstance } from '../../discovery/index.js';
import type { Finding } from './finding.js';

/** What a service reports of its domain events. */
export interface ReportedEvents extends EventBacklogDto {
  readonly service: string;
}

/** The events of services by their heartbeats. Instances share the store: the worst report counts. */
export function reportedEventsOf(instances: ReadonlyMap<string, StoredInstance>): readonly ReportedEvents[] {
  const worst = new Map<string, ReportedEvents>();
  for (const { name: service, report, health } of instances.values()) {
    if (!report.events || health.expiredAt !== undefined) continue;
    const { waiting, oldestSeconds, deadLetters } = report.events;
    const known = worst.get(service);
    worst.set(service, {
      service,
      waiting: Math.max(waiting, known?.waiting ?? 0),
      oldestSeconds: Math.max(oldestSeconds, known?.oldestSeconds ?? 0),
      deadLetters: Math.max(deadLetters, known?.deadLetters ?? 0),
    });
  }
  return [...worst.values()];
}

/** @param now milliseconds since the epoch */
export const eventFindings = (events: readonly ReportedEvents[], now: number): readonly Finding[] =>
  events.flatMap((each) => [
    ...(each.deadLetters > 0 ? [deadLetters(each)] : []),
    ...(each.oldestSeconds > MAX_EVENT_LAG_SECONDS ? [waiting(each, now)] : []),
  ]);

const deadLetters = ({ service, deadLetters: count }: ReportedEvents): Finding => ({
  kind: 'dead-letters',
  subject: service,
  service,
  condition: 'warning',
  reason: `${eventCount(count)} events failed at every attempt; later events of the same entities wait`,
  values: { count: eventCount(count) },
  holdMs: 0,
});

const waiting = ({ service, waiting: count, oldestSeconds }: ReportedEvents, now: number): Finding => ({
  kind: 'events-waiting',
  subject: service,
  service,
  condition: 'warning',
  reason: `${eventCount(count)} events are not sent, the oldest for ${oldestSeconds} s`,
  values: { count: eventCount(count), oldestSeconds },
  holdMs: 0,
  since: now - oldestSeconds * 1000,
});
