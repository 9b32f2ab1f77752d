import type { InstanceStatus, InstanceTransport } from '#contracts';
import type { LocalTarget } from '#registry-client';
import type { InstanceLoad } from './instance-load.js';

/**
 * One running copy of a service, as the request path sees it. Immutable: a change of status, weight or address makes a
 * new one and a new {@link ServiceTable}. Heartbeats change neither; leases are kept beside the table.
 */
export interface Instance {
  readonly id: string;
  readonly name: string;
  /** Origin: scheme, host and port, without a trailing slash. */
  readonly url: string;
  /**
   * Where requests go, whatever the URL's name resolves to by now: the URL, with an IP address as fragment if it has a name
   * (`http://users:8001#10.0.0.3`). Instances that share a URL may differ in it.
   */
  readonly endpoint: string;
  readonly transport: InstanceTransport;
  /** Where a `local` instance takes requests; `undefined` for `http`. */
  readonly target: LocalTarget | undefined;
  readonly version: string;
  /** Share of traffic, 0 to 1000. */
  readonly weight: number;
  readonly healthPath: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly status: InstanceStatus;
  readonly statusReason: string;
  /** When the lease ran out, milliseconds since the epoch; `undefined`: it runs. An expired instance is `down`. */
  readonly expiredAt: number | undefined;
  /** What the instance's token is checked against; absent when an earlier version registered it. */
  readonly tokenHash?: string | undefined;
  /** The same object for as long as the instance is registered, across snapshots. */
  readonly load: InstanceLoad;
}
