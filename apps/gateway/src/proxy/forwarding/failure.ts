/**
 * Why an attempt failed before anything of an answer reached the client.
 * - `refused`: no connection came about, so nothing was sent;
 * - `connect-timeout`: the same, after a wait;
 * - `reset`: the connection broke before the head of an answer;
 * - `timeout`: the request was sent, and no head of an answer came in time;
 * - `protocol-error`: what came is not HTTP.
 */
export type FailureKind = 'refused' | 'connect-timeout' | 'reset' | 'timeout' | 'protocol-error';

/** An attempt that failed cleanly: the client has seen nothing yet. */
export interface Failure {
  readonly kind: FailureKind;
  /** One sentence for the log and the problem; never holds addresses. */
  readonly detail: string;
  readonly cause?: unknown;
}

/** Nothing of the request reached the instance. */
export const isUnsent = ({ kind }: Failure): boolean => kind === 'refused' || kind === 'connect-timeout';
