import { levelOf, type ExchangeLog, type LoggedExchange } from './access-log.js';

/** Which exchanges a sampled log has. */
export interface Sampling {
  /** Share of the other exchanges that is logged, 0 to 1. */
  readonly share: number;
  /** An exchange that lasts this long or longer is always logged; milliseconds. */
  readonly slowMs: number;
}

/** Logs a random share of exchanges, and all that failed or were slow. */
export class SampledLog implements ExchangeLog {
  /** @param random a number from 0 to less than 1 */
  constructor(
    private readonly log: ExchangeLog,
    private readonly sampling: Sampling,
    private readonly random: () => number = Math.random,
  ) {}

  write(exchange: LoggedExchange): void {
    const { share, slowMs } = this.sampling;
    const isNotable = exchange.durationMs >= slowMs || levelOf(exchange) === 'warn';
    if (isNotable || this.random() < share) this.log.write(exchange);
  }
}
