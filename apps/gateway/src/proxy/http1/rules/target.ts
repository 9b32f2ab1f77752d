export const API_PREFIX = '/api';
const SERVICE_START = API_PREFIX.length + 1;

/** Whether a target in origin form is proxied: `/api` itself and everything under it. */
export function isProxied(target: string): boolean {
  if (!target.startsWith(API_PREFIX)) return false;
  const next = target.charCodeAt(API_PREFIX.length);
  return Number.isNaN(next) || next === 0x2f /* / */ || next === 0x3f; /* ? */
}

/** End of the path of `target`: its query, if it has one. */
export function pathEnd(target: string): number {
  const query = target.indexOf('?');
  return query === -1 ? target.length : query;
}

/** End of the service name in a target under `/api/`; the rest is the upstream target. */
export function serviceEnd(target: string): number {
  const end = pathEnd(target);
  const slash = target.indexOf('/', SERVICE_START);
  return slash === -1 || slash > end ? end : slash;
}

/** The service name as sent; empty for `/api` and `/api/`. */
export const serviceOf = (target: string, end: number): string => target.slice(SERVICE_START, end);

/** Forwards `/api/{service}` as `/`, with its query. */
export const upstreamTargetOf = (target: string, end: number): string =>
  target.charCodeAt(end) === 0x2f ? target.slice(end) : `/${target.slice(end)}`;
