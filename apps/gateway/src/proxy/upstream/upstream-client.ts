import type { ConnectionOptions } from 'node:tls';
import { TimerWheel } from '../sockets/timer-wheel.js';
import { originOf } from './origin.js';
import { UpstreamPool } from './upstream-pool.js';

/** The connections to all instances; the wire and node data planes share one client. */
export class UpstreamClient {
  private readonly pools = new Map<string, UpstreamPool>();
  /** Pools that get no further requests, until those in progress have ended. */
  private readonly closing = new Set<UpstreamPool>();

  /**
   * @param tls TLS options for https instances, in addition to the default certificate authorities
   * @param reachableAt where connections to an endpoint go; asked once per pool
   */
  constructor(
    readonly wheel = new TimerWheel(),
    private readonly tls: ConnectionOptions = {},
    private readonly reachableAt: (endpoint: string) => string = (endpoint) => endpoint,
  ) {}

  /** Returns the pool of an instance's endpoint; creates it on first use. */
  pool(endpoint: string): UpstreamPool {
    const known = this.pools.get(endpoint);
    if (known) return known;
    const pool = new UpstreamPool(originOf(this.reachableAt(endpoint)), this.tls, this.wheel);
    this.pools.set(endpoint, pool);
    return pool;
  }

  /**
   * Sends further requests to `endpoint` on new connections. Requests in progress finish, unless `isReset`: they fail
   * as if the instance had closed their connections.
   */
  renew(endpoint: string, isReset: boolean): void {
    const pool = this.pools.get(endpoint);
    if (!pool) return;
    this.retire(endpoint, pool);
    if (isReset) pool.reset();
  }

  /** Closes the pools whose endpoint is not in `endpoints`. */
  retain(endpoints: ReadonlySet<string>): void {
    for (const [endpoint, pool] of this.pools) {
      if (!endpoints.has(endpoint)) this.retire(endpoint, pool);
    }
  }

  /** Ends the event streams that clients read: they have no natural end, and their clients connect again. */
  endEventStreams(): void {
    for (const pool of [...this.pools.values(), ...this.closing]) pool.endEventStreams();
  }

  /** Closes idle connections at once, busy ones after their exchange. */
  async close(): Promise<void> {
    await Promise.all([...this.pools.values()].map((pool) => pool.close()));
    this.wheel.stop();
  }

  private retire(endpoint: string, pool: UpstreamPool): void {
    this.pools.delete(endpoint);
    this.closing.add(pool);
    void pool.close().then(() => this.closing.delete(pool));
  }
}
