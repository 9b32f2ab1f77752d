import type { InstanceStatus } from './instance.js';

export const DISCOVERY_EVENT_TYPES = [
  'registered',
  'renewed',
  'status-changed',
  'draining',
  'resumed',
  'unregistered',
  'expired',
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
