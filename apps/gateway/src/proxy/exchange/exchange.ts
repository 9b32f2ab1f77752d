import { performance } from 'node:perf_hooks';
import type { Problem } from '#contracts';
import type { Instance } from '../../discovery/index.js';
import type { Picking } from './balancer.js';
import type { ExchangeHedge } from './exchange-hedge.js';
import type {
  Attempt,
  AttemptState,
  CacheResult,
  Ending,
  Identity,
  Outcome,
  PolicyState,
  RequestFacts,
  StageExchange,
} from './exchange-state.js';
import type { Failure } from './failure.js';
import type { RequestTrace } from '../../telemetry/tracing/index.js';
import type { FieldPattern } from './field-pattern.js';
import type { Route } from './route.js';
import type { Reply } from './stage.js';

/**
 * One request and its response. Its fields are grouped by the component that writes them. Each data plane has a
 * subclass that adds how its forwarders read the request and write the response. All fields are set at construction,
 * so that every exchange has one hidden class.
 */
export abstract class Exchange
  implements Picking, RequestFacts, AttemptState, Outcome, PolicyState, StageExchange
{
  readonly startedAt = performance.now();
  route: Route | undefined = undefined;
  upstreamTarget = '';

  instance: Instance | undefined = undefined;
  holdsInstance = false;
  awaitsResponse = false;
  attempts = 0;
  repeats = 0;
  attempt: Attempt | undefined = undefined;
  hedge: ExchangeHedge | undefined = undefined;
  attemptStartedAt = 0;
  respondedAt = 0;
  deadline: NodeJS.Timeout | undefined = undefined;
  deadlineAt = 0;
  affinityCookie: string | undefined = undefined;
  failure: Failure | undefined = undefined;
  /** Ids of the instances that failed; allocated at the first failure. */
  private tried: string[] | undefined = undefined;

  /** Number of `request` stages of the route that let the exchange continue. Written by the pipeline. */
  stagesPassed = 0;
  slots: Map<object, unknown> | undefined = undefined;
  identity: Identity | undefined = undefined;
  version: string | undefined = undefined;
  cohort = 0;
  cache: CacheResult | undefined = undefined;
  trace: RequestTrace | undefined = undefined;
  refusal: string | undefined = undefined;
  bodyLimit = Infinity;

  status = 0;
  problemCode: string | undefined = undefined;
  bytesSent = 0;
  isTunnel = false;
  ending: Ending = 'completed';
  durationMs = 0;
  isOver = false;

  protected constructor(
    readonly method: string,
    readonly target: string,
    readonly requestId: string,
    readonly clientAddress: string,
    readonly isUpgrade: boolean,
  ) {}

  abstract get isFromTrustedPeer(): boolean;
  abstract header(name: string): string | undefined;
  abstract hasAny(fields: FieldPattern): boolean;
  abstract get host(): string | undefined;
  abstract get scheme(): 'http' | 'https';
  abstract get publicHost(): string | undefined;
  abstract get publicTarget(): string;
  abstract get contentLength(): number;
  abstract get bodyBytes(): number;
  abstract get hasBody(): boolean;
  abstract get isBodyConsumed(): boolean;

  abstract copyBody(limit: number, onEnd: (payload: Buffer | undefined) => void): void;

  /** Sends a response of the gateway. Called at most once, and never after a response head was sent. */
  abstract reply(reply: Reply | Problem): void;

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
