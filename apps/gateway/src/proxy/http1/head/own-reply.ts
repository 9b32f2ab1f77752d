import { STATUS_CODES } from 'node:http';
import { Problem } from '#contracts';
import { NO_SNIFF, NO_SNIFF_HEADER, pathOf } from '#service-kit';
import type { Reply } from '../../exchange/stage.js';
import { httpDate } from './http-date.js';
import { EditableFields } from './editable-fields.js';

/** Statuses whose responses have no content, and therefore no length (RFC 9110, section 8.6). */
const WITHOUT_CONTENT: ReadonlySet<number> = new Set([204, 304]);

const EMPTY = Buffer.alloc(0);

/** `reply` as a complete response to the request for `target`. */
export function completeReply(reply: Reply | Problem, target: string, requestId: string): Reply {
  if (!(reply instanceof Problem))
    return WITHOUT_CONTENT.has(reply.status) ? { ...reply, body: EMPTY } : reply;
  const { connection: _connection, ...fields } = reply.headers;
  return {
    status: reply.status,
    fields: { ...fields, 'content-type': 'application/problem+json' },
    body: Buffer.from(JSON.stringify(reply.toDocument(pathOf(target), requestId))),
  };
}

/** The field lines of `reply` that stages may edit. @throws TypeError for a field that a reply cannot have */
export function replyLines({ fields, lines: stored }: Reply): string {
  if (stored !== undefined) return stored;
  const lines = new EditableFields('');
  for (const name in fields) lines.append(name, fields[name] as string);
  lines.append(NO_SNIFF_HEADER, NO_SNIFF);
  return lines.toString();
}

/** The field lines that the gateway adds to every reply, after those of {@link replyLines}. */
export function ownLines({ status, body, lines }: Reply, requestId: string): string {
  const date = lines === undefined ? `date: ${httpDate()}\r\n` : '';
  const length = WITHOUT_CONTENT.has(status) ? '' : `content-length: ${body.length}\r\n`;
  return `${date}${length}x-request-id: ${requestId}\r\n`;
}

/** `200 OK`. */
export const statusText = (status: number): string => `${status} ${STATUS_CODES[status] ?? ''}`;

/** Whether the connection must close after `reply`. */
export const endsConnection = (reply: Reply | Problem): boolean =>
  reply instanceof Problem && reply.headers.connection === 'close';
