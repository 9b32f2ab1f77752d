import type { InstanceView } from './instance.js';

/** An instance as it was at a time in the past; what leases said then is not recorded. */
export type InstanceAt = Pick<
  InstanceView,
  | 'id'
  | 'name'
  | 'url'
  | 'transport'
  | 'version'
  | 'weight'
  | 'healthPath'
  | 'metadata'
  | 'status'
  | 'statusReason'
>;

/** Response of `GET /discovery/at`: the registry as it was. Times are ISO 8601 in UTC. */
export interface RegistryAt {
  readonly at: string;
  /** The period that the record covers. */
  readonly oldest: string;
  readonly newest: string;
  /** Revision of the policy file at that time; `null` without a file. */
  readonly revision: string | null;
  readonly instances: readonly InstanceAt[];
}

/** A change of the registry or of the policy file. */
export interface TimelineChange {
  readonly at: string;
  readonly kind: 'registry' | 'policy';
  /** Type of the registry event; `loaded` for a policy file. */
  readonly type: string;
  readonly reason: string;
  readonly service?: string;
  readonly instanceId?: string;
  readonly revision?: string;
}

/** Response of `GET /discovery/timeline`; the newest change is last. */
export interface Timeline {
  readonly oldest: string;
  readonly newest: string;
  readonly changes: readonly TimelineChange[];
}
