import { Problem, type ProblemDetailError } from '#contracts';
import type { Order } from '#shop-contracts';
import { viewOf, type StoredOrder } from '../model/stored-order.js';

/** The stored response to a request for an order. */
export type StoredResponse = PlacedResponse | RefusedResponse;

export interface PlacedResponse {
  readonly kind: 'placed';
  readonly status: 201 | 202;
  readonly order: Order;
  readonly version: number;
  readonly namesVersion?: number;
}

interface RefusedResponse {
  readonly kind: 'refused';
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly ProblemDetailError[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

/**
 * The response for an order: 202 while it is pending and for an order that was accepted and rejected later,
 * else 201.
 */
export const placedResponseOf = (order: StoredOrder): PlacedResponse => ({
  kind: 'placed',
  status: order.status === 'pending' || order.status === 'rejected' ? 202 : 201,
  order: viewOf(order),
  version: order.version,
  ...(order.namesVersion !== undefined && { namesVersion: order.namesVersion }),
});

/** The form in which a refusal is stored. */
export const refusedResponseOf = (problem: Problem): RefusedResponse => ({
  kind: 'refused',
  code: problem.code,
  status: problem.status,
  title: problem.title,
  detail: problem.message,
  ...(problem.errors && { errors: problem.errors }),
  extensions: problem.extensions,
});

/** Restores a stored refusal; `headers` mark it as replayed. */
export const replayedProblem = (
  { detail, errors, extensions, ...kind }: RefusedResponse,
  headers: Readonly<Record<string, string>>,
): Problem => new Problem(kind, detail, { ...(errors && { errors }), extensions, headers });
