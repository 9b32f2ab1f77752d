import type { Instance } from '../../discovery/index.js';
import type { Picking } from './balancer.js';

/** Whether an attempt may go to `instance` at all: it has not failed this exchange, and has less than `limit` in flight. */
export const isOpen = (instance: Instance, exchange: Picking, limit: number): boolean =>
  instance.load.inFlight < limit && !exchange.hasTried(instance);

/** The first open instance from place `from` on, all round. For the rare case that those asked first are not open. */
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
