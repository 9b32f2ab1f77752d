import { errorProperties } from './error-properties.js';

const CODES: ReadonlySet<string | undefined> = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS']);

/**
 * Whether a system call failed because this process or machine has no descriptor, port or buffer left. The peer is
 * not the cause.
 */
export function isLocalExhaustion(error: unknown): boolean {
  // A connection to a name tries every address. One that failed for another reason means that an attempt was made.
  if (error instanceof AggregateError) return error.errors.every(isLocalExhaustion);
  return CODES.has(errorProperties(error).code);
}

/**
 * Whether the machine has no local address or port for the peer: every port to this destination is in use, or the
 * machine lacks the address family (an IPv6 peer without IPv6), which waiting does not cure. An earlier
 * connection to the peer distinguishes the two.
 */
export function isAddressUnavailable(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isAddressUnavailable);
  return errorProperties(error).code === 'EADDRNOTAVAIL';
}
