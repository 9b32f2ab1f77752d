import type { Registry } from '#registry-client';
import type { RunningApp } from '#service-kit';
import { LocalRegistry } from './discovery/index.js';
import { AdminListener } from './proxy/index.js';

/**
 * The registry of a running gateway, for apps in the same process. Instances that register there receive requests
 * without a socket.
 */
export const localRegistryOf = (gateway: RunningApp): Registry =>
  gateway.nest.get(LocalRegistry, { strict: false });

/** The URL of a running gateway for operators on this machine: with `ADMIN_PORT` another one than that for clients. */
export const adminUrlOf = (gateway: RunningApp): string =>
  gateway.nest.get(AdminListener, { strict: false }).url ?? gateway.url;
