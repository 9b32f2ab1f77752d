import type { IncomingMessage } from 'node:http';

const FIELD = 'max-forwards';
const COUNT = /^\d{1,9}$/;

/** Whether `Max-Forwards` applies to `method`: only TRACE and OPTIONS use it. */
export const isCounted = (method: string): boolean => method === 'TRACE' || method === 'OPTIONS';

/**
 * Decrements `Max-Forwards`, as each intermediary must (RFC 9110, section 7.6.2). Returns `false` if it was 0: the
 * gateway is then the final recipient.
 */
export function decrementMaxForwards({ method = '', rawHeaders }: IncomingMessage): boolean {
  if (!isCounted(method)) return true;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() !== FIELD || !COUNT.test(rawHeaders[i + 1] ?? '')) continue;
    const left = Number(rawHeaders[i + 1]) - 1;
    if (left < 0) return false;
    rawHeaders[i + 1] = String(left);
  }
  return true;
}
