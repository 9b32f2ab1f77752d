import { SERVICE_NAME } from '#contracts';
import { FIELD_NAME } from './names.js';
import { fieldName } from './text-shapes.js';
import {
  list,
  mapping,
  named,
  optional,
  pattern,
  refined,
  report,
  required,
  text,
  type Shape,
  type ValueOf,
} from './shapes.js';

/**
 * Paths that servers read in different ways: dot segments, empty segments, backslashes, parameters of segments,
 * encoded letters, digits, dots, separators, question marks and controls, encoded spaces at the end of a segment, and
 * what a second decoding would make of them. Where a policy depends on the path, such a path is refused: the policy and
 * the instance could see different paths.
 */
export const AMBIGUOUS_PATH =
  /\/\/|[\\;]|\/\.{1,2}(?:\/|$)|%(?:[01][0-9a-f]|2[def]|3[0-9bf]|4[1-9a-f]|5[0-9acf]|6[1-9a-f]|7[0-9aef]|25[0-9a-f]{2}|20(?:\/|$))/i;

export const PATH = text(
  (value) =>
    /^\/[\x21\x22\x24-\x3e\x40-\x7e]*$/.test(value) && !AMBIGUOUS_PATH.test(value) ? value : undefined,
  'a path that begins with "/", as clients send it, without query, dot segments and needless encoding',
  { pattern: '^/' },
);

const method = pattern(/^[A-Z][A-Z-]{0,31}$/, 'a method in upper case');

/** Services respond to HEAD as to GET, so a policy for GET must hold for both. */
const methods = refined(list(method), (names) =>
  names.includes('GET') && !names.includes('HEAD') ? [...names, 'HEAD'] : names,
);

/** A path, or the paths that begin with its segments. */
export interface PathMatch {
  readonly isExact: boolean;
  /** A prefix has no slash at its end. */
  readonly path: string;
}

const pathMatch = refined(
  mapping({
    prefix: optional(PATH, {
      en: 'The path begins with these segments.',
      ko: '경로가 이 세그먼트들로 시작합니다.',
    }),
    exact: optional(PATH, { en: 'The path is this one.', ko: '경로가 이것과 같습니다.' }),
  }),
  ({ prefix, exact }, place): PathMatch | undefined => {
    if (exact !== undefined && prefix === undefined) return { isExact: true, path: exact };
    if (prefix !== undefined && exact === undefined)
      return { isExact: false, path: prefix.replace(/\/$/, '') };
    return report(place, `${place.path} must have either "prefix" or "exact"`);
  },
);

const exactValue = text((value) => value, 'a text');

export const serviceName: Shape<string> = pattern(SERVICE_NAME, 'the name of a service');

/** Conditions on a request, all of which must hold. */
export const ROUTE_MATCH = mapping({
  service: required(serviceName, { en: 'Service in the path.', ko: '경로에 있는 서비스.' }),
  path: optional(pathMatch, {
    en: 'Condition on the path after the service.',
    ko: '서비스 뒤의 경로에 대한 조건.',
  }),
  methods: optional(methods, {
    en: 'One of these methods; `GET` includes `HEAD`.',
    ko: '이 메서드 가운데 하나. `GET`은 `HEAD`를 포함합니다.',
  }),
  headers: optional(named(FIELD_NAME, fieldName.accepted, exactValue), {
    en: 'Header fields with exactly these values.',
    ko: '값이 정확히 같아야 하는 헤더.',
  }),
  query: optional(named(/^[^\0-\x1f]{1,128}$/, 'the name of a query parameter', exactValue), {
    en: 'Query parameters with exactly these values.',
    ko: '값이 정확히 같아야 하는 쿼리 매개변수.',
  }),
});

export type RouteMatch = ValueOf<typeof ROUTE_MATCH>;

export const ROUTE_TARGET = mapping({
  service: required(serviceName, {
    en: 'Service whose instances receive the requests.',
    ko: '요청을 받는 서비스.',
  }),
});

/** A text that is equal for matches that no request can tell apart. */
export const matchKey = (match: RouteMatch): string =>
  JSON.stringify([match.service, pathKey(match), [...new Set(match.methods)].sort(), ...conditionsOf(match)]);

export const EVERY_PATH: PathMatch = { isExact: false, path: '' };

export const pathKey = ({ path: { isExact, path } = EVERY_PATH }: RouteMatch): string =>
  `${isExact ? '=' : '^'}${path}`;

const conditionsOf = ({ headers, query }: RouteMatch): string[][][] => [
  [...(headers ?? [])].map(([name, value]) => [name.toLowerCase(), value]).sort(),
  [...(query ?? [])].map(([name, value]) => [name, value]).sort(),
];

const conditionCount = ({ headers, query }: RouteMatch): number => (headers?.size ?? 0) + (query?.size ?? 0);

/** Orders matches of one service: the most specific first. Equal ones keep their order in the file. */
export function compareMatches(a: RouteMatch, b: RouteMatch): number {
  const [pathA, pathB] = [a.path ?? EVERY_PATH, b.path ?? EVERY_PATH];
  if (pathA.isExact !== pathB.isExact) return pathA.isExact ? -1 : 1;
  if (!pathA.isExact && pathA.path.length !== pathB.path.length) return pathB.path.length - pathA.path.length;
  if ((a.methods === undefined) !== (b.methods === undefined)) return a.methods ? -1 : 1;
  return conditionCount(b) - conditionCount(a);
}

/** The match of a route as the file declares it. */
export const describeMatch = ({
  path,
  methods,
  headers,
  query,
}: RouteMatch): Readonly<Record<string, unknown>> => ({
  ...(path && { path: path.isExact ? { exact: path.path } : { prefix: path.path || '/' } }),
  ...(methods && { methods }),
  ...(headers && { headers: Object.fromEntries(headers) }),
  ...(query && { query: Object.fromEntries(query) }),
});
