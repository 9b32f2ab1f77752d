import type { Instance } from '../../../discovery/index.js';
import type { NodeExchange } from './node-exchange.js';
import type { UpstreamClient } from '../../upstream/upstream-client.js';
import type {
  HedgedAttempt,
  HedgingForwarder,
  HedgeListener,
  AttemptOutcome,
} from '../../exchange/forwarder.js';
import { HttpAttempt } from './http-attempt.js';

/** Forwards exchanges of the node data plane to instances at a URL. The client is shared; its creator closes it. */
export class HttpForwarder implements HedgingForwarder<NodeExchange> {
  constructor(private readonly client: UpstreamClient) {}

  send(exchange: NodeExchange, { endpoint }: Instance, outcome: AttemptOutcome<NodeExchange>): void {
    const attempt = new HttpAttempt(exchange, outcome);
    exchange.attempt = attempt;
    attempt.start(this.client.pool(endpoint));
  }

  sendHedged(
    exchange: NodeExchange,
    { endpoint }: Instance,
    outcome: AttemptOutcome<NodeExchange>,
    listener: HedgeListener,
  ): HedgedAttempt {
    return new HttpAttempt(exchange, outcome).startHedged(this.client.pool(endpoint), listener);
  }
}
