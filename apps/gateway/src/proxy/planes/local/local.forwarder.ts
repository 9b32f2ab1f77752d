import type { Instance } from '../../../discovery/index.js';
import type { TimerWheel } from '../../sockets/timer-wheel.js';
import type { AttemptOutcome, Forwarder } from '../../exchange/forwarder.js';
import type { LocalExchange } from '../exchange/local-client.js';
import { LocalAttempt } from './local-attempt.js';
import { upgradeLocally } from './local-upgrade.js';

/** Passes exchanges to instances in this process: no socket, no serialisation, no copy. */
export class LocalForwarder implements Forwarder<LocalExchange> {
  /** @param upgrade sends upgrade requests, on connections that a local instance cannot take over */
  constructor(
    private readonly wheel: TimerWheel,
    private readonly upgrade: Forwarder<LocalExchange>['send'] = upgradeLocally,
  ) {}

  send(exchange: LocalExchange, instance: Instance, outcome: AttemptOutcome<LocalExchange>): void {
    if (exchange.isUpgrade) {
      this.upgrade(exchange, instance, outcome);
      return;
    }
    const attempt = new LocalAttempt(exchange, outcome, this.wheel);
    exchange.attempt = attempt;
    attempt.start(instance);
  }
}
