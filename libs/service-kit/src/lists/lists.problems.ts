import { defineProblem, type Problem } from '#contracts';

/** The cursor of a list is not from an earlier page of it. */
export const invalidCursorKind = defineProblem('invalid-cursor', 400, 'Invalid cursor');

export function invalidCursor(): Problem {
  const detail = 'the cursor must be the nextCursor of an earlier page of the same list, filters and sort';
  return invalidCursorKind(detail, { errors: [{ pointer: '/cursor', detail }] });
}
