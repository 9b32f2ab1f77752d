import { REQUEST_TIMEOUT_HEADER } from '#contracts';

/** The facts that determine the time limit of an exchange. */
export interface TimeLimited {
  readonly isFromTrustedPeer: boolean;
  header(name: string): string | undefined;
}

const MILLISECONDS = /^\d{1,9}$/;

/**
 * Time limit of an exchange, in milliseconds; `undefined` without a limit. A trusted caller may shorten the limit of
 * the policy, never extend it. The field is ignored for other callers.
 */
export function timeLimitOf(exchange: TimeLimited, totalMs: number): number | undefined {
  const own = totalMs > 0 ? totalMs : undefined;
  const told = exchange.isFromTrustedPeer ? exchange.header(REQUEST_TIMEOUT_HEADER) : undefined;
  if (told === undefined || !MILLISECONDS.test(told)) return own;
  return Math.min(Number(told), own ?? Infinity);
}
