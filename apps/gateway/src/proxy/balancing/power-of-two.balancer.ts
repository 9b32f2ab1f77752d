import type { Instance } from '../../discovery/index.js';
import type { Picking } from './balancer.js';
import { costOf } from './latency.js';
import { ListBalancer } from './list.balancer.js';
import { isOpen } from './room.js';
import type { WarmUp } from './warm-up.js';
import { WeightedSampler } from './weighted-sampler.js';

/** How much cheaper the second has to be: small differences must not starve anyone. */
const CLEARLY_CHEAPER = 0.8;

/**
 * Power of two choices: draws two instances by weight and takes the one where a request costs less, by requests in flight
 * and moving latency. Looks at two however many there are, and no herd runs to the one that is best just now.
 */
export class PowerOfTwoBalancer extends ListBalancer {
  readonly name = 'power-of-two';
  private sampler = new WeightedSampler([]);

  constructor(
    private readonly warmUp: WarmUp,
    limit = Infinity,
    random: () => number = Math.random,
  ) {
    super(limit, random);
  }

  protected learn(available: readonly Instance[], now: number): void {
    this.sampler = new WeightedSampler(available);
    this.warmUp.learn(available, now);
  }

  protected choose(available: readonly Instance[], exchange: Picking): Instance | undefined {
    if (available.length === 1) return undefined;
    const place = this.sampler.sample(this.random());
    const first = available[place] as Instance;
    const second = available[this.otherThan(place, available.length)] as Instance;
    if (!isOpen(second, exchange, this.limit)) return isOpen(first, exchange, this.limit) ? first : undefined;
    if (!isOpen(first, exchange, this.limit)) return second;
    return this.better(first, second, exchange.attemptStartedAt);
  }

  private better(first: Instance, second: Instance, now: number): Instance {
    const isSecond = costOf(second.load, now) < CLEARLY_CHEAPER * costOf(first.load, now);
    const winner = isSecond ? second : first;
    const loser = isSecond ? first : second;
    const share = this.warmUp.shareOf(winner, now) / this.warmUp.shareOf(loser, now);
    return share >= 1 || this.random() < share ? winner : loser;
  }

  /** Two of the same would be no choice: with two instances it would be random every other time. */
  private otherThan(place: number, length: number): number {
    const other = this.sampler.sample(this.random());
    if (other !== place) return other;
    return (place + 1 + Math.floor(this.random() * (length - 1))) % length;
  }
}
