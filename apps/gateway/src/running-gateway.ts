import type { Registry } from '#registry-client';
import type { RunningApp } from '#service-kit';
import { Purges } from './cache/index.js';
import { LiveServiceTable, LocalRegistry, RegistryService } from './discovery/index.js';
import { AdminListener } from './proxy/index.js';

/**
 * The registry of a running gateway, for apps in the same process. Instances that register there receive requests
 * without a socket.
 */
export function localRegistryOf({ nest }: Pick<RunningApp, 'nest'>): Registry {
  const purges = nest.get(Purges, { strict: false });
  return new LocalRegistry(nest.get(RegistryService, { strict: false }), (selected) =>
    purges.purge(selected),
  );
}

/** Whether a service has an instance that receives requests. */
export function isInRotation({ nest }: Pick<RunningApp, 'nest'>, service: string): boolean {
  const { current } = nest.get(LiveServiceTable, { strict: false });
  return (current.get(service)?.available.length ?? 0) > 0;
}

/** Where operators and clients on this machine reach a gateway. */
interface GatewayUrls {
  /** For operators. */
  readonly url: string;
  /** For clients, with `ADMIN_PORT`; without it, they use `url`. */
  readonly clientUrl?: string;
}

export function urlsOf({ nest, url }: RunningApp): GatewayUrls {
  const adminUrl = nest.get(AdminListener, { strict: false }).url;
  return adminUrl === undefined ? { url } : { url: adminUrl, clientUrl: url };
}

/**
 * Leaves rotation, finishes the requests in flight and releases all resources.
 * @param timeoutMs time after which the requests that are still in flight are cut off; `Infinity`: never
 * @param unmountAll unregisters the servers that are mounted
 */
export async function closeWithin(
  timeoutMs: number,
  gateway: RunningApp,
  unmountAll: () => Promise<void>,
): Promise<void> {
  const timer = timeoutMs === Infinity ? undefined : setTimeout(() => cutOff(gateway), timeoutMs);
  try {
    await gateway.leave();
    await unmountAll();
    await gateway.close();
  } finally {
    clearTimeout(timer);
  }
}

/** Closes all connections of clients, which ends their requests at the instances. */
function cutOff({ nest, logger }: RunningApp): void {
  logger.warn('Close timeout reached; requests in flight are cut off');
  nest.get(AdminListener, { strict: false }).closeAllConnections();
  nest.getHttpServer().closeAllConnections();
}
