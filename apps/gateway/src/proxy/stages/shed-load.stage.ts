import type { Exchange } from '../exchange.js';
import { overloaded } from '../problems.js';
import type { Stage } from './stage.js';

/** From this lag on some requests are refused, at twice as much all of them. */
const BEARABLE_MS = 500;

/**
 * Refuses what a late event loop could not serve in time anyway, so that it catches up. What Nest serves, health and metrics
 * among it, does not come this way.
 */
export class ShedLoadStage implements Stage {
  readonly name = 'shed-load';

  constructor(
    private readonly lag: { readonly ms: number },
    private readonly random: () => number = Math.random,
  ) {}

  enter(exchange: Exchange): boolean {
    const { ms } = this.lag;
    if (ms <= BEARABLE_MS || this.random() >= (ms - BEARABLE_MS) / BEARABLE_MS) return true;
    exchange.reply(
      overloaded('the gateway has more to do than it can at the moment', {
        headers: { 'retry-after': '1' },
      }),
    );
    return false;
  }
}
