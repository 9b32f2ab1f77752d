import type { Instance } from '../../discovery/index.js';
import type { Picking } from '../exchange/balancer.js';
import { costOf } from './latency.js';
import { ListBalancer } from './list.balancer.js';
import { isOpen } from './room.js';
import type { WarmUp } from './warm-up.js';
import { WeightedSampler } from './weighted-sampler.js';

/** Required cost ratio to prefer the second instance: small differences must not starve an instance. */
const CLEARLY_CHEAPER = 0.8;

/**
 * Power of two choices: draws two instances by weight and selects the one with the lower cost, based on requests in
 * flight and moving latency. Inspects two instances regardless of fleet size, and avoids a herd of requests to the
 * currently best instance.
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

  protected prepare(available: readonly Instance[], now: number): void {
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

  /** Draws a different index: of two instances, every second pick would otherwise compare one with itself. */
  private otherThan(place: number, length: number): number {
    const other = this.sampler.sample(this.random());
    if (other !== place) return other;
    return (place + 1 + Math.floor(this.random() * (length - 1))) % length;
  }
}
