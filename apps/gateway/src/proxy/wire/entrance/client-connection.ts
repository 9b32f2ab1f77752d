import type { Socket } from 'node:net';
import { Problem } from '#contracts';
import { malformedRequest, requestTimeout } from '../../problems.js';
import { HALF_CLOSED_MS } from '../../entrance/half-closed.js';
import { peerOf, type Peer } from '../../edge/peer.js';
import { BodyReader } from '../body/body-reader.js';
import { ForwardingLines } from '../head/forwarding-lines.js';
import { REQUEST_LINE } from '../head/grammar.js';
import { HeadReader } from '../head/head-reader.js';
import { lineOf } from '../head/parse-request-head.js';
import type { RequestHead } from '../head/request-head.js';
import { Timed } from '../timer-wheel.js';
import { AnswerWriter } from './answer-writer.js';
import type { ClientSide } from './client-side.js';
import type { WireEntranceParts } from './wire-entrance-parts.js';
import type { WireExchange } from './wire-exchange.js';

/** Who looks after client connections. */
export interface ConnectionOwner {
  readonly parts: WireEntranceParts;
  readonly isClosing: boolean;
  /** Reads a head. `undefined`: it is for node:http. @throws Problem */
  headOf(text: string): RequestHead | undefined;
  exchangeOf(client: ClientConnection, head: RequestHead): WireExchange;
  forget(client: ClientConnection): void;
}

const enum Phase {
  /** Waits for a head, or reads one. */
  Head,
  /** An exchange is under way. */
  Exchange,
  /** The answer is written, and not yet taken by the client. */
  Flushing,
  /** The exchange is over, its body still comes: it is thrown away to keep the connection in step. */
  Skipping,
  /** The last answer is out; what still comes is thrown away, so that no reset takes the answer along. */
  Lingering,
  Tunnel,
  Gone,
}

/** Of pipelined requests, so much is taken before the client has to wait. */
const MAX_WAITING_BYTES = 64 * 1024;
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

/** One connection of a client: finds its requests in the bytes that arrive, and has one exchange at a time under way. */
export class ClientConnection extends Timed implements ClientSide {
  readonly peer: Peer;
  readonly forwarding: ForwardingLines;
  readonly answer: AnswerWriter;
  private readonly heads = new HeadReader(REQUEST_LINE);
  private readonly body = new BodyReader();
  private phase = Phase.Head;
  private exchange: WireExchange | undefined;
  /** What came after the request under way: the next ones. */
  private waiting: Buffer | undefined;
  private isReading = false;
  private mayContinue = false;
  /** Set when the client has closed its half: how much had been written by then. */
  private writtenAtEnd = -1;

  constructor(
    private readonly socket: Socket,
    private readonly owner: ConnectionOwner,
  ) {
    super();
    this.peer = peerOf(socket.remoteAddress ?? '', 'http', owner.parts.trusted);
    this.forwarding = new ForwardingLines(this.peer);
    this.answer = new AnswerWriter(socket);
    socket
      .on('data', this.onData)
      .on('drain', this.onDrain)
      .on('end', this.onEnd)
      .on('error', this.onError)
      .on('close', this.onClose);
    this.limit(owner.parts.limits.headMs);
  }

  get closesAfterwards(): boolean {
    return this.mayContinue || this.owner.isClosing || this.owner.parts.isDraining();
  }

  /** Closes when nothing is under way; else after the exchange. */
  close(): void {
    if (this.phase === Phase.Tunnel) this.socket.destroySoon();
    else if (this.phase === Phase.Lingering || this.isUnused) this.socket.destroy();
  }

  pauseBody(): void {
    this.socket.pause();
    // It is not the client that is silent.
    this.owner.parts.wheel.clear(this);
  }

  resumeBody(): void {
    if (this.phase !== Phase.Exchange || this.body.isDone) return;
    this.limit(this.owner.parts.limits.idleMs);
    this.socket.resume();
  }

  admitBody(): void {
    if (!this.mayContinue) return;
    this.mayContinue = false;
    this.socket.write(CONTINUE, 'latin1');
  }

  sendInterim(head: string): void {
    this.socket.write(head, 'latin1');
  }

  awaitDrain(): void {
    this.limit(this.owner.parts.limits.idleMs);
  }

  finish(): void {
    if (this.phase !== Phase.Exchange) return;
    if (!this.socket.writableNeedDrain) {
      this.endExchange();
      return;
    }
    this.phase = Phase.Flushing;
    this.awaitDrain();
  }

  cutOff(): void {
    if (this.exchange?.isHttp10) this.socket.resetAndDestroy();
    else this.socket.destroy();
  }

