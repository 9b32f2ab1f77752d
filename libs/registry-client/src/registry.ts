import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HeartbeatDto, InstanceView, PurgeDto, RegisterInstanceDto } from '#contracts';

/**
 * Delivers requests to an instance in the gateway's own process. The request is passed on unchanged, without a
 * socket, serialisation or copy.
 */
export interface LocalTarget {
  request(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** The registry as an instance uses it, either over HTTP or in the same process. */
export interface Registry {
  /**
   * Adds the instance, or renews it when its `id` is known. A registry in the same process passes requests to
   * `target`; one over HTTP ignores `target` and sends requests to the `url` of the instance.
   */
  register(registration: RegisterInstanceDto, target?: LocalTarget): Promise<InstanceView>;
  /**
   * Renews the lease. Returns `undefined` when the registry does not know the instance, which must then register
   * again.
   */
  heartbeat(id: string, body?: HeartbeatDto): Promise<InstanceView | undefined>;
  /** Removes the instance. An unknown id is not an error. */
  unregister(id: string): Promise<void>;
  /** All instances of a service, in any status. */
  instances(service: string): Promise<readonly InstanceView[]>;
  /**
   * Removes responses that the gateways of the registry have stored. Resolves when all of them will have done so, and
   * rejects if one may not.
   */
  purgeResponses(selected: PurgeDto): Promise<void>;
}
