import { performance } from 'node:perf_hooks';
import type { Exchange } from '../../exchange/exchange.js';
import { circuitOpen } from '../../exchange/problems.js';
import type { CircuitBreaker } from './circuit-breaker.js';
import type { Stage } from '../../exchange/stage.js';

/** Replies at once while the circuit breaker of the service is open. */
export class CircuitBreakerStage implements Stage {
  readonly name = 'break-circuit';

  constructor(private readonly breaker: CircuitBreaker) {}

  enter(exchange: Exchange): boolean {
    if (this.breaker.state === 'closed') return true;
    const now = performance.now();
    if (this.breaker.admits(exchange, now)) return true;
    exchange.reply(
      circuitOpen('too many requests to the service failed; retry later', {
        headers: { 'retry-after': String(this.breaker.retryAfterSeconds(now)) },
      }),
    );
    return false;
  }

  leave(exchange: object): void {
    this.breaker.left(exchange);
  }
}
