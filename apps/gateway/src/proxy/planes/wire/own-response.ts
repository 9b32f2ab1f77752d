import { Problem } from '#contracts';
import { unexpectedError } from '../../exchange/problems.js';
import { requestIdFrom } from '#service-kit';
import type { Reply } from '../../exchange/stage.js';
import type { RequestHead } from '../../http1/head/request-head.js';
import { headEnd, statusLine } from '../../http1/head/response-framing.js';
import { completeReply, ownLines, replyLines, statusText } from '../../http1/head/own-reply.js';

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
    return problemResponse(error instanceof Problem ? error : unexpectedError(), head.target, requestId);
  }
}

const json = (value: object, requestId: string): OwnResponse =>
  responseOf(
    {
      status: 200,
      fields: { 'content-type': 'application/json; charset=utf-8' },
      body: Buffer.from(JSON.stringify(value)),
    },
    requestId,
  );

const problemResponse = (problem: Problem, path: string, requestId: string): OwnResponse =>
  responseOf(completeReply(problem, path, requestId), requestId);

function responseOf(reply: Reply, requestId: string): OwnResponse {
  const head = statusLine(statusText(reply.status)) + replyLines(reply) + ownLines(reply, requestId);
  const body = reply.body.toString('latin1');
  return (keepsAlive) => head + headEnd(keepsAlive) + body;
}
