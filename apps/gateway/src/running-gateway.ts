import type { Registry } from '#registry-client';
import type { Entrance, RunningApp } from '#service-kit';
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

/** The URL of a running gateway for operators on this machine, and with `ADMIN_PORT` that for clients. */
export function entranceOf({ nest, url }: RunningApp): Entrance {
  const adminUrl = nest.get(AdminListener, { strict: false }).url;
  return adminUrl === undefined ? { url } : { url: adminUrl, clientUrl: url };
}
