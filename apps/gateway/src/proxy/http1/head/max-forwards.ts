import type { RequestHead } from './request-head.js';

const COUNTS = /^(max-forwards:[\t ]*)(\d{1,9})(?=[\t ]*\r\n)/gim;

/**
 * Decrements `Max-Forwards`, as each intermediary must (RFC 9110, section 7.6.2). Returns `false` if it was 0: the
 * gateway is then the final recipient.
 */
export function decrementMaxForwards(head: RequestHead): boolean {
  if (!head.countsForwards) return true;
  let isLeft = true;
  head.fields = head.fields.replace(COUNTS, (_line, name: string, count: string) => {
    isLeft &&= Number(count) > 0;
    return `${name}${Number(count) - 1}`;
  });
  return isLeft;
}
