import { performance } from 'node:perf_hooks';
import type { Problem } from '#contracts';
import type { Instance } from '../discovery/index.js';
import type { Picking } from './balancing/balancer.js';
import type { Attempt } from './forwarding/attempt.js';
import type { SecondAttempt } from './hedging/second-attempt.js';
import type { Destination } from './routing/destination.js';

/** How an exchange ended, for the record. */
export type Ending = 'completed' | 'client-left' | 'broken';

/**
 * One request/response on its way; holds the facts that stages, balancers and the record share. Each entrance has a
 * subclass that adds how its own forwarders read the request and write the answer. All fields are set at construction,
 * so that every exchange has one hidden class.
 */
export abstract class Exchange implements Picking {
  /** Milliseconds on the monotonic clock. */
  readonly startedAt = performance.now();

  /** Set by routing. */
  route: Destination | undefined = undefined;
  /** What the instance is asked for: path and query as sent, the prefix taken off. Set by routing. */
  upstreamTarget = '';

  /** The instance of the last attempt. */
  instance: Instance | undefined = undefined;
  /** An attempt runs, and counts as load of {@link instance}. */
  holdsInstance = false;
  /** Nothing of an answer to the attempt that runs now has come. */
  awaitsAnswer = false;
  attempts = 0;
  /** How many attempts were made after an earlier one had been sent. */
  repeats = 0;
  /** The attempt that runs now; the forwarder sets and clears it. */
  attempt: Attempt | undefined = undefined;
  /** Asks another instance when this one is late; `undefined` unless the route's policy wants it. */
  hedge: SecondAttempt | undefined = undefined;
  /** When the last attempt began, on the clock of {@link startedAt}. */
  attemptStartedAt = 0;
  /** Ends the exchange when its whole length is limited. */
  deadline: NodeJS.Timeout | undefined = undefined;
  /** When {@link deadline} ends it, on the clock of {@link startedAt}; 0 without a limit. */
  deadlineAt = 0;
  /** How many stages of the route have let the exchange go on. */
  stagesPassed = 0;
  /** A `Set-Cookie` that brings the client back to {@link instance}; set by the balancer, added to the answer. */
  affinityCookie: string | undefined = undefined;
  /** Ids of the instances that failed; allocated at the first failure. */
  private tried: string[] | undefined = undefined;

  /** Status of the answer; 0 until there is one. */
  status = 0;
  /** The `code` of the problem that the gateway answered with. */
  problemCode: string | undefined = undefined;
  /** Body bytes of the answer that went to the client. */
  bytesSent = 0;
  /** A 101 made this exchange a tunnel. */
  isTunnel = false;
  ending: Ending = 'completed';
  /** Set when the exchange has ended. */
  durationMs = 0;
  /** The client has its answer, or is gone: nothing may be done for it any more. */
  isOver = false;

  protected constructor(
    /** As sent; methods are case-sensitive (RFC 9110, section 9.1). */
    readonly method: string,
    /** The request target as sent, in origin form. */
    readonly target: string,
    readonly requestId: string,
    /** Who sent the request, as far as trusted proxies tell. */
    readonly clientAddress: string,
    /** The request asks to change protocols. */
    readonly isUpgrade: boolean,
  ) {}

  /** The request came straight from a trusted proxy, whose word is believed. */
  abstract get isFromTrustedPeer(): boolean;

  /** A request header by its name in lower case; several fields of that name joined by ", ". */
  abstract header(name: string): string | undefined;

  /** The request carries a body, be it empty in the end. */
  abstract get hasBody(): boolean;

  /** The request has a body, of which at least a part was given to an instance: it cannot be sent again. */
  abstract get isBodyConsumed(): boolean;

  /** Answers with a problem. Called at most once, and never after an answer's head went out. */
  abstract reply(problem: Problem): void;

  /** Resets the client, so that an answer which broke off never looks complete. */
  abstract cutOff(): void;

  /** Milliseconds that are left of its whole length; `undefined` without a limit. */
  get remainingMs(): number | undefined {
    if (this.deadlineAt === 0) return undefined;
    return Math.max(0, Math.ceil(this.deadlineAt - performance.now()));
  }

  /** Answers whether an attempt at this instance has failed. */
  hasTried(instance: Instance): boolean {
    return this.tried?.includes(instance.id) ?? false;
  }

  markTried(instance: Instance): void {
    (this.tried ??= []).push(instance.id);
  }
}
