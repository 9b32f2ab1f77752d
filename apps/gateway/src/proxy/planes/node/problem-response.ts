import type { ServerResponse } from 'node:http';
import type { Problem } from '#contracts';
import { NO_SNIFF, NO_SNIFF_HEADER } from '#service-kit';
import { clearFields, plainResponse } from './plain-response.js';

/** Sends `problem` as the complete response; returns the length of its body in bytes. */
export function sendProblem(
  response: ServerResponse,
  problem: Problem,
  { path, requestId, close }: { path: string; requestId: string; close: boolean },
): number {
  const body = Buffer.from(JSON.stringify(problem.toDocument(path, requestId)));
  const headers = [
    ...Object.entries(problem.headers).flat(),
    'content-type',
    'application/problem+json',
    NO_SNIFF_HEADER,
    NO_SNIFF,
    'content-length',
    String(body.length),
    'x-request-id',
    requestId,
  ];
  if (close) headers.push('connection', 'close');
  clearFields(response);
  plainResponse.writeHead.call(response, problem.status, undefined, headers);
  plainResponse.end.call(response, body);
  return body.length;
}
