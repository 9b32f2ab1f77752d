import { STATUS_CODES } from 'node:http';
import type { Problem } from '#contracts';
import { NO_SNIFF, NO_SNIFF_HEADER } from '#service-kit';
import { httpDate } from './http-date.js';
import { linesOf } from './request-lines.js';
import { headEnd } from './response-framing.js';

/** The body of the response for `problem`. */
export const problemBody = (problem: Problem, path: string, requestId: string): Buffer =>
  Buffer.from(JSON.stringify(problem.toDocument(path, requestId)));

/** The head of the response for `problem`, with a body of `length` bytes. */
export function problemHead(
  { status, headers }: Problem,
  length: number,
  { requestId, keepsAlive }: { readonly requestId: string; readonly keepsAlive: boolean },
): string {
  const { connection: _connection, ...fields } = headers;
  const own = [
    'date',
    httpDate(),
    'content-type',
    'application/problem+json',
    NO_SNIFF_HEADER,
    NO_SNIFF,
    'content-length',
    String(length),
  ];
  return (
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n` +
    linesOf([...Object.entries(fields).flat(), ...own, 'x-request-id', requestId]) +
    headEnd(keepsAlive)
  );
}
