/**
 * Why an attempt failed before any part of a response reached the client.
 * - `refused`: the connection could not be established, so nothing was sent;
 * - `connect-timeout`: the same, after a time-out;
 * - `queue-timeout`: too many connections to the instance were connecting, so none was started in time;
 * - `exhausted`: this gateway had no descriptor, port or buffer for a connection; no fault of the instance;
 * - `reset`: the connection broke before the response head;
 * - `timeout`: the request was sent, but no response head arrived in time;
 * - `protocol-error`: the response is not valid HTTP;
 * - `gateway-error`: {@link AttemptOutcome.accepts} rejected the response.
 */
export type FailureKind =
  | 'refused'
  | 'connect-timeout'
  | 'queue-timeout'
  | 'exhausted'
  | 'reset'
  | 'timeout'
  | 'protocol-error'
  | 'gateway-error';

/** A failed attempt of which the client has seen nothing. */
export interface Failure {
  readonly kind: FailureKind;
  /** One sentence for the log and the problem; never holds addresses. */
  readonly detail: string;
  readonly cause?: unknown;
  /** Status of the response that was rejected. */
  readonly status?: number;
}

/** No part of the request reached the instance. */
export const isUnsent = ({ kind }: Pick<Failure, 'kind'>): boolean =>
  kind === 'refused' || kind === 'connect-timeout' || kind === 'queue-timeout' || kind === 'exhausted';

const DETAILS: Readonly<Record<FailureKind, string>> = {
  refused: 'no connection to the instance could be established',
  'connect-timeout': 'the connection to the instance timed out',
  'queue-timeout': 'too many connections to the instance were being opened',
  exhausted: 'the gateway has no resources left for connections to instances',
  reset: 'the instance closed the connection before it sent a response',
  timeout: 'the instance sent no response in time',
  'protocol-error': 'the instance sent an invalid HTTP/1.1 response',
  'gateway-error': 'the instance responded with a gateway error',
};

export const failureOf = (kind: FailureKind, cause?: unknown): Failure => ({
  kind,
  detail: DETAILS[kind],
  cause,
});

/** The failure of an attempt whose response was rejected because of its status. */
export const rejectedResponse = (status: number): Failure => ({
  kind: 'gateway-error',
  detail: DETAILS['gateway-error'],
  status,
});
