import { Problem, type Order, type ProblemDetailError } from '#contracts';

/** How a request for an order was answered. */
export type StoredAnswer = PlacedAnswer | RefusedAnswer;

export interface PlacedAnswer {
  readonly kind: 'placed';
  readonly status: 201 | 202;
  readonly order: Order;
  readonly version: number;
}

interface RefusedAnswer {
  readonly kind: 'refused';
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly ProblemDetailError[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** A refusal, to be kept. */
export const refusedAnswerOf = (problem: Problem): RefusedAnswer => ({
  kind: 'refused',
  code: problem.code,
  status: problem.status,
  title: problem.title,
  detail: problem.message,
  ...(problem.errors && { errors: problem.errors }),
  extensions: problem.extensions,
});

/** The refusal again; `headers` mark it as a repetition. */
export const toProblem = (
  { detail, errors, extensions, ...kind }: RefusedAnswer,
  headers: Readonly<Record<string, string>>,
): Problem => new Problem(kind, detail, { ...(errors && { errors }), extensions, headers });
