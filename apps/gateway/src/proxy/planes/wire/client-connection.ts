import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Problem } from '#contracts';
import { requestTimeout } from '../../exchange/problems.js';
import { peerOf, type Peer } from '../../http1/rules/peer.js';
import { ForwardingLines } from '../../http1/head/forwarding-lines.js';
import { readRequestHead } from '../../http1/head/origin-form.js';
import { lineOf } from '../../http1/head/parse-request-head.js';
import type { RequestHead } from '../../http1/head/request-head.js';
import { endsConnection, unsentBytes } from '../../sockets/node-internals.js';
import { owned } from '../../sockets/read-buffer.js';
import { SocketWriter } from '../../sockets/socket-writer.js';
import { Framing } from '../../http1/head/response-framing.js';
import { ResponseWriter } from './response-writer.js';
import { bodyTooSlow } from '../../http1/body/body-problems.js';
import { ClientSocket } from './client-socket.js';
import type { ClientOwner, OwnedConnection } from './client-owner.js';
import { IncomingBody } from './incoming-body.js';
import { LocalMessages, type LocalConnection } from './local-messages.js';
import type { OwnResponse } from './own-response.js';
import { RequestReader, type RequestHandler } from './request-reader.js';
import type { HttpExchange } from '../exchange/http-exchange.js';

const enum State {
  /** Waits for a request head or reads one. */
  Head,
  /** An exchange or a response of the gateway itself is in progress. */
  Exchange,
  /** The response is written, but the client has not taken all of it. */
  Flushing,
  /** The exchange is over; the rest of its request body is discarded to find the next request. */
  Skipping,
  /** The last response is sent; further input is discarded, so that no reset destroys the response. */
  Lingering,
  Tunnel,
  Closed,
}

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD';

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

