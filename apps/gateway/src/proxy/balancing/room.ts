import type { Instance } from '../../discovery/index.js';
import type { Picking } from '../exchange/balancer.js';

/** Whether `instance` may take an attempt: not tried by this exchange, and fewer than `limit` requests in flight. */
export const isOpen = (instance: Instance, exchange: Picking, limit: number): boolean =>
  instance.load.inFlight < limit && !exchange.hasTried(instance);

/** The first open instance from index `from`, wrapping around; for the case that no preferred instance is open. */
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
