import { malformedRequest } from '../../exchange/problems.js';
import { HOST } from './grammar.js';
import { parseRequestHead } from './parse-request-head.js';
import type { RequestHead } from './request-head.js';

const SLASH = 0x2f;
const ABSOLUTE = /^https?:\/\/([^/?]*)(.*)$/i;

/**
 * Parses a request head and converts its target to origin form.
 * @throws Problem, see {@link parseRequestHead}
 */
export function readRequestHead(text: string): RequestHead {
  const head = parseRequestHead(text);
  useOriginForm(head);
  return head;
}

/**
 * Converts a target in absolute form to origin form; its authority replaces `Host` (RFC 9112, section 3.2.2). Other
 * forms are unchanged.
 * @throws Problem 400 for an invalid authority
 */
function useOriginForm(head: RequestHead): void {
  if (head.target.charCodeAt(0) === SLASH) return;
  const [, authority, rest = ''] = ABSOLUTE.exec(head.target) ?? [];
  if (authority === undefined) return;
  if (!HOST.test(authority)) throw malformedRequest('the request target has no valid host');
  head.host = authority;
  head.target = rest.startsWith('/') ? rest : `/${rest}`;
}
