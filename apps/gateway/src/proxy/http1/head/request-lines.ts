import { isProtected } from '../rules/field-names.js';
import type { Peer } from '../rules/peer.js';
import { withoutFields } from './field-lines.js';
import type { RequestHead } from './request-head.js';

/** Connection options for which no field is removed (RFC 9110, section 7.6.1). */
const NAMELESS = new Set(['close', 'keep-alive', 'upgrade']);

/** `fields` without those listed in Connection; protected fields stay. */
export function withoutConnectionFields(fields: string, connection: readonly string[]): string {
  if (connection.every((option) => NAMELESS.has(option))) return fields;
  return withoutFields(fields, new Set(connection.filter((option) => !isProtected(option))));
}

/** Converts a flat list of fields (name, value, name, …) to field lines. */
export function linesOf(flat: readonly string[]): string {
  let lines = '';
  for (let i = 0; i < flat.length; i += 2) lines += `${flat[i] ?? ''}: ${flat[i + 1] ?? ''}\r\n`;
  return lines;
}

/** The client's field lines that an instance receives: all except those of the client's connection. */
export function passingLines(head: RequestHead, peer: Peer): string {
  const lines =
    head.connection.length === 0 ? head.fields : withoutConnectionFields(head.fields, head.connection);
  const claims = peer.isTrusted ? head.claims : '';
  return head.acceptsTrailers ? `${lines}${claims}te: trailers\r\n` : lines + claims;
}

/** The body framing line of the upstream request. */
export function framingLines({ isChunked, contentLength }: RequestHead): string {
  if (isChunked) return 'transfer-encoding: chunked\r\n';
  return contentLength === -1 ? '' : `content-length: ${contentLength}\r\n`;
}