/** One client connection: parses the requests that arrive and runs one exchange at a time. */
export class ClientConnection
  extends ClientSocket
  implements OwnedConnection, LocalConnection, RequestHandler
{
  readonly peer: Peer;
  readonly forwarding: ForwardingLines;
  readonly output: ResponseWriter;
  private readonly writer: SocketWriter;
  private readonly requests = new RequestReader(this);
  private readonly body = new IncomingBody();
  private state = State.Head;
  private exchange: HttpExchange<OwnedConnection> | undefined;
  /** The messages of the last exchange, if a local instance has them. */
  private local: LocalMessages | undefined = undefined;
  private keepsAlive = true;
  private wasUsed = false;
  /** Written bytes that the client had not taken when {@link awaitDrain} was called. */
  private unsent = 0;

  constructor(
    accepted: Socket,
    private readonly owner: ClientOwner,
  ) {
    super(accepted, owner.parts);
    const { socket } = this;
    this.peer = peerOf(socket.remoteAddress ?? '', 'http', owner.parts.trusted);
    this.forwarding = new ForwardingLines(this.peer);
    this.writer = new SocketWriter(socket);
    this.output = new ResponseWriter(this.writer);
  }

  get bodyBytes(): number {
    return this.body.payloadBytes;
  }

  get closesAfterwards(): boolean {
    return this.body.waitsForContinue || this.owner.isClosing || this.owner.parts.isDraining();
  }

  /** Starts the keep-alive time-out: the connection has served requests and may be idle. */
  awaitNext(): void {
    this.limit(this.limits.keepAliveMs);
  }

  close(): void {
    if (this.state === State.Tunnel) this.socket.destroySoon();
    else if (this.isUnused || (this.state === State.Lingering && this.socket.writableLength === 0))
      this.socket.destroy();
  }

  get request(): IncomingMessage {
    return (this.local as LocalMessages).request;
  }

  get response(): ServerResponse {
    return (this.local as LocalMessages).response;
  }

  releaseBody(): void {
    const { exchange } = this;
    if (!exchange) return;
    this.local?.end();
    this.local = new LocalMessages(exchange, this, this.limits.keepAliveMs);
    exchange.passBody(this.local);
    // As in node:http, the body is read until the buffer of the request is full, whether or not the service reads it.
    this.resumeBody();
  }

  responseAdvances(): void {
    if (this.socket.writableNeedDrain) this.awaitDrain();
    else if (this.isHalfClosed) this.awaitReader();
    else this.limit(this.limits.idleMs);
  }

  responded(messages: LocalMessages): void {
    // Node also reports a response whose last write failed as finished.
    if (this.local === messages && this.exchange && !this.socket.destroyed)
      this.finish(this.exchange.keepsAlive && !endsConnection(messages.response));
  }

  pauseBody(): void {
    this.socket.pause();
    if (this.state !== State.Exchange) return;
    // The gateway stops reading, so the client's time-out must not run; that of a local instance does.
    if (this.local) this.limit(this.limits.idleMs);
    else this.unlimit();
  }

  resumeBody(): void {
    if (this.body.isDone) return;
    if (this.state === State.Exchange) this.limit(this.limits.idleMs);
    else if (this.state !== State.Skipping) return;
    this.socket.resume();
  }

  admitBody(): void {
    if (!this.body.waitsForContinue) return;
    this.body.waitsForContinue = false;
    this.writer.text(CONTINUE);
  }

  sendInterim(head: string): void {
    this.writer.text(head);
  }

  awaitDrain(): void {
    this.unsent = unsentBytes(this.socket);
    this.limit(this.limits.idleMs);
  }

  finish(keepsAlive: boolean): void {
    if (this.state !== State.Exchange) return;
    this.keepsAlive = keepsAlive;
    if (!this.socket.writableNeedDrain) {
      this.endExchange();
      return;
    }
    this.state = State.Flushing;
    this.awaitDrain();
  }

  cutOff(): void {
    if (this.exchange?.isHttp10) this.socket.resetAndDestroy();
    else this.socket.destroy();
  }

  detach(): { socket: Socket; rest: Buffer | undefined } {
    this.state = State.Tunnel;
    this.stopReading();
    this.socket.pause();
    return { socket: this.socket, rest: this.requests.shiftWaiting() };
  }

  override onTimeout(): void {
    // A slow client that still takes bytes makes progress.
    if (this.socket.writableNeedDrain && unsentBytes(this.socket) < this.unsent) {
      this.awaitDrain();
      return;
    }
    if (this.state === State.Head && this.requests.isMidway)
      this.refuse(requestTimeout('the request head did not arrive in time'), '');
    else if (this.state !== State.Exchange) this.socket.destroy();
    else if (this.isHalfClosed && !this.hasLeft) this.awaitReader();
    else this.onSilence();
  }

  private get isAtHead(): boolean {
    return this.state === State.Head;
  }

  private get isUnused(): boolean {
    return this.state === State.Head && !this.requests.isMidway;
  }

  protected override get retainsBytes(): boolean {
    return !this.exchange || this.exchange.retainsBody || this.requests.hasWaiting;
  }

  protected override received(bytes: Buffer): void {
    switch (this.state) {
      case State.Head:
        this.requests.read(bytes);
        break;
      case State.Exchange:
      case State.Flushing:
      case State.Skipping:
        if (this.body.isDone) this.queue(owned(bytes));
        else this.readBody(owned(bytes));
    }
  }

  get acceptsRequests(): boolean {
    return this.state === State.Head && !this.socket.isPaused();
  }

  headBegins(): void {
    this.limit(this.limits.headMs);
  }

  handleHead(text: string, rest: Buffer): void {
    const head = readRequestHead(text);
    if (this.owner.isProxied(head)) {
      this.begin(head, rest);
      return;
    }
    const response = this.owner.respondTo(this, head, rest);
    if (response) this.awaitOwnResponse(response, rest, head.contentLength);
    else this.handOver(head, rest);
  }

  /** Responds to an invalid request with `problem`; reads nothing after it. */
  refuse(problem: Problem, text: string): void {
    const exchange = this.owner.exchangeOf(this, lineOf(text));
    exchange.keepsAlive = false;
    this.exchange = exchange;
    this.state = State.Exchange;
    this.body.expectNothingValid();
    this.owner.parts.pipeline.run(exchange, problem);
  }

  private awaitOwnResponse(response: Promise<OwnResponse>, rest: Buffer, length: number): void {
    this.state = State.Exchange;
    this.wasUsed = true;
    this.unlimit();
    this.afterHead(owned(rest), Math.max(length, 0));
    void response.then((own) => this.sendOwnResponse(own));
  }

  private sendOwnResponse(own: OwnResponse): void {
    // The client may have disconnected.
    if (this.state !== State.Exchange) return;
    const keepsAlive = !this.closesAfterwards;
    this.output.begin(own(keepsAlive), Framing.AsItComes);
    this.output.flush();
    this.finish(keepsAlive);
  }

  private begin(head: RequestHead, rest: Buffer): void {
    const exchange = this.owner.exchangeOf(this, head);
    this.exchange = exchange;
    this.state = State.Exchange;
    this.wasUsed = true;
    this.unlimit();
    const bytes = owned(rest);
    const end = this.body.begin(head, bytes, exchange);
    if (typeof end === 'number') this.afterHead(bytes, end);
    this.owner.parts.pipeline.run(exchange, typeof end === 'number' ? undefined : end);
  }

  private afterHead(bytes: Buffer, end: number): void {
    if (end < bytes.length) this.queue(bytes.subarray(end));
    if (this.body.isDone) this.buffer.endMessage(true);
    else {
      // The exchange resumes reading when an upstream connection can take the rest.
      this.pauseBody();
      if (this.isHalfClosed) this.socket.destroy();
    }
  }

  private readBody(bytes: Buffer): void {
    // Set before the exchange gets the bytes: it may pause reading, which clears the time-out.
    if (this.state === State.Exchange) this.limit(this.limits.idleMs);
    const end = this.body.read(bytes, this.local ?? this.exchange, this.bodyLimit);
    if (typeof end !== 'number') this.failBody(end);
    else if (this.body.isDone) this.afterBody(bytes, end);
  }

  /** After the response, the rest of a body is only read to find the next request. */
  private get bodyLimit(): number {
    return this.state === State.Exchange && this.exchange ? this.exchange.bodyLimit : Infinity;
  }

  private afterBody(bytes: Buffer, end: number): void {
    if (this.state === State.Exchange && !this.local && !this.socket.writableNeedDrain) this.unlimit();
    this.buffer.endMessage(true);
    if (end < bytes.length) this.queue(bytes.subarray(end));
    if (this.state === State.Skipping) this.next();
  }

  private failBody(problem: Problem): void {
    if (this.state === State.Exchange) this.exchange?.failBody(problem);
    else this.socket.destroy();
  }

  private queue(bytes: Buffer): void {
    if (!this.requests.queue(bytes)) this.socket.pause();
  }

  /** Called when the connection has made no progress in either direction within its time-out. */
  private onSilence(): void {
    const { socket, body } = this;
    if (!socket.writableNeedDrain && !body.isDone && !socket.isPaused()) this.failBody(bodyTooSlow());
    else if (this.awaitsInstance) this.exchange?.attempt?.onSilence?.();
    else this.cutOff();
  }

  /** A local instance has to write more of its response. */
  private get awaitsInstance(): boolean {
    const { local, socket } = this;
    return (
      local !== undefined && !local.response.writableEnded && !socket.writableNeedDrain && !this.isHalfClosed
    );
  }

  private endExchange(): void {
    const { exchange } = this;
    this.exchange = undefined;
    if (exchange) this.owner.parts.pipeline.end(exchange);
    this.local?.end();
    if (!this.keepsAlive || this.body.waitsForContinue || this.owner.isClosing) this.linger();
    else if (!this.body.isDone) this.skip();
    else if (this.isHalfClosed && !this.requests.hasWaiting) this.linger();
    else this.next();
  }

  private next(): void {
    this.state = State.Head;
    this.local = undefined;
    this.awaitNext();
    // The next request may be handed over to node:http, which requires a resumed socket.
    if (this.socket.isPaused()) this.socket.once('resume', this.readWaiting).resume();
    else this.readWaiting();
  }

  private readonly readWaiting = (): void => {
    if (this.state === State.Head) this.requests.readWaiting();
    if (this.isHalfClosed && this.isAtHead && !this.requests.isReading) this.linger();
  };

  private skip(): void {
    this.state = State.Skipping;
    this.limit(this.limits.lingerMs);
    this.socket.resume();
  }

  private linger(): void {
    this.state = State.Lingering;
    if (!this.body.isDone) this.local?.abort();
    const isAllRead = !this.requests.shiftWaiting() && this.body.isDone;
    this.endAfterWrites(isAllRead);
  }

  private handOver(head: RequestHead, rest: Buffer): void {
    this.state = State.Closed;
    this.releaseSocket();
    this.owner.forget(this);
    this.owner.parts.handOver({
      socket: this.socket,
      first: Buffer.concat([Buffer.from(head.text, 'latin1'), rest]),
      isWhole: head.keepsAlive && head.isFollowedBy(rest.length),
      wasUsed: this.wasUsed || !isRead(head.method),
    });
  }

  protected override drained(): void {
    if (this.state === State.Flushing) this.endExchange();
    else if (this.state === State.Exchange) {
      if (this.isHalfClosed) this.awaitReader();
      else if (this.body.isDone) this.unlimit();
      if (this.local) this.local.drained();
      else this.exchange?.onClientDrain();
    }
  }

  protected override socketTimedOut(): void {
    this.local?.timedOut();
  }

  protected override halfClosed(): void {
    if (this.state === State.Exchange && this.body.isDone) this.awaitReader();
    else if (this.state !== State.Flushing) this.socket.destroy();
  }

  protected override closed(): void {
    const { exchange } = this;
    this.state = State.Closed;
    this.exchange = undefined;
    this.owner.forget(this);
    this.local?.abort();
    if (!exchange) return;
    if (!exchange.isTunnel && exchange.ending === 'completed') exchange.ending = 'client-left';
    this.owner.parts.pipeline.end(exchange);
  }
}
