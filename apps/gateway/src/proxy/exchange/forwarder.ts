import type { Instance } from '../../discovery/index.js';
import type { Exchange } from './exchange.js';
import type { Attempt } from './exchange-state.js';
import type { Failure } from './failure.js';

/**
 * Sends an exchange to one instance and the response back to the client. A forwarder depends on the concrete exchange
 * type of its data plane (`E`); the pipeline does not.
 */
export interface Forwarder<E extends Exchange = Exchange> {
  /**
   * Starts one attempt. While it runs, `exchange.attempt` can abort it. It ends in exactly one call of `outcome`
   * (`completed`, `failed` or `broken`), or in none after `abort()`. The call may occur before `send` returns.
   */
  send(exchange: E, instance: Instance, outcome: AttemptOutcome<E>): void;
}

/** A forwarder that can send a hedged attempt while the first attempt runs. */
export interface HedgingForwarder<E extends Exchange = Exchange> extends Forwarder<E> {
  /**
   * Sends a request without a body a second time. The attempt does not affect the exchange until it is adopted, at
   * the latest during `listener.onResponse`; from then on, `outcome` receives its result.
   */
  sendHedged(
    exchange: E,
    instance: Instance,
    outcome: AttemptOutcome<E>,
    listener: HedgeListener,
  ): HedgedAttempt;
}

/** A hedged attempt, which runs beside the first one. */
export interface HedgedAttempt extends Attempt {
  /** Becomes the attempt of the exchange, and forwards the response received so far. */
  adopt(): void;
}

/** Receives the result of an {@link HedgedAttempt}: one call, and none after `abort()` or `adopt()`. */
export interface HedgeListener {
  /** The head of a final response has arrived; the listener must adopt or abort the attempt. */
  onResponse(status: number, isDeclined?: boolean): void;
  onFailure(failure: Failure): void;
}

/** Receives the result of an attempt. One object serves all exchanges, so that an attempt allocates no closure. */
export interface AttemptOutcome<E extends Exchange = Exchange> {
  /**
   * Called once per attempt with the status of a final response other than 101, before `exchange.status` is set. If
   * it returns `false`, the forwarder discards the response and calls `failed` with a `gateway-error`, since another
   * instance may succeed.
   * @param isDeclined the instance works and declined this request, for example because it is overloaded
   */
  accepts(exchange: E, status: number, isDeclined?: boolean): boolean;
  /** A response that {@link accepts} has accepted is not passed on: the gateway replies in its place. */
  replaced(exchange: E, status: number): void;
  /** The complete response was passed to the client, or the tunnel has ended. */
  completed(exchange: E): void;
  /** No part of a response has reached the client: another attempt or a problem may follow. */
  failed(exchange: E, failure: Failure): void;
  /** The response ended prematurely after its head; the forwarder has already reset the downstream connection. */
  broken(exchange: E, failure: Failure): void;
  /** A 101 turned the exchange into a tunnel; `completed` or `broken` follows when it ends. */
  tunnelled(exchange: E): void;
}
