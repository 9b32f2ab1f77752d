import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ChunkedReader } from '../../http1/body/chunked-reader.js';
import { flatFields } from '../../http1/head/request-lines.js';
import { addTrailers, announceKeepAlive, closeResponse, passDrain } from '../../sockets/node-internals.js';
import type { BodyReceiver } from '../exchange/client-side.js';
import type { HttpExchange } from '../exchange/http-exchange.js';

/** The connection of {@link LocalMessages}. */
export interface LocalConnection {
  readonly socket: Socket;
  pauseBody(): void;
  resumeBody(): void;
  /** The response of `messages` is completely written. */
  responded(messages: LocalMessages): void;
}

/** A request that was read without node:http; its connection delivers the body. */
class LocalRequest extends IncomingMessage {
  isRead = false;
  /** The rest of the body will not arrive. */
  isCutOff = false;

  constructor(private readonly reader: LocalConnection) {
    super(reader.socket);
  }

  override _read(): void {
    this.isRead = true;
    this.reader.resumeBody();
  }

  /** node's own closes the socket, on which the connection may still send a response. */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.isCutOff) {
      super._destroy(error, done);
      return;
    }
    if (!this.readableEnded || !this.complete) {
      // Deprecated, but services may read it.
      Object.assign(this, { aborted: true });
      this.emit('aborted');
    }
    process.nextTick(done, this.listenerCount('error') > 0 ? error : null);
  }
}

/**
 * The request and the response of one exchange as objects of node:http, for a local instance. The wire data plane
 * reads the request; node's response writes to the socket of the connection.
 */
export class LocalMessages implements BodyReceiver {
  readonly request: LocalRequest;
  readonly response: ServerResponse;
  private readonly chunks: ChunkedReader | undefined;

  constructor(
    private readonly exchange: HttpExchange,
    private readonly connection: LocalConnection,
    keepAliveMs: number,
  ) {
    const { head, method, keepsAlive } = exchange;
    const request = new LocalRequest(connection);
    request.method = method;
    request.httpVersion = head.minor === 0 ? '1.0' : '1.1';
    request.httpVersionMajor = 1;
    request.httpVersionMinor = head.minor;
    this.request = request;
    this.chunks = head.isChunked ? new ChunkedReader() : undefined;
    const response = new ServerResponse(request);
    response.shouldKeepAlive = keepsAlive;
    announceKeepAlive(response, keepAliveMs);
    response.once('finish', () => this.connection.responded(this));
    response.assignSocket(connection.socket);
    this.response = response;
  }

  receiveFirst(bytes: Buffer | undefined, isWhole: boolean, tail: string): void {
    if (bytes) this.deliver(bytes);
    if (isWhole) this.complete(tail);
  }

  sendBody(bytes: Buffer): void {
    this.exchange.bodyCopy?.sendBody(bytes);
    this.deliver(bytes);
  }

  endBody(tail: string): void {
    this.exchange.bodyCopy?.endBody();
    this.complete(tail);
  }

  /** Called when the client can take more of the response. */
  drained(): void {
    passDrain(this.response);
  }

  /** Called when no data has moved for the time that the service has set with `setTimeout`. */
  timedOut(): void {
    const { request, response, connection } = this;
    if (!request.complete) request.emit('timeout', connection.socket);
    response.emit('timeout', connection.socket);
  }

  /** The exchange has ended, or another attempt follows; the request may still receive the rest of its body. */
  end(): void {
    const { request, response } = this;
    const { socket } = this.connection;
    if (response.socket) response.detachSocket(socket);
    if (socket.timeout) socket.setTimeout(0);
    process.nextTick(closeResponse, response);
    // As in node:http, a body that nothing reads, or that was paused before the response ended, is discarded.
    if (!request.isRead || (response.writableFinished && request.isPaused())) request.resume();
  }

  /** The connection has closed, or discards the rest of the body. */
  abort(): void {
    const { request, response } = this;
    if (request.complete && response.writableFinished) return;
    request.isCutOff = true;
    request.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
  }

  private deliver(bytes: Buffer): void {
    if (this.chunks) this.chunks.read(bytes, 0, this.push);
    else this.push(bytes);
  }

  private complete(tail: string): void {
    const { request } = this;
    request.complete = true;
    // The section ends with an empty line.
    if (tail !== '') addTrailers(request, flatFields(tail, 0, tail.length - 2));
    request.push(null);
  }

  private readonly push = (payload: Buffer): void => {
    if (!this.request.push(payload)) this.connection.pauseBody();
  };
}
