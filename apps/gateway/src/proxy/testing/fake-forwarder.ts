import type { Instance } from '../../discovery/index.js';
import { failureOf, type FailureKind } from '../exchange/failure.js';
import type { AsideForwarder, AsideListener, AttemptOutcome } from '../exchange/forwarder.js';
import { FakeAside } from './fake-aside.js';
import type { FakeExchange } from './fake-exchange.js';

/** Result of an attempt at an instance; a number is a response status. */
export type Fate = FailureKind | 'completed' | 'broken' | 'pending' | number;

/** A forwarder whose attempts have predefined results, by instance id. */
export class FakeForwarder implements AsideForwarder<FakeExchange> {
  readonly asked: string[] = [];
  readonly aborted: string[] = [];
  /** Hedged attempts, by instance id. */
  readonly asides: Record<string, FakeAside> = {};

  constructor(private readonly fates: Record<string, Fate> = {}) {}

  send(exchange: FakeExchange, { id }: Instance, outcome: AttemptOutcome<FakeExchange>): void {
    this.asked.push(id);
    exchange.attempt = { abort: () => this.aborted.push(id) };
    const fate = this.fates[id] ?? 'completed';
    if (fate === 'completed') this.answer(exchange, 200, outcome);
    else if (typeof fate === 'number') this.answer(exchange, fate, outcome);
    else if (fate === 'broken') outcome.broken(exchange, failureOf('reset'));
    else if (fate !== 'pending') outcome.failed(exchange, failureOf(fate));
  }

  sendAside(
    exchange: FakeExchange,
    { id }: Instance,
    outcome: AttemptOutcome<FakeExchange>,
    listener: AsideListener,
  ): FakeAside {
    this.asked.push(id);
    return (this.asides[id] = new FakeAside(listener, (status) => {
      exchange.attempt = { abort: () => this.aborted.push(id) };
      if (status !== undefined) this.answer(exchange, status, outcome);
    }));
  }

  private answer(exchange: FakeExchange, status: number, outcome: AttemptOutcome<FakeExchange>): void {
    if (!outcome.accepts(exchange, status)) {
      outcome.failed(exchange, failureOf('gateway-error'));
      return;
    }
    exchange.status = status;
    outcome.completed(exchange);
  }
}
