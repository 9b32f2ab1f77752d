import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HeartbeatDto, InstanceView, RegisterInstanceDto } from '#contracts';

/**
 * How a request reaches an instance that lives in the gateway's own process: it is handed over as it is, so that no
 * socket, no serialisation and no copy stands between.
 */
export interface LocalTarget {
  request(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** What an instance needs of a registry; over HTTP or in the same process it is the same. */
export interface Registry {
  /**
   * Adds the instance, or renews it when its `id` is known. A registry in the same process hands requests to `target`;
   * one over HTTP ignores it and sends them to the instance's `url`.
   */
  register(registration: RegisterInstanceDto, target?: LocalTarget): Promise<InstanceView>;
  /** Renews the lease. `undefined` when the registry does not know the instance: register again. */
  heartbeat(id: string, beat?: HeartbeatDto): Promise<InstanceView | undefined>;
  /** Takes the instance out for good. Unknown ids are not an error. */
  unregister(id: string): Promise<void>;
  /** All instances of a service, in any status. */
  instances(service: string): Promise<readonly InstanceView[]>;
}
