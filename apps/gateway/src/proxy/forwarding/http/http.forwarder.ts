import type { Instance } from '../../../discovery/index.js';
import type { NodeExchange } from '../../entrance/node-exchange.js';
import type { UpstreamClient } from '../../wire/upstream/upstream-client.js';
import type { AttemptOutcome, Forwarder } from '../forwarder.js';
import { HttpAttempt } from './http-attempt.js';

/** Carries exchanges of node:http to instances at a URL. The client is shared, and closed by who made it. */
export class HttpForwarder implements Forwarder<NodeExchange> {
  constructor(private readonly client: UpstreamClient) {}

  send(exchange: NodeExchange, { endpoint }: Instance, outcome: AttemptOutcome<NodeExchange>): void {
    const attempt = new HttpAttempt(exchange, outcome);
    exchange.attempt = attempt;
    attempt.start(this.client.pool(endpoint));
  }
}
