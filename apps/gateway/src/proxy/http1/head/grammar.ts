/**
 * The grammar of heads (RFC 9110 section 5, RFC 9112 sections 2 to 5) as allow lists: everything not listed here is
 * rejected. Lines end with CRLF only; a value contains no bare CR, LF or NUL and no folded line. The line
 * expressions are sticky: set `lastIndex`, then call `test`.
 */

/** `field-name ":" OWS field-value OWS CRLF`; whitespace before the colon is not allowed. */
export const FIELD_LINE = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n/y;

/**
 * `method SP request-target SP HTTP-version CRLF`. The target is visible ASCII without `#`, because a client must
 * not send a fragment. The form of the target is checked later.
 */
export const REQUEST_LINE = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+ [!\x22\x24-\x7e]+ HTTP\/1\.[01]\r\n/y;

/**
 * `HTTP-version SP status-code [SP reason-phrase] CRLF`. Three-digit codes above 599 are accepted: the client
 * interprets unknown codes (RFC 9110, section 15), and some services use their own.
 */
export const STATUS_LINE = /HTTP\/1\.[01] [1-9]\d\d(?: [\t\x20-\x7e\x80-\xff]*)?\r\n/y;

export const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** `uri-host [":" port]`, without characters that a URL parser could read as user info, a path or a query. */
export const HOST =
  /^(?:\[[0-9A-Fa-f:.]{2,45}\]|(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2}){1,255})(?::\d{1,5})?$/;

/**
 * A whole Content-Length line; the number fits a double exactly. A sign, a list or a hexadecimal number is
 * rejected, and so is a tab, because servers disagree on it (Node rejects one after the digits).
 */
export const CONTENT_LENGTH = /^[^:]+: *\d{1,15} *\r\n$/;

const SPACE = 0x20;
const TAB = 0x09;

/**
 * `text` from `start` to `end` without surrounding spaces and tabs. `String.trim` would also remove U+00A0, which
 * as a byte is part of the value: `chunked\xa0` is not `chunked`.
 */
export function trimmed(text: string, start: number, end: number): string {
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

const isBlank = (code: number): boolean => code === SPACE || code === TAB;

/** The members of a comma-separated list in lower case, without empty members (RFC 9110, section 5.6.1). */
export function listMembers(value: string): string[] {
  return value
    .toLowerCase()
    .split(',')
    .map((member) => trimmed(member, 0, member.length))
    .filter((member) => member !== '');
}
