import type { Instance } from '../../discovery/index.js';
import type { Picking } from './balancer.js';

/**
 * Whether `instance` may take an attempt: it has not failed this exchange, and has fewer than `limit` requests
 * in flight.
 */
export const isOpen = (instance: Instance, exchange: Picking, limit: number): boolean =>
  instance.load.inFlight < limit && !exchange.hasTried(instance);

/**
 * The first open instance from index `from`, wrapping around. For the rare case that the preferred instances
 * are not open.
 */
export function anyOpen(
  available: readonly Instance[],
  exchange: Picking,
  limit: number,
  from: number,
): Instance | undefined {
  const { length } = available;
  for (let step = 0; step < length; step += 1) {
    const instance = available[(from + step) % length];
    if (instance && isOpen(instance, exchange, limit)) return instance;
  }
  return undefined;
}
