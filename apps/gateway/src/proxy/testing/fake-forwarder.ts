import type { Instance } from '../../discovery/index.js';
import { failureOf, type FailureKind } from '../forwarding/failure.js';
import type { AttemptOutcome, Forwarder } from '../forwarding/forwarder.js';
import type { FakeExchange } from './fake-exchange.js';

/** What an attempt at an instance comes to. */
export type Fate = FailureKind | 'completed' | 'broken' | 'pending';

/** A forwarder whose attempts end as a spec says, by instance id. */
export class FakeForwarder implements Forwarder<FakeExchange> {
  readonly asked: string[] = [];
  readonly aborted: string[] = [];

  constructor(private readonly fates: Record<string, Fate> = {}) {}

  send(exchange: FakeExchange, { id }: Instance, outcome: AttemptOutcome<FakeExchange>): void {
    this.asked.push(id);
    exchange.attempt = { abort: () => this.aborted.push(id) };
    const fate = this.fates[id] ?? 'completed';
    if (fate === 'completed') this.complete(exchange, outcome);
    else if (fate === 'broken') outcome.broken(exchange, failureOf('reset'));
    else if (fate !== 'pending') outcome.failed(exchange, failureOf(fate));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private complete(exchange: FakeExchange, outcome: AttemptOutcome<FakeExchange>): void {
    exchange.status = 200;
    outcome.completed(exchange);
  }
}
