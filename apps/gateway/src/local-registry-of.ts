import type { Registry } from '#registry-client';
import type { RunningApp } from '#service-kit';
import { LocalRegistry } from './discovery/index.js';

/**
 * The registry of a running gateway, for apps in the same process. Instances that register there receive requests
 * without a socket.
 */
export const localRegistryOf = (gateway: RunningApp): Registry =>
  gateway.nest.get(LocalRegistry, { strict: false });
