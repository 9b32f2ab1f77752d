import type { Registry } from '#registry-client';
import type { RunningApp } from '#service-kit';
import { Purges } from './cache/index.js';
import { LocalRegistry, RegistryService } from './discovery/index.js';
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

/** The URL of a running gateway for operators on this machine: with `ADMIN_PORT` another one than that for clients. */
export const adminUrlOf = (gateway: RunningApp): string =>
  gateway.nest.get(AdminListener, { strict: false }).url ?? gateway.url;
