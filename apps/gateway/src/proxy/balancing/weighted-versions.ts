import type { Instance } from '../../discovery/index.js';
import type { RouteVersion, RouteVersions, Untried } from '../exchange/route.js';
import { hashOf, mixed } from './text-hash.js';

/** A version with its share of the cohorts. */
export interface WeightedVersion<P extends RouteVersion = RouteVersion> {
  readonly pool: P;
  /** Relative to the other versions; 0: the version gets no requests. */
  readonly weight: number;
}

const HASHES = 2 ** 32;

/**
 * Divides cohorts among versions by weighted rendezvous hashing: each version has a score for each cohort, which grows
 * with the weight of the version, and the highest score wins. A weight that grows takes cohorts from other versions and
 * moves no others; without a version, only its own cohorts move, and they return with it. Nothing but the names and
 * weights of the versions decides, so all gateways agree.
 */
export class WeightedVersions<P extends RouteVersion = RouteVersion> implements RouteVersions {
  readonly totalWeight: number;
  private readonly pools: ReadonlyMap<string, P>;
  private readonly rivals: readonly (WeightedVersion<P> & { readonly seed: number })[];

  /** @param versions at least one has a weight above 0 */
  constructor(versions: readonly WeightedVersion<P>[]) {
    this.totalWeight = versions.reduce((sum, { weight }) => sum + weight, 0);
    this.pools = new Map(versions.map(({ pool }) => [pool.version, pool]));
    this.rivals = versions
      .filter(({ weight }) => weight > 0)
      .map((each) => ({ ...each, seed: hashOf(each.pool.version) }));
  }

  get(version: string | undefined): P | undefined {
    return version === undefined ? undefined : this.pools.get(version);
  }

  weightOf(version: string): number {
    return this.rivals.find(({ pool }) => pool.version === version)?.weight ?? 0;
  }

  home(cohort: number): string {
    return this.best(cohort, NO_INSTANCES, undefined) as string;
  }

  select(cohort: number, available: readonly Instance[], exchange: Untried): string | undefined {
    return this.best(cohort, available, exchange);
  }

  /** @param exchange `undefined`: versions need no instance */
  private best(
    cohort: number,
    available: readonly Instance[],
    exchange: Untried | undefined,
  ): string | undefined {
    let best: string | undefined;
    let highest = 0;
    for (const { pool, weight, seed } of this.rivals) {
      if (exchange && !hasUntried(pool.instancesIn(available), exchange)) continue;
      // Between 0 and 1, both excluded: the logarithm is finite and not 0.
      const draw = (mixed(cohort ^ seed) + 0.5) / HASHES;
      const score = -weight / Math.log(draw);
      if (score <= highest) continue;
      highest = score;
      best = pool.version;
    }
    return best;
  }
}

const NO_INSTANCES: readonly Instance[] = [];

/** Whether the exchange has not tried one of `instances`. */
export function hasUntried(instances: readonly Instance[], exchange: Untried): boolean {
  for (const instance of instances) if (!exchange.hasTried(instance)) return true;
  return false;
}
