import type { Problem } from '#contracts';
import type { Instance } from '../../discovery/index.js';
import type { Identity, StageExchange } from './exchange-state.js';

/** A complete response of the gateway itself. A {@link Problem} is one kind of it. */
export interface Reply {
  readonly status: number;
  /** Header fields; the data plane adds those of framing and connection, `Date` and `X-Request-Id`. */
  readonly fields: Readonly<Record<string, string>>;
  /**
   * Field lines, each with CRLF, of a response that an instance made earlier, instead of {@link fields}: with `Date`,
   * without those of framing and connection and without `X-Request-Id`.
   */
  readonly lines?: string;
  /** Empty for a response without content. A response to HEAD tells its length and has none. */
  readonly body: Buffer;
}

/** `undefined` lets the exchange continue; anything else is sent to the client. */
export type Decision = Reply | Problem | undefined;

/** Names of header fields, in lower case. */
export interface FieldNames {
  has(lowerName: string): boolean;
}

/** Header fields that a stage may read and edit. Names are case-insensitive. */
export interface Fields {
  /** The value of the field; several fields of that name are joined by ", ". */
  get(name: string): string | undefined;
  /** Replaces all fields of that name. @throws TypeError for an invalid name or value, or a field that is fixed */
  set(name: string, value: string): void;
  /** Adds a field. @throws TypeError like {@link set} */
  append(name: string, value: string): void;
  /** Adds a line that the gateway made, with CRLF. It is not checked: nothing of a client may be in it. */
  appendLine(line: string): void;
  /** @throws TypeError like {@link set} */
  remove(name: string): void;
  /** Removes all fields that a service could read as `name`, such as `X_User` for `x-user`. @throws TypeError like {@link set} */
  removeSpellings(name: string): void;
  /** Removes all fields whose name begins with `prefix`. */
  removePrefixed(prefix: string): void;
}

/** The head of one attempt's request, before it is serialised. */
export interface UpstreamRequest {
  /** The instance of this attempt. */
  readonly instance: Instance;
  /** Path and query for the instance, in origin form. */
  target: string;
  /** The `Host` that the instance receives. */
  host: string;
  /** The client's fields. Those of framing, connection and origin, `Host` and `X-Request-Id` cannot be changed. */
  readonly fields: Fields;
}

/** How the attempts ended: with the final response of an instance, or with a problem of the gateway in its place. */
export interface UpstreamResponse {
  readonly status: number;
  /** No instance responded. */
  readonly isOwn: boolean;
  /**
   * The fields for the client as the instance sent them, before stages edit them; each line with CRLF. Those of framing
   * may be among them.
   */
  readonly lines: string;
  /** Length of the body as declared; -1 if it is not. */
  readonly contentLength: number;
}

/** A response head that is about to be sent to the client. */
export interface StageResponse {
  readonly status: number;
  /** The gateway produced the response; otherwise it comes from {@link StageExchange.instance}. */
  readonly isOwn: boolean;
  /** The instance works and refused this request, for example because it is overloaded. */
  readonly isDeclined: boolean;
  /** The fields for the client. Those of framing and connection, `Date` and `X-Request-Id` cannot be changed. */
  readonly fields: Fields;
}

/** A hypothetical request, for {@link Stage.preview}. */
export interface PreviewRequest {
  readonly method: string;
  /** Path and query as a client would send them. */
  readonly target: string;
  /** Path and query for the instance. */
  readonly upstreamTarget: string;
  /** `undefined`: not stated. */
  readonly clientAddress: string | undefined;
  /** Set by the authentication stage, for stages after it. */
  identity: Identity | undefined;
  /** Set by the version stage; `undefined` if the route has no versions, or if it cannot be told. */
  version?: string | undefined;
  /** A request header by its name in lower case. */
  header(name: string): string | undefined;
}

/** The decision that a stage would make now. */
export interface Preview {
  readonly decision: 'continue' | 'respond' | 'wait';
  /** One sentence on the state that leads to the decision. */
  readonly detail: string;
  /** The response, for `respond`. */
  readonly reply?: Reply | Problem;
}

/**
 * A piece of behaviour that is hooked to phases of an exchange (docs/guide/stages.md). It is built once per route from
 * the policy, which lists only the stages that it needs, and serves all data planes. State of one exchange is kept in
 * a {@link StageSlot}. All hooks are synchronous, except that `request` may wait.
 */
export interface Stage {
  readonly name: string;
  /** Fields that the client's request loses before the `upstreamRequest` phase, from its head and its trailers. */
  readonly withheld?: FieldNames | undefined;
  /** The request head is known and no instance is selected: continue, respond or wait. */
  request?(exchange: StageExchange): Decision | Promise<Decision>;
  /** Before the head of each attempt is serialised: edit it. */
  upstreamRequest?(exchange: StageExchange, request: UpstreamRequest): void;
  /**
   * An instance has sent its final response (but no 101), or the gateway responds with a problem: observe it, or replace
   * it by a reply. The first reply counts; all stages observe the response.
   */
  upstreamResponse?(exchange: StageExchange, response: UpstreamResponse): Reply | undefined;
  /** Before a response head is sent, from an instance or the gateway's own: observe it, edit its fields. */
  response?(exchange: StageExchange, response: StageResponse): void;
  /** Whether {@link responseBody} is called for this response, which `upstreamResponse` has observed; by default it is. */
  observesBody?(exchange: StageExchange): boolean;
  /** Observe payload bytes of an instance's response. They may be overwritten after the call. */
  responseBody?(exchange: StageExchange, bytes: Buffer): void;
  /**
   * The exchange has ended; called once, in reverse order of the stages. Not called if an earlier stage responded.
   * @param passed `request` let the exchange continue; if `false`, it responded or was still waiting, and a decision
   * that follows is ignored
   */
  complete?(exchange: StageExchange, passed: boolean): void;
  /** The decision of `request` for a hypothetical request, without side effects. */
  preview?(request: PreviewRequest): Preview | Promise<Preview>;
}

/** Counts the decisions of a policy; see `PolicySeries`. */
export interface PolicyCounts {
  allowed: number;
  /** Requests that would have been refused if the policy were enforced. */
  shadow: number;
  /** @param reason a fixed word, never client input */
  readonly refused: { add(reason: string): void };
}

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
