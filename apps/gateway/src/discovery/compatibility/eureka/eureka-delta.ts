import type { InstanceView } from '#contracts';
import type { RecordedInstance } from '../../history/past-registry.js';
import type { RegistryHistory } from '../../history/registry-history.js';
import { DEFAULT_LEASE_SECONDS } from './eureka-registration.js';
import { applicationsOf, isListed, type EurekaAction, type ShownInstance } from './eureka-view.js';

/** How long a change stays in the delta, milliseconds: the default of Eureka's `retentionTimeInMSInDeltaQueue`. */
const RETENTION_MS = 180_000;

/**
 * The response to `GET /eureka/apps/delta`: instances that changed in the last three minutes, as they are now, and the hash
 * code of all. A client that missed a change sees it by the hash code and loads the full list.
 * @param views all instances
 * @param now milliseconds since the epoch
 */
export function eurekaDeltaOf(history: RegistryHistory, views: readonly InstanceView[], now: number) {
  const listed = views.filter(isListed);
  const present = new Map(listed.map((view) => [view.id, view]));
  const changed = [...changedSince(history, now - RETENTION_MS)].map(
    ([id, last]): readonly [ShownInstance, EurekaAction] => {
      const view = present.get(id);
      return view ? [view, 'MODIFIED'] : [shownOf(last), 'DELETED'];
    },
  );
  return applicationsOf(changed, listed);
}

/** The instances that changed since `time`, by id, as they were last known. */
function changedSince(history: RegistryHistory, time: number): ReadonlyMap<string, RecordedInstance> {
  const changes = history.changes.filter(({ at }) => at >= time);
  const before = history.at(Math.max(time, history.oldest));
  const changed = new Map<string, RecordedInstance>();
  for (const { instanceId: id, after } of changes) {
    const last = after ?? changed.get(id) ?? before.get(id);
    if (last) changed.set(id, last);
  }
  return changed;
}

/** Clients find an instance by its address; the times of its lease are not recorded. */
function shownOf({ id, name, url, status, healthPath, metadata }: RecordedInstance): ShownInstance {
  const never = new Date(0).toISOString();
  const lease = { ttlSeconds: DEFAULT_LEASE_SECONDS, registeredAt: never, lastHeartbeatAt: never };
  return { id, name, url, status, healthPath, metadata, ...lease };
}