  detach(): { socket: Socket; rest: Buffer | undefined } {
    const { socket, waiting } = this;
    this.phase = Phase.Tunnel;
    this.release();
    socket.pause();
    this.waiting = undefined;
    return { socket, rest: waiting };
  }

  override onTimeout(): void {
    if (this.phase === Phase.Head && this.heads.isMidway)
      this.refuse(requestTimeout('the head of the request did not arrive in time'), '');
    else if (this.phase !== Phase.Exchange) this.socket.destroy();
    // What was written and not answered by a reset has found a reader.
    else if (!this.isHalfClosed || this.socket.bytesWritten === this.writtenAtEnd) this.onSilence();
  }

  private get isHalfClosed(): boolean {
    return this.writtenAtEnd !== -1;
  }

  private get isAtHead(): boolean {
    return this.phase === Phase.Head;
  }

  private get isUnused(): boolean {
    return this.phase === Phase.Head && !this.heads.isMidway;
  }

  private limit(ms: number): void {
    this.owner.parts.wheel.set(this, ms);
  }

  private readonly onData = (bytes: Buffer): void => {
    switch (this.phase) {
      case Phase.Head:
        this.readRequests(bytes);
        break;
      case Phase.Exchange:
      case Phase.Flushing:
      case Phase.Skipping:
        if (this.body.isDone) this.keepWaiting(bytes);
        else this.readBody(bytes);
    }
  };

  /** Reads one request after another for as long as each is over at once. */
  private readRequests(bytes: Buffer): void {
    this.isReading = true;
    let rest: Buffer | undefined = bytes;
    while (rest && this.isAtHead) {
      this.waiting = undefined;
      this.readHead(rest);
      rest = this.socket.isPaused() ? undefined : this.waiting;
    }
    this.isReading = false;
  }

  private readHead(bytes: Buffer): void {
    const wasMidway = this.heads.isMidway;
    let text: string | undefined;
    try {
      text = this.heads.read(bytes, 0);
      if (text !== undefined) this.takeHead(text, bytes.subarray(this.heads.end));
      else if (!wasMidway) this.limit(this.owner.parts.limits.headMs);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.refuse(error, text ?? '');
    }
  }

  private takeHead(text: string, rest: Buffer): void {
    const head = this.owner.headOf(text);
    if (head) this.begin(head, rest);
    else this.handOver(Buffer.concat([Buffer.from(text, 'latin1'), rest]));
  }

  private begin(head: RequestHead, rest: Buffer): void {
    const exchange = this.owner.exchangeOf(this, head);
    this.exchange = exchange;
    this.phase = Phase.Exchange;
    this.mayContinue = head.expectsContinue && head.hasBody;
    this.owner.parts.wheel.clear(this);
    const fault = this.readFirstBody(exchange, head, rest);
    if (!fault && !this.body.isDone) this.pauseBody();
    if (!fault && !this.body.isDone && this.isHalfClosed) this.socket.destroy();
    this.owner.parts.pipeline.walk(exchange, fault);
  }

  private readFirstBody(exchange: WireExchange, head: RequestHead, rest: Buffer): Problem | undefined {
    if (head.isChunked) this.body.expectChunked();
    else if (head.contentLength > 0) this.body.expectLength(head.contentLength);
    else this.body.expectNone();
    if (rest.length === 0) {
      if (!this.body.isDone) exchange.takeFirst(undefined, false, '');
      return undefined;
    }
    return this.readRest(exchange, rest);
  }

  private readRest(exchange: WireExchange, rest: Buffer): Problem | undefined {
    const end = this.advanceBody(rest);
    if (end instanceof Problem) return end;
    const { passEnd, isDone, tail } = this.body;
    // A client that has begun to send does not wait for 100.
    if (passEnd > 0) this.mayContinue = false;
    exchange.takeFirst(passEnd > 0 ? rest.subarray(0, passEnd) : undefined, isDone, tail);
    if (end < rest.length) this.keepWaiting(rest.subarray(end));
    return undefined;
  }

  /** Where the body ended in `bytes`, or what is wrong with it. */
  private advanceBody(bytes: Buffer): number | Problem {
    try {
      return this.body.read(bytes, 0);
    } catch (error) {
      return malformedRequest((error as Error).message, { headers: { connection: 'close' } });
    }
  }

