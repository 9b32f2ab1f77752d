import type { Exchange } from '../../exchange/exchange.js';
import { overloaded } from '../../exchange/problems.js';
import type { Stage } from '../../exchange/stage.js';

/** Some requests are refused above this lag, and all at twice this lag. */
const BEARABLE_MS = 500;

/**
 * Load shedding: refuses requests that a late event loop could not serve in time, so that it catches up. Requests
 * that Nest serves, such as health and metrics, do not pass through this stage.
 */
export class LoadSheddingStage implements Stage {
  readonly name = 'shed-load';

  constructor(
    private readonly lag: { readonly ms: number },
    private readonly random: () => number = Math.random,
  ) {}

  enter(exchange: Exchange): boolean {
    const { ms } = this.lag;
    if (ms <= BEARABLE_MS || this.random() >= (ms - BEARABLE_MS) / BEARABLE_MS) return true;
    exchange.reply(
      overloaded('the gateway is overloaded; retry later', {
        headers: { 'retry-after': '1' },
      }),
    );
    return false;
  }
}
