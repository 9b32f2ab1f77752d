import { performance } from 'node:perf_hooks';
import type { InstanceTransport } from '#contracts';
import type { Instance, LiveServiceTable } from '../discovery/index.js';
import type { Exchange } from './exchange.js';
import { isUnsent, type Failure } from './forwarding/failure.js';
import type { AttemptOutcome, Forwarder } from './forwarding/forwarder.js';
import { isIdempotent } from './idempotent.js';
import type { InstanceReports } from './instance-reports.js';
import {
  noHealthyInstance,
  upstreamProtocolError,
  upstreamTimeout,
  upstreamUnreachable,
} from './problems.js';
import type { Recorder } from './record/recorder.js';
import type { Destination } from './routing/destination.js';

/** Which forwarder carries exchanges to which kind of instance. */
export type Forwarders<E extends Exchange> = Readonly<Record<InstanceTransport, Forwarder<E>>>;

/** What forwarding needs of its neighbours. */
export interface ForwardParts<E extends Exchange> {
  readonly services: LiveServiceTable;
  readonly forwarders: Forwarders<E>;
  readonly reports: InstanceReports;
  readonly recorder: Recorder;
}

const RETRY_AFTER_SECONDS = '2';

/** The last step of the walk: picks an instance, sends, and picks another when an attempt fails and may be repeated. */
export class Forward<E extends Exchange> implements AttemptOutcome<E> {
  constructor(private readonly parts: ForwardParts<E>) {}

  start(exchange: E): void {
    const { totalMs } = destinationOf(exchange).policy.timeouts;
    if (totalMs > 0) exchange.deadline = setTimeout(() => this.expire(exchange), totalMs);
    const instance = this.pick(exchange, undefined);
    if (instance) this.attempt(exchange, instance);
    else
      exchange.reply(
        noHealthyInstance('no instance of this service can take requests now', {
          headers: { 'retry-after': RETRY_AFTER_SECONDS },
        }),
      );
  }

  completed(exchange: E): void {
    const instance = this.release(exchange);
    if (instance) instance.load.hasAnswered = true;
  }

  failed(exchange: E, failure: Failure): void {
    const instance = this.release(exchange);
    if (!instance) return;
    exchange.markTried(instance);
    this.report(exchange, instance, failure);
    const next = mayRepeat(exchange, failure) ? this.pick(exchange, failure) : undefined;
    if (next) this.attempt(exchange, next);
    else exchange.reply(problemOf(failure));
  }

  broken(exchange: E, failure: Failure): void {
    const instance = this.release(exchange);
    exchange.ending = 'broken';
    if (instance) this.parts.recorder.attemptFailed(exchange, instance, failure);
  }

  tunnelled(exchange: E): void {
    exchange.isTunnel = true;
    this.parts.recorder.tunnelOpened(exchange);
  }

  /** The exchange is over: gives up what still runs for it. */
  abandon(exchange: E): void {
    clearTimeout(exchange.deadline);
    this.giveUp(exchange);
  }

  private giveUp(exchange: E): void {
    const { attempt } = exchange;
    exchange.attempt = undefined;
    attempt?.abort();
    this.release(exchange);
  }

  private expire(exchange: E): void {
    this.giveUp(exchange);
    if (exchange.status === 0) {
      exchange.reply(upstreamTimeout('the exchange took longer than its route allows'));
      return;
    }
    exchange.ending = 'broken';
    exchange.cutOff();
  }

  private attempt(exchange: E, instance: Instance): void {
    exchange.instance = instance;
    exchange.holdsInstance = true;
    exchange.attempts += 1;
    exchange.attemptStartedAt = performance.now();
    instance.load.inFlight += 1;
    this.parts.forwarders[instance.transport].send(exchange, instance, this);
  }

  /** Ends the running attempt's claim on its instance; `undefined` when none runs. */
  private release(exchange: E): Instance | undefined {
    if (!exchange.holdsInstance || !exchange.instance) return undefined;
    exchange.holdsInstance = false;
    exchange.attempt = undefined;
    exchange.instance.load.inFlight -= 1;
    return exchange.instance;
  }

  private pick(exchange: E, failure: Failure | undefined): Instance | undefined {
    const { balancer, service } = destinationOf(exchange);
    const available = this.parts.services.current.get(service)?.available ?? [];
    const instance = balancer.pick(available, exchange);
    if (instance || failure?.kind !== 'reset') return instance;
    // The only instance may have closed an idle connection just as we used it: a new connection tells.
    return available.find(({ id }) => id === exchange.instance?.id);
  }

  private report(exchange: E, instance: Instance, failure: Failure): void {
    this.parts.recorder.attemptFailed(exchange, instance, failure);
    if (failure.kind === 'reset') this.parts.reports.reset(instance, failure.detail);
    else if (isUnsent(failure)) this.parts.reports.refused(instance, failure.detail);
  }
}

function destinationOf({ route }: Exchange): Destination {
  if (!route) throw new Error('an exchange has a route before it is forwarded');
  return route;
}

function mayRepeat(exchange: Exchange, failure: Failure): boolean {
  const { retries } = destinationOf(exchange).policy;
  if (isUnsent(failure)) return exchange.attempts <= retries.afterRefusal;
  if (failure.kind !== 'reset' || exchange.isBodyConsumed || !isIdempotent(exchange.method)) return false;
  exchange.resets += 1;
  return exchange.resets <= retries.afterReset;
}

function problemOf({ kind, detail, cause }: Failure) {
  switch (kind) {
    case 'refused':
    case 'reset':
      return upstreamUnreachable(detail, { cause });
    case 'connect-timeout':
    case 'timeout':
      return upstreamTimeout(detail, { cause });
    case 'protocol-error':
      return upstreamProtocolError(detail, { cause });
  }
}