  private readBody(bytes: Buffer): void {
    const end = this.advanceBody(bytes);
    if (end instanceof Problem) {
      this.failBody(end);
      return;
    }
    const { passEnd, isDone, tail } = this.body;
    if (this.phase === Phase.Exchange) this.limitBody(isDone);
    if (passEnd > 0) this.exchange?.sendBody(passEnd === bytes.length ? bytes : bytes.subarray(0, passEnd));
    if (!isDone) return;
    this.exchange?.endBody(tail);
    if (end < bytes.length) this.keepWaiting(bytes.subarray(end));
    if (this.phase === Phase.Skipping) this.next();
  }

  private limitBody(isDone: boolean): void {
    if (!isDone) this.limit(this.owner.parts.limits.idleMs);
    else if (!this.socket.writableNeedDrain) this.owner.parts.wheel.clear(this);
  }

  private failBody(problem: Problem): void {
    if (this.phase === Phase.Exchange) this.exchange?.failBody(problem);
    else this.socket.destroy();
  }

  private keepWaiting(bytes: Buffer): void {
    this.waiting = this.waiting ? Buffer.concat([this.waiting, bytes]) : bytes;
    if (this.waiting.length > MAX_WAITING_BYTES) this.socket.pause();
  }

  /** What came is no request: it is answered, and nothing after it is read. */
  private refuse(problem: Problem, text: string): void {
    const exchange = this.owner.exchangeOf(this, lineOf(text));
    exchange.keepsAlive = false;
    this.exchange = exchange;
    this.phase = Phase.Exchange;
    this.body.expectUntilClose();
    this.owner.parts.pipeline.walk(exchange, problem);
  }

  /** Neither side of the connection has moved for the time that it may be still. */
  private onSilence(): void {
    if (this.socket.writableNeedDrain || this.body.isDone) this.cutOff();
    else
      this.failBody(requestTimeout('the body did not arrive in time', { headers: { connection: 'close' } }));
  }

  private endExchange(): void {
    const exchange = this.exchange as WireExchange;
    this.exchange = undefined;
    this.owner.parts.pipeline.end(exchange);
    if (!exchange.keepsAlive || this.mayContinue || this.owner.isClosing) this.linger();
    else if (!this.body.isDone) this.skip();
    else if (this.isHalfClosed && !this.waiting) this.linger();
    else this.next();
  }

  private next(): void {
    this.phase = Phase.Head;
    this.limit(this.owner.parts.limits.keepAliveMs);
    // What waits may be handed over, for which the socket has to have resumed.
    if (this.socket.isPaused()) this.socket.once('resume', this.readWaiting).resume();
    else this.readWaiting();
  }

  private readonly readWaiting = (): void => {
    if (!this.isReading && this.waiting && this.phase === Phase.Head) this.readRequests(this.waiting);
    if (this.isHalfClosed && this.isAtHead && !this.isReading) this.linger();
  };

  private skip(): void {
    this.phase = Phase.Skipping;
    this.limit(this.owner.parts.limits.lingerMs);
    this.socket.resume();
  }

  private linger(): void {
    const isAllRead = this.body.isDone && !this.waiting;
    this.phase = Phase.Lingering;
    this.waiting = undefined;
    this.limit(this.owner.parts.limits.lingerMs);
    if (isAllRead) this.socket.destroySoon();
    else this.socket.end().resume();
  }

  private handOver(bytes: Buffer): void {
    this.phase = Phase.Gone;
    this.release();
    this.socket.off('error', this.onError).off('close', this.onClose);
    this.owner.forget(this);
    this.owner.parts.handOver(this.socket, bytes);
  }

  /** Stops listening. */
  private release(): void {
    this.owner.parts.wheel.clear(this);
    this.socket.off('data', this.onData).off('drain', this.onDrain).off('end', this.onEnd);
  }

  private readonly onDrain = (): void => {
    if (this.phase === Phase.Flushing) this.endExchange();
    else if (this.phase === Phase.Exchange) {
      if (this.body.isDone) this.owner.parts.wheel.clear(this);
      this.exchange?.onClientDrain();
    }
  };

  private readonly onError = (): void => {
    this.socket.destroy();
  };

  private readonly onEnd = (): void => {
    this.writtenAtEnd = this.socket.bytesWritten;
    if (this.phase === Phase.Exchange && this.body.isDone) this.limit(HALF_CLOSED_MS);
    else if (this.phase !== Phase.Flushing) this.socket.destroy();
  };

  private readonly onClose = (): void => {
    const { exchange } = this;
    this.phase = Phase.Gone;
    this.exchange = undefined;
    this.owner.parts.wheel.clear(this);
    this.owner.forget(this);
    if (!exchange) return;
    if (!exchange.isTunnel && exchange.ending === 'completed') exchange.ending = 'client-left';
    this.owner.parts.pipeline.end(exchange);
  };
}
