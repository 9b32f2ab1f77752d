import { performance } from 'node:perf_hooks';
import type { Problem } from '#contracts';
import type { StageExchange } from '../../exchange/exchange-state.js';
import { circuitOpen } from '../../exchange/problems.js';
import type { Preview, Stage, StageResponse } from '../../exchange/stage.js';
import type { CircuitBreaker } from './circuit-breaker.js';

/** Replies at once while the circuit breaker of the service is open, and records the results of other exchanges. */
export class CircuitBreakerStage implements Stage {
  readonly name = 'circuit-breaker';

  constructor(
    private readonly breaker: CircuitBreaker,
    private readonly now: () => number = () => performance.now(),
  ) {}

  request(exchange: StageExchange): Problem | undefined {
    if (this.breaker.state === 'closed') return undefined;
    const now = this.now();
    return this.breaker.admits(exchange, now) ? undefined : this.refusal(now);
  }

  response(exchange: StageExchange, { status, isOwn, isDeclined }: StageResponse): void {
    const now = this.now();
    if (!isOwn) this.breaker.record(exchange, !isDeclined && this.breaker.isFailure(status), now);
    // A response of the gateway without a failure says nothing about the service.
    else if (exchange.failure && exchange.failure.kind !== 'exhausted')
      this.breaker.record(exchange, true, now);
  }

  complete(exchange: StageExchange): void {
    this.breaker.endTrial(exchange);
  }

  preview(): Preview {
    const now = this.now();
    const detail = `the circuit breaker is ${this.breaker.state}`;
    if (this.breaker.wouldAdmit(now)) return { decision: 'continue', detail };
    return { decision: 'respond', detail, reply: this.refusal(now) };
  }

  private refusal(now: number): Problem {
    return circuitOpen('too many requests to the service failed; retry later', {
      headers: { 'retry-after': String(this.breaker.retryAfterSeconds(now)) },
    });
  }
}
