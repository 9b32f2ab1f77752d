import type { Instance } from '../../discovery/index.js';
import { failureOf, type FailureKind } from '../exchange/failure.js';
import type { HedgingForwarder, HedgeListener, AttemptOutcome } from '../exchange/forwarder.js';
import { editResponse } from '../pipeline/phases.js';
import { FakeHedgedAttempt } from './fake-hedged-attempt.js';
import type { FakeExchange } from './fake-exchange.js';

/** Result of an attempt at an instance; a number is a response status. */
export type AttemptResult = FailureKind | 'completed' | 'broken' | 'pending' | number;

/** A forwarder whose attempts have predefined results, by instance id. */
export class FakeForwarder implements HedgingForwarder<FakeExchange> {
  readonly sentTo: string[] = [];
  readonly aborted: string[] = [];
  /** Hedged attempts, by instance id. */
  readonly hedged: Record<string, FakeHedgedAttempt> = {};

  constructor(private readonly results: Record<string, AttemptResult> = {}) {}

  send(exchange: FakeExchange, { id }: Instance, outcome: AttemptOutcome<FakeExchange>): void {
    this.sentTo.push(id);
    exchange.attempt = { abort: () => this.aborted.push(id) };
    const result = this.results[id] ?? 'completed';
    if (result === 'completed') this.respond(exchange, 200, outcome);
    else if (typeof result === 'number') this.respond(exchange, result, outcome);
    else if (result === 'broken') outcome.broken(exchange, failureOf('reset'));
    else if (result !== 'pending') outcome.failed(exchange, failureOf(result));
  }

  sendHedged(
    exchange: FakeExchange,
    { id }: Instance,
    outcome: AttemptOutcome<FakeExchange>,
    listener: HedgeListener,
  ): FakeHedgedAttempt {
    this.sentTo.push(id);
    return (this.hedged[id] = new FakeHedgedAttempt(listener, (status) => {
      exchange.attempt = { abort: () => this.aborted.push(id) };
      if (status !== undefined) this.respond(exchange, status, outcome);
    }));
  }

  private respond(exchange: FakeExchange, status: number, outcome: AttemptOutcome<FakeExchange>): void {
    if (!outcome.accepts(exchange, status)) {
      outcome.failed(exchange, failureOf('gateway-error'));
      return;
    }
    editResponse(exchange, { status, isOwn: false, isDeclined: false }, '', '');
    exchange.status = status;
    outcome.completed(exchange);
  }
}
