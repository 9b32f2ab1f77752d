import type { Problem } from '#contracts';
import { overloaded } from '../../exchange/problems.js';
import type { Preview, Stage } from '../../exchange/stage.js';

/** Some requests are refused above this lag, and all at twice this lag. */
const BEARABLE_MS = 500;

/**
 * Load shedding: refuses requests that a late event loop could not serve in time, so that it catches up. Requests
 * that Nest serves, such as health and metrics, do not pass through this stage.
 */
export class LoadSheddingStage implements Stage {
  readonly name = 'load-shedding';

  constructor(
    private readonly lag: { readonly ms: number },
    private readonly random: () => number = Math.random,
  ) {}

  request(): Problem | undefined {
    const { ms } = this.lag;
    return ms > BEARABLE_MS && this.random() < refusedShare(ms) ? refusal() : undefined;
  }

  preview(): Preview {
    const { ms } = this.lag;
    const share = Math.round(Math.min(1, Math.max(0, refusedShare(ms))) * 100);
    const detail = `the event loop lags ${Math.round(ms)} ms; ${share} % of requests are refused`;
    return share >= 50 ? { decision: 'respond', detail, reply: refusal() } : { decision: 'continue', detail };
  }
}

const refusedShare = (lagMs: number): number => (lagMs - BEARABLE_MS) / BEARABLE_MS;

const refusal = (): Problem =>
  overloaded('the gateway is overloaded; retry later', { headers: { 'retry-after': '1' } });
