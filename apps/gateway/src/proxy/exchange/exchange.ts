import { performance } from 'node:perf_hooks';
import type { Problem } from '#contracts';
import type { Instance } from '../../discovery/index.js';
import type { Picking } from './balancer.js';
import type { Attempt } from './forwarder.js';
import type { ExchangeHedge } from './exchange-hedge.js';
import type { Destination } from './destination.js';

/** How an exchange ended, for the recorder. */
export type Ending = 'completed' | 'client-left' | 'broken';

/**
 * One request and its response; holds the facts that stages, balancers and the recorder share. Each data plane has a
 * subclass that adds how its forwarders read the request and write the response. All fields are set at construction,
 * so that every exchange has one hidden class.
 */
export abstract class Exchange implements Picking {
  /** Milliseconds on the monotonic clock. */
  readonly startedAt = performance.now();

  /** Set by routing. */
  route: Destination | undefined = undefined;
  /** Path and query sent to the instance: as received, without the prefix. Set by routing. */
  upstreamTarget = '';

  /** The instance of the last attempt. */
  instance: Instance | undefined = undefined;
  /** An attempt is running, and counts as load of {@link instance}. */
  holdsInstance = false;
  /** No part of the response to the current attempt has arrived. */
  awaitsResponse = false;
  attempts = 0;
  /** Number of attempts made after an earlier one had been sent. */
  repeats = 0;
  /** The current attempt; set and cleared by the forwarder. */
  attempt: Attempt | undefined = undefined;
  /** Sends a hedged attempt when the first is late; `undefined` unless the route's policy enables it. */
  hedge: ExchangeHedge | undefined = undefined;
  /** Start of the last attempt, on the clock of {@link startedAt}. */
  attemptStartedAt = 0;
  /** Ends the exchange if its total duration is limited. */
  deadline: NodeJS.Timeout | undefined = undefined;
  /** Time at which {@link deadline} fires, on the clock of {@link startedAt}; 0 without a limit. */
  deadlineAt = 0;
  /** Number of stages of the route that the exchange has passed. */
  stagesPassed = 0;
  /** `Set-Cookie` that binds the client to {@link instance}; set by the balancer, added to the response. */
  affinityCookie: string | undefined = undefined;
  /** Ids of the instances that failed; allocated at the first failure. */
  private tried: string[] | undefined = undefined;

  /** Status of the response; 0 until there is one. */
  status = 0;
  /** The `code` of the problem that the gateway replied with. */
  problemCode: string | undefined = undefined;
  /** Response body bytes sent to the client. */
  bytesSent = 0;
  /** A 101 turned this exchange into a tunnel. */
  isTunnel = false;
  ending: Ending = 'completed';
  /** Set when the exchange ends. */
  durationMs = 0;
  /** The client has its response or has disconnected; no further work may be done for it. */
  isOver = false;

  protected constructor(
    /** As sent; methods are case-sensitive (RFC 9110, section 9.1). */
    readonly method: string,
    /** The request target as sent, in origin form. */
    readonly target: string,
    readonly requestId: string,
    /** The client address, derived from trusted proxies. */
    readonly clientAddress: string,
    /** The request asks to upgrade the protocol. */
    readonly isUpgrade: boolean,
  ) {}

  /** The request came directly from a trusted proxy, whose fields are accepted. */
  abstract get isFromTrustedPeer(): boolean;

  /** A request header by its name in lower case; several fields of that name joined by ", ". */
  abstract header(name: string): string | undefined;

  /** The request has a body, possibly an empty one. */
  abstract get hasBody(): boolean;

  /** A part of the request body was sent to an instance and cannot be repeated. */
  abstract get isBodyConsumed(): boolean;

  /** Replies with a problem. Called at most once, and never after a response head was sent. */
  abstract reply(problem: Problem): void;

  /** Resets the downstream connection, so that a truncated response never appears complete. */
  abstract cutOff(): void;

  /** Milliseconds left of the total duration; `undefined` without a limit. */
  get remainingMs(): number | undefined {
    if (this.deadlineAt === 0) return undefined;
    return Math.max(0, Math.ceil(this.deadlineAt - performance.now()));
  }

  /** Whether an attempt at this instance has failed. */
  hasTried(instance: Instance): boolean {
    return this.tried?.includes(instance.id) ?? false;
  }

  markTried(instance: Instance): void {
    (this.tried ??= []).push(instance.id);
  }
}
