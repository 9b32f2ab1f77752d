import { createServer, request, type ClientRequest, type IncomingMessage, type Server } from 'node:http';
import { isTrailer } from '../body/trailer-fields.js';
import { MAX_HEAD_BYTES } from '../head/head-reader.js';
import { MemorySocket, turn } from '../../sockets/testing/memory-socket.js';
import { nothingRead, piecesOf, type ReadMessage, type Reading } from './reading.js';

/** Parses requests with the node:http server parser at its default strictness. */
export class NodeServerReader {
  private readonly server: Server;
  private reading = nothingRead();

  constructor() {
    const take = (message: IncomingMessage): void => {
      const { method = '', url = '', httpVersion } = message;
      this.reading.messages.push(follow(message, [method, url, httpVersion]));
    };
    // Twice the gateway's limit, because Node counts differently; Node must not reject a head for its size first.
    this.server = createServer({ maxHeaderSize: 2 * MAX_HEAD_BYTES, keepAliveTimeout: 0 }, take);
    this.server.maxHeadersCount = 0;
    this.server.on('checkContinue', take).on('checkExpectation', take);
    // The connection stays open: destroying it would discard messages that were read before the error.
    this.server.on('clientError', (error: Error) => (this.reading.refusal ??= error.message));
  }

  async read(bytes: Buffer, cuts: readonly number[]): Promise<Reading> {
    this.reading = nothingRead();
    const socket = new MemorySocket();
    this.server.emit('connection', socket);
    await socket.deliver(piecesOf(bytes, cuts));
    const { messages, refusal } = this.reading;
    await socket.deliverEnd();
    socket.destroy();
    return { messages, refusal };
  }
}

/** Parses the response to a `method` request with the node:http client parser. */
export async function readResponseByNode(
  bytes: Buffer,
  cuts: readonly number[],
  method: string,
): Promise<Reading> {
  const reading = nothingRead();
  const socket = new MemorySocket();
  const requested = send(socket, method, reading);
  await turn();
  await socket.deliver(piecesOf(bytes, cuts));
  await socket.deliverEnd();
  requested.destroy();
  socket.destroy();
  return reading;
}

function send(socket: MemorySocket, method: string, reading: Reading): ClientRequest {
  return request({ method, createConnection: () => socket, maxHeaderSize: 2 * MAX_HEAD_BYTES })
    .on('response', (message) => {
      const { statusCode = 0, statusMessage = '', httpVersion } = message;
      reading.messages.push(follow(message, [httpVersion, String(statusCode), statusMessage]));
    })
    .on('error', (error) => (reading.refusal ??= error.message))
    .end();
}

function follow(message: IncomingMessage, start: readonly string[]): ReadMessage {
  const read: ReadMessage = { start, fields: message.rawHeaders, body: '', trailers: [], isWhole: false };
  message.on('data', (chunk: Buffer) => (read.body += chunk.toString('latin1')));
  message.on('error', () => undefined);
  message.on('end', () => {
    read.isWhole = message.complete;
    read.trailers = passing(message.rawTrailers);
  });
  return read;
}

/** Only the trailers that the gateway forwards; it drops the others. */
function passing(raw: readonly string[]): string[] {
  return raw.filter((_, i) => isTrailer(raw[i - (i % 2)] as string));
}
