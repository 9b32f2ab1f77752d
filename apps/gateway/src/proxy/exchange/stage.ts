import type { Problem } from '#contracts';
import type { Instance } from '../../discovery/index.js';
import type * as api from '../extension/stage-api.js';
import type { FieldNames, Preview } from '../extension/stage-api.js';
import type { Identity, StageExchange } from './exchange-state.js';

export type { FieldNames, Preview };

/** A complete response of the gateway itself. A {@link Problem} is one kind of it. */
export interface Reply extends api.Reply {
  /**
   * Field lines, each with CRLF, of a response that an instance made earlier, instead of {@link fields}: with `Date`,
   * without those of framing and connection and without `X-Request-Id`.
   */
  readonly lines?: string;
}

/** `undefined` lets the exchange continue; anything else is sent to the client. */
export type Decision = Reply | Problem | undefined;

/** Header fields that a stage may read and edit. Names are case-insensitive. */
export interface Fields extends api.Fields {
  /** Adds a line that the gateway made, with CRLF. It is not checked: nothing of a client may be in it. */
  appendLine(line: string): void;
  /** Removes all fields that a service could read as `name`, such as `X_User` for `x-user`. @throws TypeError like {@link set} */
  removeSpellings(name: string): void;
  /** Removes all fields whose name begins with `prefix`. */
  removePrefixed(prefix: string): void;
}

/** The head of one attempt's request, before it is serialised. */
export interface UpstreamRequest extends api.UpstreamRequest {
  readonly instance: Instance;
  readonly fields: Fields;
}

/** How the attempts ended: with the final response of an instance, or with a problem of the gateway in its place. */
export interface UpstreamResponse extends api.UpstreamResponse {
  /**
   * The fields for the client as the instance sent them, before stages edit them; each line with CRLF. Those of framing
   * may be among them.
   */
  readonly lines: string;
}

/** A response head that is about to be sent to the client. */
export interface StageResponse extends api.StageResponse {
  /** The instance works and refused this request, for example because it is overloaded. */
  readonly isDeclined: boolean;
  readonly fields: Fields;
}

/** A hypothetical request, for {@link Stage.preview}. */
export interface PreviewRequest extends api.PreviewRequest {
  /** Set by the authentication stage, for stages after it. */
  identity: Identity | undefined;
  /** Set by the version stage; `undefined` if the route has no versions, or if it cannot be determined. */
  version?: string | undefined;
}

/**
 * A stage of the gateway itself (docs/guide/stages.md), which sees more of an exchange than the public {@link api.Stage}.
 * It is built once per route from the policy, which lists only the stages that it needs. State of one exchange is kept in
 * a {@link StageSlot}.
 */
export interface Stage extends api.Stage {
  request?(exchange: StageExchange): Decision | Promise<Decision>;
  upstreamRequest?(exchange: StageExchange, request: UpstreamRequest): void;
  upstreamResponse?(exchange: StageExchange, response: UpstreamResponse): Reply | undefined;
  response?(exchange: StageExchange, response: StageResponse): void;
  observesBody?(exchange: StageExchange): boolean;
  responseBody?(exchange: StageExchange, bytes: Buffer): void;
  complete?(exchange: StageExchange, passed: boolean): void;
  preview?(request: PreviewRequest): Preview | Promise<Preview>;
}

/** Counts the decisions of a policy; see `PolicySeries`. */
export type PolicyCounts = api.StageCounts;

/** A stage that implements `Hook`. */
export type With<Hook extends keyof Stage> = Stage & Required<Pick<Stage, Hook>>;

/** The stages of a route by phase, each list in order. A phase without stages costs one comparison. */
export interface Phases {
  readonly stages: readonly Stage[];
  /** The fields that stages withhold from instances; `undefined` if there are none. */
  readonly withheld: FieldNames | undefined;
  readonly request: readonly With<'request'>[];
  readonly upstreamRequest: readonly With<'upstreamRequest'>[];
  readonly upstreamResponse: readonly With<'upstreamResponse'>[];
  readonly response: readonly With<'response'>[];
  readonly responseBody: readonly With<'responseBody'>[];
  /** In reverse order. `position` is the index in {@link request}; -1 for a stage without that hook. */
  readonly complete: readonly { readonly stage: With<'complete'>; readonly position: number }[];
  /** Called when a hook throws; the client then gets a 500. */
  readonly onError: (error: unknown, exchange: StageExchange) => void;
}

/** The state that one stage keeps in each exchange of its route. */
export class StageSlot<T> {
  get({ slots }: StageExchange): T | undefined {
    return slots?.get(this) as T | undefined;
  }

  set(exchange: StageExchange, value: T): void {
    (exchange.slots ??= new Map()).set(this, value);
  }
}
