import { inspect } from 'node:util';

const show = (value) =>
  (typeof value === 'string' ? value : inspect(value, { breakLength: Infinity, depth: 4 })).slice(0, 300);

/** What a check wanted and what it met. */
export class Mismatch extends Error {
  constructor(expected, got, about = '') {
    super(`expected ${show(expected)}, got ${show(got)}`);
    this.expected = show(expected);
    this.got = show(got);
    this.about = about;
  }
}

/** Holds when `condition` does; the words say what was expected and got. */
export function holds(condition, expected, got) {
  if (!condition) throw new Mismatch(expected, got);
}

/** `got` must be `expected`, by value. */
export function equals(what, got, expected) {
  if (JSON.stringify(got) !== JSON.stringify(expected)) throw new Mismatch(expected, got, what);
}

const lineOf = ({ method, path, status, text }) => `${method} ${path} -> ${status} ${text}`;

/** The answer must have one of these status codes; gives it back. */
export function hasStatus(answer, ...expected) {
  if (!expected.includes(answer.status))
    throw new Mismatch(`status ${expected.join(' or ')}`, lineOf(answer));
  return answer;
}

/** The answer's media type must be `type`. */
export function hasType(answer, type) {
  const got = answer.headers.get('content-type') ?? 'no content-type';
  if (got.split(';', 1)[0].trim() !== type) throw new Mismatch(`content-type ${type}`, got, lineOf(answer));
  return answer;
}

/** The object must have these members. */
export function hasMembers(object, ...names) {
  const missing = names.filter((name) => object?.[name] === undefined);
  if (missing.length > 0) throw new Mismatch(`members ${names.join(', ')}`, object);
  return object;
}

/** A page as every list answers it. */
export function isPage(answer) {
  hasMembers(hasStatus(answer, 200).json, 'items', 'nextCursor');
  holds(Array.isArray(answer.json.items), 'items to be an array', answer.json.items);
  return answer.json;
}

const URN = 'urn:msa-gateway:problem:';

/** The answer must be a problem document (RFC 9457) of this status and, if given, of this kind. */
export function isProblem(answer, status, kind) {
  hasType(hasStatus(answer, status), 'application/problem+json');
  const problem = hasMembers(answer.json, 'type', 'title', 'status', 'detail', 'instance', 'requestId');
  equals('status in the body', problem.status, status);
  equals('requestId in the body', problem.requestId, answer.headers.get('x-request-id'));
  holds(problem.type.startsWith(URN), `type to start with ${URN}`, problem.type);
  if (kind) equals('type', problem.type, URN + kind);
  // A service tells its own path, which the gateway knows under its prefix.
  const path = answer.path.split('?')[0];
  const atService = path.replace(/^\/api\/[^/]+/, '') || '/';
  holds(
    [path, atService].includes(problem.instance),
    `instance to be ${path} or ${atService}`,
    problem.instance,
  );
  return problem;
}

/** A validation problem must point at these members. */
export function pointsAt(answer, ...pointers) {
  const { errors } = hasMembers(isProblem(answer, 400), 'errors');
  for (const pointer of pointers)
    holds(
      errors.some((error) => error.pointer === pointer && error.detail),
      `an error at ${pointer}`,
      errors,
    );
}
