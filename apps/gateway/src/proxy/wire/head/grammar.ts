/**
 * The grammar of heads (RFC 9110 section 5, RFC 9112 sections 2 to 5) as white lists: what is not spelled out here is
 * refused. Lines end with CRLF only; a value holds no bare CR, LF or NUL and no folded line. All are sticky: set
 * `lastIndex`, then `test`.
 */

/** `field-name ":" OWS field-value OWS CRLF`; there is no room for a blank before the colon. */
export const FIELD_LINE = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n/y;

/**
 * `method SP request-target SP HTTP-version CRLF`. The target is visible ASCII without `#`, which no client may send;
 * its form is looked at later.
 */
export const REQUEST_LINE = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+ [!\x22\x24-\x7e]+ HTTP\/1\.[01]\r\n/y;

/**
 * `HTTP-version SP status-code [SP reason-phrase] CRLF`. Three digits are a status, also beyond 599: what is not known of it
 * is the client's to judge (RFC 9110, section 15), and some services have answers of their own there.
 */
export const STATUS_LINE = /HTTP\/1\.[01] [1-9]\d\d(?: [\t\x20-\x7e\x80-\xff]*)?\r\n/y;

export const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** `uri-host [":" port]`, and nothing that a parser of URLs could take for user-info, a path or a query. */
export const HOST =
  /^(?:\[[0-9A-Fa-f:.]{2,45}\]|(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2}){1,255})(?::\d{1,5})?$/;

/**
 * A whole line with digits that a double holds exactly; a sign, a list or a hexadecimal number is not among them, nor is a
 * tab, at which servers part (Node's refuses one behind the digits).
 */
export const CONTENT_LENGTH = /^[^:]+: *\d{1,15} *\r\n$/;

/** The value of such a line. */
export const LENGTH_DIGITS = /^\d{1,15}$/;

const SPACE = 0x20;
const TAB = 0x09;

/**
 * `text` from `start` to `end` without the blanks around it. Not `String.trim`, which also takes away U+00A0: as a byte
 * that is part of a value, and `chunked\xa0` is not `chunked`.
 */
export function trimmed(text: string, start: number, end: number): string {
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

const isBlank = (code: number): boolean => code === SPACE || code === TAB;

/** The members of a comma-separated list, in lower case; empty ones do not count (RFC 9110, section 5.6.1). */
export function listMembers(value: string): string[] {
  return value
    .toLowerCase()
    .split(',')
    .map((member) => trimmed(member, 0, member.length))
    .filter((member) => member !== '');
}
