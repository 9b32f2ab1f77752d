import type { InstanceStatus } from './instance.js';

/**
 * `moved`: an instance whose lease runs registered again from another URL; two instances may share an id.
 * `expired`: a lease ran out, and the instance stays listed as `down`. `removed`: an expired instance left the list, by a cleanup
 * or at the end of its retention.
 */
export const DISCOVERY_EVENT_TYPES = [
  'registered',
  'renewed',
  'moved',
  'status-changed',
  'draining',
  'resumed',
  'unregistered',
  'expired',
  'removed',
] as const;
export type DiscoveryEventType = (typeof DISCOVERY_EVENT_TYPES)[number];

/** One change of the registry: who joined, left or failed, and why. */
export interface DiscoveryEvent {
  /** Grows by every event; what `Last-Event-ID` and `?since=` name. */
  readonly id: number;
  readonly type: DiscoveryEventType;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly service: string;
  readonly instanceId: string;
  readonly status: InstanceStatus | 'gone';
  readonly reason: string;
}
