import { isProtected } from '../rules/field-names.js';
import type { Peer } from '../rules/peer.js';
import { withoutFields } from './field-lines.js';
import { trimmed } from './grammar.js';
import type { RequestHead } from './request-head.js';

/** Connection options for which no field is removed (RFC 9110, section 7.6.1). */
const NAMELESS = new Set(['close', 'keep-alive', 'upgrade']);

/** `fields` without those listed in Connection; protected fields stay. */
export function withoutConnectionFields(fields: string, connection: readonly string[]): string {
  if (connection.every((option) => NAMELESS.has(option))) return fields;
  return withoutFields(fields, new Set(connection.filter((option) => !isProtected(option))));
}

/**
 * Converts field lines to a flat list (name, value, name, …), the form of node:http.
 * @param from offset of the first line @param to offset after the last one
 */
export function flatFields(text: string, from = 0, to = text.length): string[] {
  const flat: string[] = [];
  for (let at = from; at < to;) {
    const end = text.indexOf('\r\n', at);
    const colon = text.indexOf(':', at);
    flat.push(text.slice(at, colon), trimmed(text, colon + 1, end));
    at = end + 2;
  }
  return flat;
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
