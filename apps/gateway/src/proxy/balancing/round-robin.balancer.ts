import type { Instance } from '../../discovery/index.js';
import type { Picking } from '../exchange/balancer.js';
import { ListBalancer } from './list.balancer.js';
import { isOpen } from './room.js';
import { TurnQueue } from './turn-queue.js';
import type { WarmUp } from './warm-up.js';

/** Weighted round robin: an instance of twice the weight is picked twice as often, at even intervals. */
export class RoundRobinBalancer extends ListBalancer {
  readonly name = 'round-robin';
  private turns = new TurnQueue(0);

  constructor(
    private readonly warmUp: WarmUp,
    limit = Infinity,
    random: () => number = Math.random,
  ) {
    super(limit, random);
  }

  protected prepare(available: readonly Instance[], now: number): void {
    this.turns = new TurnQueue(available.length);
    this.warmUp.learn(available, now);
  }

  protected choose(available: readonly Instance[], exchange: Picking): Instance | undefined {
    for (let left = available.length; left > 0; left -= 1) {
      const instance = available[this.turns.first] as Instance;
      const share = this.warmUp.shareOf(instance, exchange.attemptStartedAt);
      this.turns.requeue(1 / (instance.weight * share));
      if (isOpen(instance, exchange, this.limit)) return instance;
    }
    return undefined;
  }
}
