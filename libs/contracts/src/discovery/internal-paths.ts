/**
 * Metadata key by which an instance declares the internal paths of its service: prefixes on whole segments, separated by
 * commas, such as `/stock-reservations,/admin`. The gateway serves them to registered instances only.
 */
export const INTERNAL_PATHS_KEY = 'gateway.internal-paths';

/** Request header in which a registered instance sends the token of its registration to a gateway. */
export const INSTANCE_TOKEN_HEADER = 'x-instance-token';

// Unreserved characters only (RFC 3986, section 2.3). A wildcard would be compared as it is and match nothing, so it is
// refused. A segment of dots is no name.
const PREFIX = /^(?:\/|(?:\/(?!\.+(?:\/|$))[\w.~-]+)+\/?)$/;

/** The prefixes that `declared` names; `undefined` when one of them is malformed. */
export function internalPathsIn(declared: string): readonly string[] | undefined {
  const prefixes = declared.split(',').map((prefix) => prefix.trim());
  return prefixes.every((prefix) => PREFIX.test(prefix)) ? prefixes : undefined;
}
