import type { InstanceStatus, InstanceTransport } from '#contracts';
import type { LocalTarget } from '#registry-client';
import type { InstanceLoad } from './instance-load.js';

/** What keeps requests from the instances of a version, although they are `up`. */
export interface VersionHold {
  /** `canary-only`: reached by routes that name the version. `quarantine`: by none. */
  readonly kind: 'canary-only' | 'quarantine';
  readonly reason: string;
}

/**
 * One running copy of a service, as the request path sees it. Immutable: a change of status, weight or
 * address creates a new instance and a new {@link ServiceTable}. Heartbeats change neither; leases are stored
 * beside the table.
 */
export interface Instance {
  readonly id: string;
  readonly name: string;
  /** Origin: scheme, host and port, without a trailing slash. */
  readonly url: string;
  /**
   * Where requests go, whatever the name in the URL resolves to by now: the URL, with an IP address as
   * fragment if its host is a name (`http://users:8001#10.0.0.3`). Instances with the same URL may have
   * different endpoints.
   */
  readonly endpoint: string;
  readonly transport: InstanceTransport;
  /** The request handler of a `local` instance; `undefined` for `http`. */
  readonly target: LocalTarget | undefined;
  readonly version: string;
  /** Share of traffic, 0 to 1000. */
  readonly weight: number;
  readonly healthPath: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly status: InstanceStatus;
  readonly statusReason: string;
  /**
   * When the lease expired, milliseconds since the epoch; `undefined` while it runs. An expired instance is
   * `down`.
   */
  readonly expiredAt: number | undefined;
  /** Why no or not all routes send requests to its version; absent if all do. */
  readonly hold?: VersionHold | undefined;
  /** Hash of the instance's token; absent if an earlier version registered the instance. */
  readonly tokenHash?: string | undefined;
  /** Stays the same object across snapshots while the instance is registered. */
  readonly load: InstanceLoad;
}
