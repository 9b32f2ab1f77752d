import type { Instance } from '../../discovery/index.js';
import type { HashKey } from '../../policy/policy.js';
import type { Balancer, Picking, RouteLoad } from '../exchange/balancer.js';
import { cookieValue } from './cookie-value.js';
import { ListBalancer } from './list.balancer.js';
import { maglevTable } from './maglev-table.js';
import { isOpen } from './room.js';
import { hashOf } from './text-hash.js';

/**
 * An instance may exceed its fair share of the requests in flight by this factor; beyond it, the next one is used.
 */
const LOAD_BOUND = 1.25;
/** Slots to inspect before the request goes to any instance with capacity. */
const LONGEST_WALK = 64;

/** Routes the same key to the same instance while that instance is available and not overloaded ("bounded loads"). */
export class ConsistentHashBalancer extends ListBalancer {
  readonly name = 'consistent-hash';
  private owners: Uint32Array = new Uint32Array();
  private totalWeight = 0;

  /** @param keyless picks for requests without the key, and when no inspected owner has capacity */
  constructor(
    private readonly key: HashKey,
    private readonly load: RouteLoad,
    private readonly keyless: Balancer,
    limit = Infinity,
  ) {
    super(limit, Math.random);
  }

  protected prepare(available: readonly Instance[]): void {
    this.owners = maglevTable(available);
    this.totalWeight = available.reduce((sum, { weight }) => sum + weight, 0);
  }

  protected choose(available: readonly Instance[], exchange: Picking): Instance | undefined {
    const key = this.keyOf(exchange);
    if (key === undefined) return this.keyless.pick(available, exchange);
    const { owners } = this;
    const start = hashOf(key);
    for (let step = 0; step < LONGEST_WALK; step += 1) {
      const instance = available[owners[(start + step) % owners.length] as number] as Instance;
      if (this.hasRoom(instance) && isOpen(instance, exchange, this.limit)) return instance;
    }
    return this.keyless.pick(available, exchange);
  }

  private hasRoom({ load, weight }: Instance): boolean {
    const fairShare = ((this.load.inFlight + 1) * weight) / this.totalWeight;
    return load.inFlight < Math.ceil(LOAD_BOUND * fairShare);
  }

  private keyOf(exchange: Picking): string | undefined {
    switch (this.key.from) {
      case 'client-address':
        return exchange.clientAddress;
      case 'header':
        return exchange.header(this.key.name);
      case 'cookie':
        return cookieValue(exchange.header('cookie'), this.key.name);
    }
  }
}
