import type { DiscoveryEvent } from '#contracts';
import type { RecordedChange } from '../store/registry-store.js';
import { isExpired, statusOf, type RegisteredInstance } from '../store/stored-instance.js';

/** An event, but for when it came. */
export type EventFact = Omit<DiscoveryEvent, 'id' | 'at'>;

const fact = (
  type: EventFact['type'],
  instance: RegisteredInstance,
  status: EventFact['status'],
  reason: string,
): EventFact => ({ type, service: instance.name, instanceId: instance.id, status, reason });

/** What a change of the store tells those outside; nothing when they could not see it. */
export function eventsOf({ type, reason, before, after }: RecordedChange): readonly EventFact[] {
  if (!after) return before ? [fact(type, before, 'gone', reason)] : [];
  if (before && before.name !== after.name)
    return [
      fact('unregistered', before, 'gone', `it registered as ${after.name}`),
      fact('registered', after, statusOf(after), reason),
    ];
  // An instance that fails while it drains shows as draining before and after.
  if (type === 'status-changed' && before && statusOf(before) === statusOf(after)) return [];
  if (type === 'renewed' && before && hasMoved(before, after))
    return [fact('moved', after, statusOf(after), movedReason(before, after))];
  return [fact(type, after, statusOf(after), reason)];
}

/** A restart under another URL looks the same as two instances that share an id: the operator has to tell them apart. */
const hasMoved = (before: RegisteredInstance, after: RegisteredInstance): boolean =>
  before.url !== after.url && !isExpired(before);

const movedReason = (before: RegisteredInstance, after: RegisteredInstance): string =>
  `moved from ${before.url} to ${after.url} while its lease was running; two instances may share this id`;
