import { performance } from 'node:perf_hooks';
import type { RouteLoad } from '../../exchange/balancer.js';
import type { StageExchange } from '../../exchange/exchange-state.js';
import type { Stage, StageResponse } from '../../exchange/stage.js';
import type { GradientLimit } from './gradient-limit.js';

/** Reports to the adaptive limit how long exchanges have waited for a response head. */
export class AdaptiveLimitStage implements Stage {
  readonly name = 'adaptive-limit';

  constructor(
    private readonly limit: GradientLimit,
    private readonly load: RouteLoad,
    private readonly now: () => number = () => performance.now(),
  ) {}

  response({ attempts, attemptStartedAt, failure }: StageExchange, { status, isOwn }: StageResponse): void {
    // Other failures, upgrades and exchanges that were never sent say nothing about how fast the service is.
    if (attempts === 0 || status === 101 || (isOwn && failure?.kind !== 'timeout')) return;
    const now = this.now();
    this.limit.observe(now - attemptStartedAt, this.load.inFlight, now);
  }
}
