import { REQUEST_TIMEOUT_HEADER } from '#contracts';

/** What decides how long an exchange may take. */
export interface TimeLimited {
  readonly isFromTrustedPeer: boolean;
  header(name: string): string | undefined;
}

const MILLISECONDS = /^\d{1,9}$/;

/**
 * How long an exchange may take, milliseconds; `undefined` without a limit. A trusted caller that waits no longer than it
 * says may shorten what the policy allows, never lengthen it. Strangers are not asked.
 */
export function timeLimitOf(exchange: TimeLimited, totalMs: number): number | undefined {
  const own = totalMs > 0 ? totalMs : undefined;
  const told = exchange.isFromTrustedPeer ? exchange.header(REQUEST_TIMEOUT_HEADER) : undefined;
  if (told === undefined || !MILLISECONDS.test(told)) return own;
  return Math.min(Number(told), own ?? Infinity);
}
