import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { defineProblem, Problem } from '#contracts';
import { NO_SNIFF, NO_SNIFF_HEADER } from './no-sniff.js';

const malformedRequest = defineProblem('malformed-request', 400, 'Malformed request');
const requestTimeout = defineProblem('request-timeout', 408, 'Request timeout');
const headTooLarge = defineProblem('header-fields-too-large', 431, 'Request header fields too large');

const CLOSE_DELAY_MS = 1_000;

function clientErrorProblem(error: NodeJS.ErrnoException | Problem): Problem {
  if (error instanceof Problem) return error;
  const { code } = error;
  if (code === 'HPE_HEADER_OVERFLOW') return headTooLarge('the request head is larger than 16 KiB');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return requestTimeout('the request did not arrive in time');
  return malformedRequest('the request is not valid HTTP/1.1');
}

/** node:http stores the current response of a socket here. */
type RespondingSocket = Socket & { readonly _httpMessage?: ServerResponse | null };

const failed = new WeakSet<Socket>();

/**
 * Responds to a request that node:http's parser, or a server with stricter rules, rejects: sends a problem document,
 * then closes the connection. Responses to complete earlier requests are sent first (RFC 9112, section 9.3.2).
 */
export function respondToClientError(error: NodeJS.ErrnoException | Problem, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  // The parser also rejects all further data.
  if (failed.has(socket)) return;
  failed.add(socket);
  afterWholeRequests(socket, () => respond(error, socket));
}

function afterWholeRequests(socket: RespondingSocket, next: () => void): void {
  const response = socket._httpMessage;
  if (response?.req.complete) response.once('close', () => afterWholeRequests(socket, next));
  else next();
}

function respond(error: NodeJS.ErrnoException | Problem, socket: RespondingSocket): void {
  if (!socket.writable) return;
  // A head in the middle of another response would be read as a part of it.
  if (socket._httpMessage?.headersSent) {
    endResponse(socket);
    return;
  }
  const problem = clientErrorProblem(error);
  const requestId = randomUUID();
  const body = JSON.stringify(problem.toDocument('', requestId));
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\nconnection: close\r\nx-request-id: ${requestId}\r\n` +
      `content-type: application/problem+json\r\n${NO_SNIFF_HEADER}: ${NO_SNIFF}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  destroyLater(socket);
}

/** Sends the written part of a response, and nothing after it. */
function endResponse(socket: Socket): void {
  socket.end();
  destroyLater(socket);
}

/** The client may never close its side. The delay is needed because a reset could discard the response. */
function destroyLater(socket: Socket): void {
  setTimeout(() => socket.destroy(), CLOSE_DELAY_MS).unref();
}
