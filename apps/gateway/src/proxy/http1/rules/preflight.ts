/** A request, as far as it can be a preflight. */
interface MaybePreflight {
  readonly method: string;
  header(name: string): string | undefined;
}

/**
 * The method of the request that a CORS preflight announces; `undefined` for any other request. (Fetch standard,
 * section "HTTP requests".)
 */
export function announcedMethod(request: MaybePreflight): string | undefined {
  if (request.method !== 'OPTIONS' || request.header('origin') === undefined) return undefined;
  return request.header('access-control-request-method');
}
