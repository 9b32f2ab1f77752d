import { internalError, Problem } from '#contracts';
import { NO_SNIFF, NO_SNIFF_HEADER, requestIdFrom } from '#service-kit';
import { httpDate } from '../../http1/head/http-date.js';
import type { RequestHead } from '../../http1/head/request-head.js';
import { headEnd } from '../../http1/head/response-framing.js';
import { problemBody, problemHead } from '../../http1/head/problem-response.js';

/** Produces a response of the gateway itself, head and body, one latin1 character per byte. */
export type OwnResponse = (keepsAlive: boolean) => string;

/**
 * Builds the response to `head`: the result of `found` as JSON, or a problem if it rejects.
 * @param onError called for errors that are not a Problem
 */
export async function ownResponse(
  head: RequestHead,
  found: Promise<object>,
  onError: (error: unknown, requestId: string) => void,
): Promise<OwnResponse> {
  const requestId = requestIdFrom(head.requestId);
  try {
    return json(await found, requestId);
  } catch (error) {
    if (!(error instanceof Problem)) onError(error, requestId);
    const problem =
      error instanceof Problem
        ? error
        : internalError('an unexpected error occurred; the gateway log has details under this request id');
    return problemResponse(problem, head.target, requestId);
  }
}

function json(value: object, requestId: string): OwnResponse {
  const body = asBytes(JSON.stringify(value));
  const fields =
    `HTTP/1.1 200 OK\r\ndate: ${httpDate()}\r\ncontent-type: application/json; charset=utf-8\r\n` +
    `content-length: ${body.length}\r\n${NO_SNIFF_HEADER}: ${NO_SNIFF}\r\nx-request-id: ${requestId}\r\n`;
  return (keepsAlive) => fields + headEnd(keepsAlive) + body;
}

/** The UTF-8 bytes of `text` as a latin1 string. ASCII text, the usual case, is returned unchanged. */
const asBytes = (text: string): string =>
  Buffer.byteLength(text) === text.length ? text : Buffer.from(text).toString('latin1');

function problemResponse(problem: Problem, path: string, requestId: string): OwnResponse {
  const body = problemBody(problem, path, requestId).toString('latin1');
  return (keepsAlive) => problemHead(problem, body.length, { requestId, keepsAlive }) + body;
}
