import { VIA_NAME } from '../rules/request-headers.js';
import type { ResponseContext } from '../rules/response-headers.js';
import { responseValue } from '../rules/response-headers.js';
import { withoutFields } from './field-lines.js';
import { httpDate } from './http-date.js';
import { withoutConnectionFields } from './request-lines.js';
import type { ResponseHead } from './response-head.js';

/** This response must name the required protocols (RFC 9110, section 15.5.22), which may be used in a tunnel. */
const UPGRADE_REQUIRED = 426;

/**
 * The field lines of an upstream response for the client, without those that depend on the client's connection:
 * forwarded fields, then `Location`, `Content-Location` and `Set-Cookie` rewritten for the prefix, then the
 * gateway's own.
 */
export function responseLines(head: ResponseHead, facts: ResponseContext): string {
  let lines =
    head.connection.length === 0 ? head.fields : withoutConnectionFields(head.fields, head.connection);
  for (const { name, value } of head.placed)
    lines += `${name}: ${responseValue(name.toLowerCase(), value, facts) ?? value}\r\n`;
  if (head.status === UPGRADE_REQUIRED && head.upgrade !== undefined)
    lines += `connection: upgrade\r\nupgrade: ${head.upgrade}\r\n`;
  if (!head.hasDate) lines += `date: ${httpDate()}\r\n`;
  return `${lines}x-request-id: ${facts.requestId}\r\nvia: 1.${head.minor} ${VIA_NAME}\r\n`;
}

const TRAILER: ReadonlySet<string> = new Set(['trailer']);

/** `lines` without `Trailer`, for a body that is sent unchunked and without trailers (RFC 9112, section 7.1.3). */
export const withoutTrailer = (lines: string): string =>
  /^trailer:/im.test(lines) ? withoutFields(lines, TRAILER) : lines;
