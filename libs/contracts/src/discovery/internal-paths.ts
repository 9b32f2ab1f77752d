/**
 * Metadata key that declares the internal paths of a service: comma-separated prefixes that match whole segments,
 * such as `/stock-reservations,/admin`. The gateway forwards requests for them only from registered instances.
 */
export const INTERNAL_PATHS_KEY = 'gateway.internal-paths';

/** Request header that carries the token of a registered instance to a gateway. */
export const INSTANCE_TOKEN_HEADER = 'x-instance-token';

// Unreserved characters only (RFC 3986, section 2.3). A wildcard is rejected: it would be compared literally and
// match nothing. A segment of dots is not a name.
const PREFIX = /^(?:\/|(?:\/(?!\.+(?:\/|$))[\w.~-]+)+\/?)$/;

/** The prefixes in `declared`; `undefined` when one of them is malformed. */
export function internalPathsIn(declared: string): readonly string[] | undefined {
  const prefixes = declared.split(',').map((prefix) => prefix.trim());
  return prefixes.every((prefix) => PREFIX.test(prefix)) ? prefixes : undefined;
}
