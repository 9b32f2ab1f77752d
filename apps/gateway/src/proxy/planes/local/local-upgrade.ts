import type { Socket } from 'node:net';
import type { Instance } from '../../../discovery/index.js';
import { VIA_NAME } from '../../http1/head/forwarding-lines.js';
import type { AttemptOutcome } from '../../exchange/forwarder.js';
import { keepAlive } from '../../sockets/tunnel.js';
import { failureOf } from '../../exchange/failure.js';
import { editResponse } from '../../pipeline/phases.js';
import type { LocalExchange } from '../exchange/local-client.js';
import { presentRequest } from './present-request.js';

const STATUS_LINE = /^HTTP\/1\.1 (\d{3})[^\r\n]*\r\n/;
const END_OF_HEAD = '\r\n\r\n';
/** The field that the gateway replaces. */
const OWN_ID = /^x-request-id:.*\r\n/im;
const SWITCHING_PROTOCOLS = 101;

/** Passes the client's socket to a local instance, which responds on it with a 101 or a refusal. */
export function upgradeLocally(
  exchange: LocalExchange,
  instance: Instance,
  outcome: AttemptOutcome<LocalExchange>,
): void {
  const { request, response, upgradeHead } = exchange.client;
  const { socket } = request;
  presentRequest(exchange, instance);
  response.detachSocket(socket);
  socket.setTimeout(0);
  const restore = onFirstWrite(socket, (chunk) => {
    clearTimeout(late);
    exchange.attempt = undefined;
    return markResponse(chunk, exchange, outcome);
  });
  // The gateway responds instead. What the instance writes later follows the end of the connection and is lost.
  const leave = (): void => {
    clearTimeout(late);
    restore();
    if (!socket.destroyed) response.assignSocket(socket);
  };
  const late = onceLate(exchange, () => {
    leave();
    outcome.failed(exchange, failureOf('timeout'));
  });
  exchange.attempt = { abort: leave };
  try {
    instance.target?.upgrade(request, socket, upgradeHead ?? Buffer.alloc(0));
  } catch (cause) {
    leave();
    outcome.failed(exchange, failureOf('protocol-error', cause));
  }
}

function onceLate({ route }: LocalExchange, then: () => void): NodeJS.Timeout | undefined {
  const ms = route?.policy.timeouts.responseHeaderMs ?? 0;
  return ms > 0 ? setTimeout(then, ms) : undefined;
}

/** Counts the bytes sent to the client after a head of `length` bytes that is about to be written. */
function countBehind(exchange: LocalExchange, length: number): void {
  const { socket } = exchange.client.request;
  const head = socket.bytesWritten + length;
  // Runs before the `close` listener of the data plane, which records the exchange.
  socket.prependOnceListener('close', () => (exchange.bytesSent = Math.max(0, socket.bytesWritten - head)));
}

function headLength(chunk: Buffer): number {
  const end = chunk.indexOf(END_OF_HEAD);
  return end === -1 ? chunk.length : end + END_OF_HEAD.length;
}

/** Lets `change` replace the first chunk written to `socket`; returns a function that cancels this. */
function onFirstWrite(socket: Socket, change: (chunk: unknown) => unknown): () => void {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  const end = socket.end.bind(socket) as (...args: unknown[]) => Socket;
  const restore = (): void => {
    Object.assign(socket, { write, end });
  };
  Object.assign(socket, {
    write: (chunk: unknown, ...rest: unknown[]) => (restore(), write(change(chunk), ...rest)),
    end: (chunk: unknown, ...rest: unknown[]) => (restore(), end(change(chunk), ...rest)),
  });
  return restore;
}

/** Records the status of the response head and adds the fields that every response carries. */
function markResponse(
  chunk: unknown,
  exchange: LocalExchange,
  outcome: AttemptOutcome<LocalExchange>,
): unknown {
  if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return chunk;
  const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('latin1');
  const line = STATUS_LINE.exec(text);
  if (!line) return chunk;
  const status = Number(line[1]);
  const received = text.slice(line[0].length).replace(OWN_ID, '');
  const end = received.indexOf(END_OF_HEAD);
  const fieldsEnd = end === -1 ? 0 : end + '\r\n'.length;
  const fields = `x-request-id: ${exchange.requestId}\r\nvia: 1.1 ${VIA_NAME}\r\n${received.slice(0, fieldsEnd)}`;
  const edited = editResponse(exchange, { status, isOwn: false, isDeclined: false }, fields, fields);
  if (edited === undefined) {
    exchange.ending = 'broken';
    exchange.cutOff();
    return '';
  }
  exchange.status = status;
  if (status === SWITCHING_PROTOCOLS) {
    keepAlive(exchange.client.request.socket);
    outcome.tunnelled(exchange);
  }
  const marked = Buffer.from(line[0] + edited + received.slice(fieldsEnd), 'latin1');
  countBehind(exchange, headLength(marked));
  return marked;
}
