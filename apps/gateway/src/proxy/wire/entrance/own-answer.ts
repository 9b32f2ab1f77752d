import { internalError, Problem } from '#contracts';
import { NO_SNIFF, NO_SNIFF_HEADER, requestIdFrom } from '#service-kit';
import { httpDate } from '../head/http-date.js';
import type { RequestHead } from '../head/request-head.js';
import { headEnd } from './answer-head.js';
import { problemBody, problemHead } from './problem-text.js';

/** An answer of the gateway itself, head and body, a character for each byte. */
export type OwnAnswer = (keepsAlive: boolean) => string;

/** Answers the request of `head` with what `found` comes to, as JSON; with a problem where it fails. */
export async function ownAnswer(
  head: RequestHead,
  found: Promise<object>,
  onError: (error: unknown, requestId: string) => void,
): Promise<OwnAnswer> {
  const requestId = requestIdFrom(head.requestId);
  try {
    return json(await found, requestId);
  } catch (error) {
    if (!(error instanceof Problem)) onError(error, requestId);
    const problem =
      error instanceof Problem ? error : internalError('something went wrong here; the log has more');
    return problemAnswer(problem, head.target, requestId);
  }
}

function json(value: object, requestId: string): OwnAnswer {
  const body = asBytes(JSON.stringify(value));
  const fields =
    `HTTP/1.1 200 OK\r\ndate: ${httpDate()}\r\ncontent-type: application/json; charset=utf-8\r\n` +
    `content-length: ${body.length}\r\n${NO_SNIFF_HEADER}: ${NO_SNIFF}\r\nx-request-id: ${requestId}\r\n`;
  return (keepsAlive) => fields + headEnd(keepsAlive) + body;
}

/** The bytes of `text` in UTF-8, as text: as a rule it is ASCII, and stays as it is. */
const asBytes = (text: string): string =>
  Buffer.byteLength(text) === text.length ? text : Buffer.from(text).toString('latin1');

function problemAnswer(problem: Problem, path: string, requestId: string): OwnAnswer {
  const body = problemBody(problem, path, requestId).toString('latin1');
  return (keepsAlive) => problemHead(problem, body.length, { requestId, keepsAlive }) + body;
}
