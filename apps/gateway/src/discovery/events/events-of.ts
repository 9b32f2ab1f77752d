import type { DiscoveryEvent } from '#contracts';
import type { RecordedChange } from '../store/registry-store.js';
import { isExpired, statusOf, type RegisteredInstance } from '../store/stored-instance.js';

/** An event without its id and time. */
type EventFact = Omit<DiscoveryEvent, 'id' | 'at'>;

const fact = (
  type: EventFact['type'],
  instance: RegisteredInstance,
  status: EventFact['status'],
  reason: string,
): EventFact => ({ type, service: instance.name, instanceId: instance.id, status, reason });

/** The public events of a store change; none if the change is not visible outside. */
export function eventsOf({ type, reason, before, after }: RecordedChange): readonly EventFact[] {
  if (!after) return before ? [fact(type, before, 'gone', reason)] : [];
  if (before && before.name !== after.name)
    return [
      fact('unregistered', before, 'gone', `registered again as ${after.name}`),
      fact('registered', after, statusOf(after), reason),
    ];
  // The status of a draining instance is `draining` before and after a health check fails.
  if (type === 'status-changed' && before && statusOf(before) === statusOf(after)) return [];
  if (type === 'renewed' && before && hasMoved(before, after))
    return [fact('moved', after, statusOf(after), movedReason(before, after))];
  return [fact(type, after, statusOf(after), reason)];
}

/**
 * A restart under another URL and two instances that share an id look the same: only the operator can tell.
 */
const hasMoved = (before: RegisteredInstance, after: RegisteredInstance): boolean =>
  before.url !== after.url && !isExpired(before);

const movedReason = (before: RegisteredInstance, after: RegisteredInstance): string =>
  `moved from ${before.url} to ${after.url} before its lease expired; two instances may share this id`;
