import type { ServerResponse } from 'node:http';
import type { Problem } from '#contracts';
import type { Reply } from '../../exchange/stage.js';
import { flatFields } from '../../http1/head/flat-fields.js';
import { completeReply, endsConnection, ownLines, replyLines } from '../../http1/head/own-reply.js';
import { plainResponse } from '../../sockets/node-internals.js';

/** Removes fields set by an instance whose response is not used, so that none reaches the client. */
export function clearFields(response: ServerResponse): void {
  for (const name of response.getHeaderNames()) response.removeHeader(name);
}

/** Sends `problem` as the complete response to a request that has no exchange. */
export function sendProblem(
  response: ServerResponse,
  problem: Problem,
  { path, requestId, close }: { path: string; requestId: string; close: boolean },
): void {
  const reply = completeReply(problem, path, requestId);
  sendReply(response, reply, {
    lines: replyLines(reply) + ownLines(reply, requestId),
    close: close || endsConnection(problem),
  });
}

/** Sends `reply` as the complete response. @param lines its field lines, each with CRLF */
export function sendReply(
  response: ServerResponse,
  { status, body }: Reply,
  { lines, close }: { lines: string; close: boolean },
): void {
  const headers = flatFields(lines);
  if (close) headers.push('connection', 'close');
  clearFields(response);
  plainResponse.writeHead.call(response, status, undefined, headers);
  plainResponse.end.call(response, body);
}
