import type { Instance } from '../../discovery/index.js';
import type { Exchange } from '../exchange.js';
import type { Attempt } from './attempt.js';
import type { Failure } from './failure.js';

/**
 * Carries an exchange to one instance and the answer back to the client. A forwarder knows the concrete exchange of the
 * entrance that it serves (`E`); the walk does not.
 */
export interface Forwarder<E extends Exchange = Exchange> {
  /**
   * Starts one attempt. While it runs, `exchange.attempt` is how to abort it. It ends in exactly one call of `outcome`
   * (`completed`, `failed` or `broken`), or in none after `abort()`. The call may come before `send` returns.
   */
  send(exchange: E, instance: Instance, outcome: AttemptOutcome<E>): void;
}

/** A forwarder that can make a second attempt while the first runs. */
export interface AsideForwarder<E extends Exchange = Exchange> extends Forwarder<E> {
  /**
   * Sends a request without a body once more. Until it is adopted, which has to happen while `listener` hears of an answer
   * or before, the attempt is no business of the exchange's; then its outcome is told to `outcome`.
   */
  sendAside(exchange: E, instance: Instance, outcome: AttemptOutcome<E>, listener: AsideListener): Aside;
}

/** An attempt beside the one that runs. */
export interface Aside extends Attempt {
  /** Becomes the exchange's attempt, and passes on what has come. */
  adopt(): void;
}

/** Hears how an {@link Aside} gets on. One of its calls comes, and none after `abort()` or `adopt()`. */
export interface AsideListener {
  /** The head of a final answer has come: it is adopted or aborted now. */
  onAnswer(status: number): void;
  onFailure(failure: Failure): void;
}

/** What becomes of an attempt. One object for all exchanges: an attempt costs no closure. */
export interface AttemptOutcome<E extends Exchange = Exchange> {
  /**
   * The head of a final answer has come, which is not a 101. `false`: the forwarder throws the answer away and calls
   * `failed` with a `gateway-error`, since another instance may do better. Called once per attempt, before
   * `exchange.status` is set.
   */
  accepts(exchange: E, status: number): boolean;
  /** The answer has been handed to the client whole (or the tunnel has ended). */
  completed(exchange: E): void;
  /** Nothing of an answer has reached the client: another attempt or a problem may follow. */
  failed(exchange: E, failure: Failure): void;
  /** The answer broke off after its head; the forwarder has already reset the client. */
  broken(exchange: E, failure: Failure): void;
  /** A 101 has made the exchange a tunnel; `completed` or `broken` follows when it ends. */
  tunnelled(exchange: E): void;
}
