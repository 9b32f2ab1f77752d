import { rewriteCookie, rewriteLocation, type Placement } from '../rules/prefix-rewrite.js';
import { VIA_NAME } from './forwarding-lines.js';
import { httpDate } from './http-date.js';
import { withoutConnectionFields } from './request-lines.js';
import type { ResponseHead } from './response-head.js';

/** Facts that the gateway needs to forward a response. */
export interface ResponseContext extends Placement {
  readonly requestId: string;
}

/** The value of a field that contains a URL or path under the root of the instance, for the client. */
export const placedValue = (lowerName: string, value: string, place: Placement): string =>
  lowerName === 'set-cookie' ? rewriteCookie(value, place) : rewriteLocation(value, place);

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
    lines += `${name}: ${placedValue(name.toLowerCase(), value, facts)}\r\n`;
  if (head.status === UPGRADE_REQUIRED && head.upgrade !== undefined)
    lines += `connection: upgrade\r\nupgrade: ${head.upgrade}\r\n`;
  if (!head.hasDate) lines += `date: ${httpDate()}\r\n`;
  return `${lines}x-request-id: ${facts.requestId}\r\nvia: 1.${head.minor} ${VIA_NAME}\r\n`;
}
