import type { IncomingMessage } from 'node:http';

const FIELD = 'max-forwards';
const COUNT = /^\d{1,9}$/;

/** Whether `Max-Forwards` means something to `method`: the two by which a client follows the way of a request. */
export const isCounted = (method: string): boolean => method === 'TRACE' || method === 'OPTIONS';

/**
 * Takes one off `Max-Forwards`, as everybody does who forwards the request (RFC 9110, section 7.6.2). `false`: there is
 * nothing left of it, and the request is for who has it now.
 */
export function takeForward({ method = '', rawHeaders }: IncomingMessage): boolean {
  if (!isCounted(method)) return true;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() !== FIELD || !COUNT.test(rawHeaders[i + 1] ?? '')) continue;
    const left = Number(rawHeaders[i + 1]) - 1;
    if (left < 0) return false;
    rawHeaders[i + 1] = String(left);
  }
  return true;
}
