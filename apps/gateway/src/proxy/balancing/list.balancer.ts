import type { Instance } from '../../discovery/index.js';
import type { Balancer, Picking } from '../exchange/balancer.js';
import { anyOpen } from './room.js';

/** A balancer that derives state from the list of instances, once per list. A change replaces the whole list. */
export abstract class ListBalancer implements Balancer {
  abstract readonly name: string;
  private list: readonly Instance[] = [];

  /** @param limit maximum requests in flight to one instance */
  protected constructor(
    protected readonly limit: number,
    protected readonly random: () => number,
  ) {}

  pick(available: readonly Instance[], exchange: Picking): Instance | undefined {
    if (available.length === 0) return undefined;
    if (available !== this.list) {
      this.list = available;
      this.prepare(available, exchange.attemptStartedAt);
    }
    return this.choose(available, exchange) ?? this.any(available, exchange);
  }

  /** Derives state from `available`, which is not empty and was first used at `now`. */
  protected abstract prepare(available: readonly Instance[], now: number): void;

  /** An open instance; `undefined` when none of those inspected is open. */
  protected abstract choose(available: readonly Instance[], exchange: Picking): Instance | undefined;

  private any(available: readonly Instance[], exchange: Picking): Instance | undefined {
    return anyOpen(available, exchange, this.limit, Math.floor(this.random() * available.length));
  }
}
