import type { Problem } from '#contracts';
import type { StageValidator } from '../../policy/stage-settings.js';

/** A complete response of the gateway itself. */
export interface Reply {
  /** From 200 to 599. */
  readonly status: number;
  /** Header fields; the gateway adds those of framing and connection, `Date` and `X-Request-Id`. */
  readonly fields: Readonly<Record<string, string>>;
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
  /** @throws TypeError like {@link set} */
  remove(name: string): void;
}

/** An instance of a service. */
export interface StageInstance {
  readonly id: string;
  /** Name of its service. */
  readonly name: string;
  /** Origin: scheme, host and port, without a trailing slash. */
  readonly url: string;
  readonly version: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The authenticated caller. */
export interface Identity {
  /** Name of the caller: the consumer of an API key, the subject of a token. */
  readonly consumer: string;
  /** The authentication provider that accepted the request. */
  readonly provider: string;
  readonly scopes: readonly string[];
  readonly claims: Readonly<Record<string, unknown>>;
}

/** The route of an exchange. */
export interface StageRoute {
  /** Name in the policy file; `undefined` for the route of all other requests to the service. */
  readonly name: string | undefined;
  /** Service whose instances receive the requests. */
  readonly service: string;
  /** `/api/{service}` with the service in the path, without a trailing slash. */
  readonly prefix: string;
}

/** The request of an exchange. */
export interface StageRequest {
  /** Milliseconds on the monotonic clock. */
  readonly startedAt: number;
  /** As sent; methods are case-sensitive (RFC 9110, section 9.1). */
  readonly method: string;
  /** The request target as sent, in origin form. */
  readonly target: string;
  readonly requestId: string;
  /** Host and port to which the client sent the request, as sent; an HTTP/1.0 request may have none. */
  readonly host: string | undefined;
  /** Scheme of the client's URL, derived from trusted proxies. */
  readonly scheme: 'http' | 'https';
  /** {@link host}, derived from trusted proxies. */
  readonly publicHost: string | undefined;
  /** {@link target}, with a prefix that a trusted proxy has removed. */
  readonly publicTarget: string;
  /** The client address, derived from trusted proxies. */
  readonly clientAddress: string;
  /** The request asks to upgrade the protocol. */
  readonly isUpgrade: boolean;
  /** Length of the request body as declared; -1 if it is not. */
  readonly contentLength: number;
  /** The request has a body, possibly an empty one. */
  readonly hasBody: boolean;
  /** Path and query sent to the instance: as received, without the prefix. */
  readonly upstreamTarget: string;
  readonly route: StageRoute | undefined;
  /** A request header by its name in lower case; several fields of that name joined by ", ". */
  header(name: string): string | undefined;
}

/** An exchange, which is one request and its response. It is the same object in every hook. */
export interface StageExchange extends StageRequest {
  /** `undefined` until the gateway has accepted credentials. */
  readonly identity: Identity | undefined;
  /** The instance of the last attempt. */
  readonly instance: StageInstance | undefined;
  /** Number of attempts so far. */
  readonly attempts: number;
  /** Status of the response; 0 until there is one. */
  readonly status: number;
  /** Response body bytes sent to the client. */
  readonly bytesSent: number;
  /** Set when the exchange ends. */
  readonly durationMs: number;
}

/** The head of one attempt's request, before it is serialised. */
export interface UpstreamRequest {
  /** The instance of this attempt. */
  readonly instance: StageInstance;
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
  /** Length of the body as declared; -1 if it is not. */
  readonly contentLength: number;
}

/** A response head that is about to be sent to the client. */
export interface StageResponse {
  readonly status: number;
  /** The gateway produced the response; otherwise it comes from {@link StageExchange.instance}. */
  readonly isOwn: boolean;
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
  /** The caller that the authentication would accept. */
  readonly identity: Identity | undefined;
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
 * A piece of behaviour that is hooked to phases of an exchange. A {@link StageFactory} builds one for each route whose
 * policy has its settings; it serves all data planes. All hooks are synchronous, except that `request` may wait: a
 * promise of another hook is ignored and reported as an error, also where the compiler accepts an `async` function.
 */
export interface Stage {
  /** The name that `explain` shows. */
  readonly name: string;
  /** Fields that the client's request loses before the `upstreamRequest` phase, from its head and its trailers. */
  readonly withheld?: FieldNames | undefined;
  /**
   * The request head is known and no instance is selected: continue, respond or wait. The request timeout of the route
   * limits the wait; without one, only the client does.
   */
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

/** The kind and the text of a problem (RFC 9457). */
export interface StageProblem {
  /** From 400 to 599. */
  readonly status: number;
  /** What all problems of this kind have in common. */
  readonly title: string;
  /** This occurrence. */
  readonly detail: string;
  /** Words in lower case, joined by hyphens; the last part of `type`. By default the name of the factory. */
  readonly code?: string;
  /** Further header fields, such as `retry-after`. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Further members of the document, beside `type`, `title`, `status`, `detail`, `instance` and `requestId`. */
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** Counts the decisions of a stage, in the metric `gateway_policy_decisions_total`. */
export interface StageCounts {
  allowed: number;
  /** Requests that would have been refused if the stage were enforced. */
  shadow: number;
  /** @param reason a fixed word, never input of a client */
  readonly refused: { add(reason: string): void };
}

/** The state that one stage keeps in each exchange of its route. */
export interface ExchangeState<T> {
  get(exchange: StageExchange): T | undefined;
  set(exchange: StageExchange, value: T): void;
}

/** What a stage is built with, beside its settings. */
export interface StageContext {
  /** The route whose exchanges the stage serves. */
  readonly route: Pick<StageRoute, 'name' | 'service'>;
  readonly counts: StageCounts;
  /**
   * A response that is a problem, like those of the gateway.
   * @throws TypeError for a status that is no error, or an extension with a reserved name
   */
  problem(problem: StageProblem): Problem;
  /** State for one exchange, which ends with it. */
  exchangeState<T>(): ExchangeState<T>;
}

/**
 * Where stages run, among those of the gateway:
 * - `admission`: after access, authentication, authorization and rate limits, before responses of the gateway itself and
 *   of its cache. Such a stage sees every request that a client may make, and none that the gateway repeats by itself to
 *   refresh its cache;
 * - `forwarding`: after all of these, before the operator's edits of header fields. Such a stage sees every request that
 *   an instance is to get.
 */
export type StagePosition = 'admission' | 'forwarding';

/**
 * Adds stages to a gateway. A route has one if its policy has settings under `stages` and the name of the factory; other
 * routes are not affected. A program passes factories to `createGateway`; stages run in that order.
 * @example
 * ```yaml
 * services: { reports: { stages: { client-limit: { limit: 2 } } } }
 * ```
 */
export interface StageFactory<Settings = unknown> extends StageValidator<Settings> {
  /** Letters, digits, `-` and `_`, a letter first. */
  readonly name: string;
  /** By default `admission`. */
  readonly position?: StagePosition;
  /**
   * Checks the settings of the policy file, which are JSON values; `{}` if there are none. Called when the file is loaded,
   * before it takes effect. The result is that of a validator of Standard Schema, such as Zod:
   * `validate: (settings) => schema['~standard'].validate(settings)`. An error that it throws is an issue, too.
   */
  validate(settings: unknown): ReturnType<StageValidator<Settings>['validate']>;
  /** Builds the stage of one route. A stage that cannot be built fails every request of the route with 500. */
  create(settings: Settings, context: StageContext): Stage;
}
