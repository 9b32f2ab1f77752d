import type { InstanceStatus } from './instance.js';

/**
 * `moved`: an instance with a running lease registered again with another URL; two instances may share an id.
 * `expired`: the lease expired, and the instance stays listed as `down`. `removed`: an expired instance was removed
 * from the list, by a cleanup or at the end of its retention. `contract-changed`: the OpenAPI document of the instance's
 * version breaks the accepted one; `contract-accepted`: an operator accepted it. `dns-failed`: the DNS name that the instance
 * comes from cannot be looked up; all of its instances stay.
 */
export const DISCOVERY_EVENT_TYPES = [
  'registered',
  'renewed',
  'moved',
  'status-changed',
  'draining',
  'resumed',
  'weight-changed',
  'unregistered',
  'expired',
  'removed',
  'contract-changed',
  'contract-accepted',
  'dns-failed',
] as const;
export type DiscoveryEventType = (typeof DISCOVERY_EVENT_TYPES)[number];

/** One change of the registry and its reason. */
export interface DiscoveryEvent {
  /** Increases with every event. `Last-Event-ID` and `?since=` refer to it. */
  readonly id: number;
  readonly type: DiscoveryEventType;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly service: string;
  readonly instanceId: string;
  readonly status: InstanceStatus | 'gone';
  readonly reason: string;
}
