import { inspect } from 'node:util';

const show = (value) =>
  (typeof value === 'string' ? value : inspect(value, { breakLength: Infinity, depth: 4 })).slice(0, 300);

/** What a check expected and what it got. */
export class Mismatch extends Error {
  constructor(expected, got, about = '') {
    super(`expected ${show(expected)}, got ${show(got)}`);
    this.expected = show(expected);
    this.got = show(got);
    this.about = about;
  }
}

/** `condition` must be true; the other parameters describe what was expected and got. */
export function satisfies(condition, expected, got) {
  if (!condition) throw new Mismatch(expected, got);
}

/** `got` must be `expected`, by value. */
export function equals(what, got, expected) {
  if (JSON.stringify(got) !== JSON.stringify(expected)) throw new Mismatch(expected, got, what);
}

const lineOf = ({ method, path, status, text }) => `${method} ${path} -> ${status} ${text}`;

/** The response must have one of these status codes. Returns the response. */
export function hasStatus(response, ...expected) {
  if (!expected.includes(response.status))
    throw new Mismatch(`status ${expected.join(' or ')}`, lineOf(response));
  return response;
}

/** The media type of the response must be `type`. */
export function hasType(response, type) {
  const got = response.headers.get('content-type') ?? 'no content-type';
  if (got.split(';', 1)[0].trim() !== type) throw new Mismatch(`content-type ${type}`, got, lineOf(response));
  return response;
}

/** The object must have these members. */
export function hasMembers(object, ...names) {
  const missing = names.filter((name) => object?.[name] === undefined);
  if (missing.length > 0) throw new Mismatch(`members ${names.join(', ')}`, object);
  return object;
}

/** The response must be a page, as every list returns it. */
export function isPage(response) {
  hasMembers(hasStatus(response, 200).json, 'items', 'nextCursor');
  satisfies(Array.isArray(response.json.items), 'items to be an array', response.json.items);
  return response.json;
}

const URN = 'urn:msa-gateway:problem:';

/** The response must be a problem document (RFC 9457) of this status and, if given, of this kind. */
export function isProblem(response, status, kind) {
  hasType(hasStatus(response, status), 'application/problem+json');
  const problem = hasMembers(response.json, 'type', 'title', 'status', 'detail', 'instance', 'requestId');
  equals('status in the body', problem.status, status);
  equals('requestId in the body', problem.requestId, response.headers.get('x-request-id'));
  satisfies(problem.type.startsWith(URN), `type to start with ${URN}`, problem.type);
  if (kind) equals('type', problem.type, URN + kind);
  // A service reports its own path, without the gateway's prefix.
  const path = response.path.split('?')[0];
  const atService = path.replace(/^\/api\/[^/]+/, '') || '/';
  satisfies(
    [path, atService].includes(problem.instance),
    `instance to be ${path} or ${atService}`,
    problem.instance,
  );
  return problem;
}

/** The response must be a validation problem that points at these members. */
export function pointsAt(response, ...pointers) {
  const { errors } = hasMembers(isProblem(response, 400), 'errors');
  for (const pointer of pointers)
    satisfies(
      errors.some((error) => error.pointer === pointer && error.detail),
      `an error at ${pointer}`,
      errors,
    );
}
