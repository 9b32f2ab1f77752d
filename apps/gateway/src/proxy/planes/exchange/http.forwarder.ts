import type { Instance } from '../../../discovery/index.js';
import type {
  HedgedAttempt,
  HedgingForwarder,
  HedgeListener,
  AttemptOutcome,
} from '../../exchange/forwarder.js';
import type { HttpExchange } from './http-exchange.js';
import type { UpstreamClient } from '../../upstream/upstream-client.js';

/** Forwards exchanges to instances at a URL. The `UpstreamClient` is shared; its creator closes it. */
export class HttpForwarder implements HedgingForwarder<HttpExchange> {
  constructor(private readonly client: UpstreamClient) {}

  send(exchange: HttpExchange, { endpoint }: Instance, outcome: AttemptOutcome<HttpExchange>): void {
    exchange.send(this.client.pool(endpoint), outcome);
  }

  sendHedged(
    exchange: HttpExchange,
    instance: Instance,
    _outcome: AttemptOutcome<HttpExchange>,
    listener: HedgeListener,
  ): HedgedAttempt {
    return exchange.sendHedged(instance, this.client.pool(instance.endpoint), listener);
  }
}
