import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { bodyAbove, bodyTooSlow } from '../../http1/body/body-problems.js';
import { isTrailer } from '../../http1/body/trailer-fields.js';
import type { ForwardingLines } from '../../http1/head/forwarding-lines.js';
import type { RequestHead } from '../../http1/head/request-head.js';
import type { Peer } from '../../http1/rules/peer.js';
import { unsentBytes } from '../../sockets/node-internals.js';
import { chunkHead } from '../../sockets/socket-writer.js';
import { Timed, type TimerWheel } from '../../sockets/timer-wheel.js';
import type { ClientSide } from '../exchange/client-side.js';
import type { HttpExchange } from '../exchange/http-exchange.js';
import { copyBody } from './copy-body.js';
import { limitBody } from './limit-body.js';
import { NodeResponse } from './node-response.js';

/** What the clients of one connection share. */
export interface NodeConnection {
  readonly peer: Peer;
  readonly forwarding: ForwardingLines;
}

/** Dependencies of a client. */
export interface NodeClientParts {
  readonly isDraining: () => boolean;
  readonly wheel: TimerWheel;
  /** How long a client may make no progress, in milliseconds. */
  readonly idleMs: number;
}

/** The client of one exchange, behind a request and a response of node:http. */
export class NodeClient extends Timed implements ClientSide {
  readonly peer: Peer;
  readonly forwarding: ForwardingLines;
  readonly output: NodeResponse;
  private exchange: HttpExchange | undefined;
  private waitsForContinue: boolean;
  private awaitsDrain = false;
  /** The request body has not been requested yet. */
  private isUnread = true;
  private stopReading: (() => void) | undefined = undefined;
  private unsent = 0;
  /** Payload bytes of the request body that were passed on. */
  private passedBytes = 0;

