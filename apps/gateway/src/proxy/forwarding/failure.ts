/**
 * Why an attempt failed before anything of an answer reached the client.
 * - `refused`: no connection came about, so nothing was sent;
 * - `connect-timeout`: the same, after a wait;
 * - `exhausted`: this gateway had no descriptor, port or buffer for a connection, which says nothing about the instance;
 * - `reset`: the connection broke before the head of an answer;
 * - `timeout`: the request was sent, and no head of an answer came in time;
 * - `protocol-error`: what came is not HTTP;
 * - `gateway-error`: an answer that {@link AttemptOutcome.accepts} did not take.
 */
export type FailureKind =
  'refused' | 'connect-timeout' | 'exhausted' | 'reset' | 'timeout' | 'protocol-error' | 'gateway-error';

/** An attempt that failed cleanly: the client has seen nothing yet. */
export interface Failure {
  readonly kind: FailureKind;
  /** One sentence for the log and the problem; never holds addresses. */
  readonly detail: string;
  readonly cause?: unknown;
}

/** Nothing of the request reached the instance. */
export const isUnsent = ({ kind }: Pick<Failure, 'kind'>): boolean =>
  kind === 'refused' || kind === 'connect-timeout' || kind === 'exhausted';

const DETAILS: Readonly<Record<FailureKind, string>> = {
  refused: 'no connection to the instance came about',
  'connect-timeout': 'no connection to the instance came about in time',
  exhausted: 'the gateway has no resources left for a connection',
  reset: 'the instance broke the connection before it answered',
  timeout: 'the instance did not answer in time',
  'protocol-error': 'the instance did not answer in valid HTTP/1.1',
  'gateway-error': 'the instance said that it could not answer',
};

export const failureOf = (kind: FailureKind, cause?: unknown): Failure => ({
  kind,
  detail: DETAILS[kind],
  cause,
});
