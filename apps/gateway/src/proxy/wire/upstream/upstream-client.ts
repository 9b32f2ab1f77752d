import type { ConnectionOptions } from 'node:tls';
import { TimerWheel } from '../timer-wheel.js';
import { originOf } from './origin.js';
import { UpstreamPool } from './upstream-pool.js';

/** The connections to all instances; both entrances share one. */
export class UpstreamClient {
  private readonly pools = new Map<string, UpstreamPool>();

  /** @param tls what https instances are verified with, beside the system's own authorities */
  constructor(
    readonly wheel = new TimerWheel(),
    private readonly tls: ConnectionOptions = {},
  ) {}

  /** The pool of an instance's endpoint. */
  pool(endpoint: string): UpstreamPool {
    const known = this.pools.get(endpoint);
    if (known) return known;
    const pool = new UpstreamPool(originOf(endpoint), this.tls, this.wheel);
    this.pools.set(endpoint, pool);
    return pool;
  }

  /** Closes the pools of instances that have gone. */
  retain(endpoints: ReadonlySet<string>): void {
    for (const [endpoint, pool] of this.pools) {
      if (endpoints.has(endpoint)) continue;
      this.pools.delete(endpoint);
      void pool.close();
    }
  }

  /** Closes idle connections at once, busy ones when their exchange has ended. */
  async close(): Promise<void> {
    await Promise.all([...this.pools.values()].map((pool) => pool.close()));
    this.wheel.stop();
  }
}
