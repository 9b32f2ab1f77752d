import { internalError, Problem } from '#contracts';
import { requestIdFrom } from '#service-kit';
import { httpDate } from '../head/http-date.js';
import type { RequestHead } from '../head/request-head.js';
import { headEnd } from './answer-head.js';
import { problemBody, problemHead } from './problem-text.js';

/** An answer of the gateway itself. */
export interface OwnAnswer {
  readonly body: Buffer;
  head(keepsAlive: boolean): string;
}

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
  const body = Buffer.from(JSON.stringify(value));
  const fields =
    `HTTP/1.1 200 OK\r\ndate: ${httpDate()}\r\ncontent-type: application/json; charset=utf-8\r\n` +
    `content-length: ${body.length}\r\nx-request-id: ${requestId}\r\n`;
  return { body, head: (keepsAlive) => fields + headEnd(keepsAlive) };
}

function problemAnswer(problem: Problem, path: string, requestId: string): OwnAnswer {
  const body = problemBody(problem, path, requestId);
  return { body, head: (keepsAlive) => problemHead(problem, body.length, { requestId, keepsAlive }) };
}
