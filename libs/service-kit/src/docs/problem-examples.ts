import { STATUS_CODES } from 'node:http';
import {
  bodyTooLarge,
  notFound,
  preconditionFailed,
  unsupportedMediaType,
  validationFailed,
  type ProblemFactory,
} from '#contracts';

/** Problems that every app has, by status. */
const COMMON_PROBLEMS = {
  400: validationFailed,
  404: notFound,
  412: preconditionFailed,
  413: bodyTooLarge,
  415: unsupportedMediaType,
} as const;

/** A status that stands for its common problem. */
export type CommonProblemStatus = keyof typeof COMMON_PROBLEMS;

const PROBLEM = { $ref: '#/components/schemas/Problem' };
const ERRORS = [{ pointer: '/member', detail: 'what is wrong with this member' }];

/**
 * The responses of an operation that are problems, by status, each with its schema and one example per kind.
 * @param problems a status stands for the problem that every app has for it
 */
export function problemResponses(
  problems: readonly (CommonProblemStatus | ProblemFactory)[],
): Readonly<Record<string, object>> {
  const byStatus = new Map<number, ProblemFactory[]>();
  for (const each of problems) {
    const problem = typeof each === 'number' ? COMMON_PROBLEMS[each] : each;
    byStatus.set(problem.kind.status, [...(byStatus.get(problem.kind.status) ?? []), problem]);
  }
  return Object.fromEntries([...byStatus].map(([status, kinds]) => [status, responseOf(status, kinds)]));
}

const responseOf = (status: number, kinds: readonly ProblemFactory[]): object => ({
  description: STATUS_CODES[status],
  content: {
    'application/problem+json': {
      schema: PROBLEM,
      examples: Object.fromEntries(kinds.map((problem) => [problem.kind.code, exampleOf(problem)])),
    },
  },
});

function exampleOf(problem: ProblemFactory): object {
  const errors = problem === validationFailed ? { errors: ERRORS } : {};
  const value = problem('what is wrong with this request', errors);
  return {
    summary: problem.kind.title,
    value: value.toDocument('/the/path', '0197c0de-0000-7000-8000-000000000000'),
  };
}
