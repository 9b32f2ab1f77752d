import { pathOf, type Logger } from '#service-kit';
import { levelOf, traceIdOf, type ExchangeLog, type LoggedExchange } from './access-log.js';

/** Logs one record per exchange for a reader at a terminal: the outcome as a sentence, and what explains it. */
export class TerminalLog implements ExchangeLog {
  constructor(private readonly logger: Logger) {}

  write(exchange: LoggedExchange): void {
    const { method, target, status, durationMs, ending, requestId, instance, attempts } = exchange;
    const outcome = ending === 'client-left' ? 'client disconnected' : `${status}`;
    this.logger[levelOf(exchange)](
      {
        requestId,
        traceId: traceIdOf(exchange),
        instance: instance?.id,
        attempts: attempts > 1 ? attempts : undefined,
        route: exchange.route?.name,
        consumer: exchange.identity?.consumer,
        refusal: exchange.refusal,
        problem: exchange.problemCode,
      },
      `${method} ${pathOf(target)} ${outcome} in ${durationMs.toFixed(1)} ms`,
    );
  }
}
