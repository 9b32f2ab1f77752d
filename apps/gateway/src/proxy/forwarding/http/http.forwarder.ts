import type { Instance, LiveServiceTable } from '../../../discovery/index.js';
import type { NodeExchange } from '../../entrance/node-exchange.js';
import { DEFAULT_POLICY } from '../../policy.js';
import type { AttemptOutcome, Forwarder } from '../forwarder.js';
import { HttpAttempt } from './http-attempt.js';
import { Upstreams } from './upstreams.js';

/** Carries exchanges to instances at a URL. */
export class HttpForwarder implements Forwarder<NodeExchange> {
  private readonly upstreams: Upstreams;

  constructor(services: LiveServiceTable) {
    this.upstreams = new Upstreams(services);
  }

  send(exchange: NodeExchange, instance: Instance, outcome: AttemptOutcome<NodeExchange>): void {
    const attempt = new HttpAttempt(exchange, outcome);
    exchange.attempt = attempt;
    attempt.start(this.upstreams.of(instance, exchange.route?.policy ?? DEFAULT_POLICY));
  }

  close(): Promise<void> {
    return this.upstreams.close();
  }
}