  /** @param upgradeHead bytes after the head of an upgrade request; `undefined` for other requests */
  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    private readonly head: RequestHead,
    { peer, forwarding }: NodeConnection,
    private readonly parts: NodeClientParts,
    readonly upgradeHead?: Buffer,
  ) {
    super();
    this.peer = peer;
    this.forwarding = forwarding;
    this.output = new NodeResponse(response);
    this.waitsForContinue = head.expectsContinue && head.hasBody;
  }

  /** Starts `exchange`; its request body waits until an instance can accept it. */
  begin(exchange: HttpExchange): void {
    this.exchange = exchange;
    const onSilence = (): void => this.onSilence();
    this.response.on('timeout', onSilence);
    if (!this.head.hasBody) return;
    this.request.on('timeout', onSilence);
    exchange.receiveFirst(undefined, false, '');
  }

  get closesAfterwards(): boolean {
    return this.waitsForContinue || !this.response.shouldKeepAlive || this.parts.isDraining();
  }

  get bodyBytes(): number {
    return this.passedBytes + this.request.readableLength;
  }

  pauseBody(): void {
    if (this.stopReading) this.request.pause();
  }

  resumeBody(): void {
    this.isUnread = false;
    this.stopReading ??= this.readBody();
    this.request.resume();
  }

  releaseBody(): void {
    this.isUnread = false;
    this.leaveBody();
    const { exchange, request } = this;
    const limit = exchange?.bodyLimit ?? Infinity;
    if (limit < Infinity) this.limitReleased(limit);
    if (exchange?.bodyCopy && this.head.hasBody) copyBody(request, exchange.bodyCopy);
  }

  admitBody(): void {
    if (!this.waitsForContinue) return;
    this.waitsForContinue = false;
    this.response.writeContinue();
  }

  sendInterim(head: string): void {
    const { socket } = this.response;
    // Without a socket, responses to earlier pipelined requests are not complete yet.
    if (socket) socket.write(head, 'latin1');
    else this.response.once('socket', (own: Socket) => own.write(head, 'latin1'));
  }

  awaitDrain(): void {
    this.limitDrain();
    // One read may deliver many chunks while the response is full; one listener is enough.
    if (this.awaitsDrain) return;
    this.awaitsDrain = true;
    this.response.once('drain', () => {
      this.awaitsDrain = false;
      this.parts.wheel.clear(this);
      this.exchange?.onClientDrain();
    });
  }

  finish(): void {
    // Node's response ends the connection, or keeps it, as the head announced.
  }

  cutOff(): void {
    const { socket } = this.request;
    while (socket.writableCorked > 0) socket.uncork();
    // A body without a length ends with the connection (HTTP/1.0): only a reset shows that it is incomplete.
    if (this.head.minor === 0) socket.resetAndDestroy();
    else socket.destroy();
  }

  detach(): { socket: Socket; rest: Buffer | undefined } {
    const { socket } = this.request;
    this.response.detachSocket(socket);
    socket.setTimeout(0);
    return { socket, rest: this.upgradeHead };
  }

  /** Called when the client has its response or has disconnected. */
  end(): void {
    this.parts.wheel.clear(this);
    this.leaveBody();
  }

  /** Called when the client has left response bytes unread for the idle time. */
  override onTimeout(): void {
    if (unsentBytes(this.request.socket) < this.unsent) this.limitDrain();
    else this.cutOff();
  }

  private limitReleased(limit: number): void {
    const { exchange, request, response } = this;
    const fail = (received: number): void => {
      this.passedBytes = received;
      // A complete response stays: it did not need the rest of the body.
      if (!response.writableEnded) exchange?.failBody(bodyAbove(limit));
    };
    if (this.bodyBytes > limit) fail(this.bodyBytes);
    else limitBody(request, limit, fail);
  }

  private limitDrain(): void {
    const { response, parts } = this;
    // The responses to earlier pipelined requests are not complete: the client cannot take this one.
    if (!response.socket) {
      response.once('socket', () => this.awaitsDrain && this.limitDrain());
      return;
    }
    parts.wheel.set(this, parts.idleMs);
    // node:http corks the socket until the next tick.
    process.nextTick(() => (this.unsent = unsentBytes(this.request.socket)));
  }

  /** Called when no data has moved on the connection for the idle time. */
  private onSilence(): void {
    const { request, response, exchange } = this;
    if (response.writableEnded) {
      // Node emits `timeout` on the request, then on the response, which may by then be the 408 to the late body.
      if (response.writableLength > 0) this.abandonResponse();
      return;
    }
    if (!request.complete && !this.isUnread && !this.isBodyHeld) exchange?.failBody(bodyTooSlow());
    else if (response.writableNeedDrain) this.cutOff();
    else exchange?.attempt?.onSilence?.();
  }

  /**
   * Whether the instance is slow to accept the body, not the client to send it. A local instance may read a request that
   * is paused; node:http stops reading when its buffer is full.
   */
  private get isBodyHeld(): boolean {
    const { request } = this;
    return this.stopReading ? request.isPaused() : request.readableLength >= request.readableHighWaterMark;
  }

  /** The upstream response is complete, but the client does not read it. */
  private abandonResponse(): void {
    if (this.exchange) this.exchange.ending = 'client-left';
    this.cutOff();
  }

  /** Passes the body on as it arrives; returns a function that stops this. */
  private readBody(): () => void {
    const { request, exchange, head } = this;
    const onData = (payload: Buffer): void => {
      this.passedBytes += payload.length;
      if (!exchange) return;
      if (this.passedBytes <= exchange.bodyLimit)
        exchange.sendBody(head.isChunked ? chunkOf(payload) : payload);
      else {
        this.leaveBody();
        exchange.failBody(bodyAbove(exchange.bodyLimit));
      }
    };
    const onEnd = (): void => exchange?.endBody(head.isChunked ? lastChunk(request.rawTrailers) : '');
    request.on('data', onData).on('end', onEnd);
    return () => void request.off('data', onData).off('end', onEnd);
  }

  private leaveBody(): void {
    this.stopReading?.();
    this.stopReading = undefined;
  }
}

const chunkOf = (payload: Buffer): Buffer =>
  Buffer.concat([Buffer.from(chunkHead(payload.length)), payload, Buffer.from('\r\n')]);

/** The last chunk with the trailers that may be forwarded. */
function lastChunk(raw: readonly string[]): string {
  let lines = '';
  for (let i = 0; i < raw.length; i += 2) {
    const [name = '', value = ''] = raw.slice(i, i + 2);
    if (isTrailer(name)) lines += `${name}: ${value}\r\n`;
  }
  return `0\r\n${lines}\r\n`;
}
