import { CALLER_HEADERS, SCOPES_HEADER } from '#contracts';

/**
 * The fields of an authenticated caller, where services tell callers apart by {@link CALLER_HEADERS}. A caller without any of
 * them gets an empty field for scopes: a service would take it for a request without identity, which it does not limit.
 */
export const markedAsCaller = (fields: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
  CALLER_HEADERS.some((name) => fields.has(name)) ? fields : new Map([...fields, [SCOPES_HEADER, '']]);
