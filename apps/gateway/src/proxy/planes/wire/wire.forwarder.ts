import type { Instance } from '../../../discovery/index.js';
import type {
  HedgedAttempt,
  HedgingForwarder,
  HedgeListener,
  AttemptOutcome,
} from '../../exchange/forwarder.js';
import type { WireExchange } from './wire-exchange.js';
import type { UpstreamClient } from '../../upstream/upstream-client.js';

/** Forwards exchanges from socket to socket. The `UpstreamClient` is shared; its creator closes it. */
export class WireForwarder implements HedgingForwarder<WireExchange> {
  constructor(private readonly client: UpstreamClient) {}

  send(exchange: WireExchange, { endpoint }: Instance, outcome: AttemptOutcome<WireExchange>): void {
    exchange.send(this.client.pool(endpoint), outcome);
  }

  sendHedged(
    exchange: WireExchange,
    { endpoint }: Instance,
    _outcome: AttemptOutcome<WireExchange>,
    listener: HedgeListener,
  ): HedgedAttempt {
    return exchange.sendHedged(this.client.pool(endpoint), listener);
  }
}
