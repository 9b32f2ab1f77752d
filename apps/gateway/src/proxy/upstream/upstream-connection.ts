import type { ConnectionOptions } from 'node:tls';
import { isAddressUnavailable, isLocalExhaustion } from '#service-kit';
import type { FailureKind } from '../exchange/failure.js';
import { FramingError } from '../http1/body/body-problems.js';
import type { ResponseHead } from '../http1/head/response-head.js';
import { owned } from '../sockets/read-buffer.js';
import type { SocketWriter } from '../sockets/socket-writer.js';
import type { TimerWheel } from '../sockets/timer-wheel.js';
import { ResponseReader } from './response-reader.js';
import type { ResponseSink } from './response-sink.js';
import { refusalOf } from './open-socket.js';
import type { Origin } from './origin.js';
import { DEFAULT_IDLE_MS, idleMsOf, UpstreamSocket } from './upstream-socket.js';

/** Manages connections between requests. */
export interface ConnectionOwner {
  /** A connection to the instance has been established before. */
  readonly hasConnected: boolean;
  /** The connection is established. */
  connected(connection: UpstreamConnection): void;
  /** The connection is idle and can be reused. */
  release(connection: UpstreamConnection): void;
  /** The connection can no longer be used. */
  forget(connection: UpstreamConnection): void;
}

/** Receives the response to a request that may move to another connection before it is sent. */
export interface MovableSink extends ResponseSink {
  /** The request is sent on `connection` instead of the original one. */
  onMove(connection: UpstreamConnection): void;
}

const enum State {
  /** Waits for a free connect slot. */
  Queued,
  Connecting,
  Idle,
  Waiting,
  Body,
  Closed,
}

/** A request that was passed to a connection before it was opened. */
interface UnsentRequest {
  readonly head: string;
  readonly body: Buffer | undefined;
  /** Text that ends the body, if the body is complete. */
  tail: string;
}

/** One connection to an instance: sends one request at a time and reads its response. */
export class UpstreamConnection extends UpstreamSocket {
  private readonly responses = new ResponseReader((bytes) => this.passToSink(bytes));
  private state = State.Queued;
  private unsent: UnsentRequest | undefined = undefined;
  private sink: MovableSink | undefined;
  /** Head of the last response. */
  private head: ResponseHead | undefined = undefined;
  private requestDone = false;
  private keepsAlive = false;
  private idleMs = DEFAULT_IDLE_MS;
  /** Tick of the wheel at which the connection became idle. */
  idleSinceTick = 0;

  constructor(
    origin: Origin,
    tls: ConnectionOptions,
    wheel: TimerWheel,
    private readonly owner: ConnectionOwner,
    mayTunnel: boolean,
  ) {
    super(origin, tls, wheel, mayTunnel);
  }

  /** Whether the connection is not established yet; it may still be queued. */
  get isConnecting(): boolean {
    return this.state === State.Queued || this.state === State.Connecting;
  }

  /** Whether sent bytes still wait for the instance to take them. */
  get retainsBytes(): boolean {
    return this.writer ? this.writer.retainsBytes : this.unsent !== undefined;
  }

  /** Body bytes of the response so far, without framing. */
  get payloadBytes(): number {
    return this.responses.body.payloadBytes;
  }

  /**
   * Sends a request: its head and the available part of its body, in one write if small. `sink` receives the
   * response.
   * @param isWhole whether the body, if any, is complete
   */
  send(sink: MovableSink, head: string, body: Buffer | undefined, isWhole: boolean): void {
    this.sink = sink;
    this.requestDone = isWhole;
    this.keepsAlive = false;
    this.responses.begin();
    if (this.state === State.Idle) this.beginWaiting();
    else this.wheel.set(this, sink.connectMs);
    if (this.writer) this.writer.together(head, body);
    else this.unsent = { head, body, tail: '' };
  }

  /** Starts to connect and sends the queued request. */
  override open(): void {
    super.open();
    this.state = State.Connecting;
    const { unsent, sink } = this;
    if (!unsent) return;
    // Under load the wait for a slot would leave too little time to connect: most attempts would be in vain.
    if (sink) this.wheel.set(this, sink.connectMs);
    this.unsent = undefined;
    this.writer?.together(unsent.head, unsent.body);
    if (unsent.tail !== '') this.writer?.text(unsent.tail);
  }

  /** Sends the queued request on `other`, which is idle; this connection is never opened. */
  moveTo(other: UpstreamConnection): void {
    const { sink, unsent, requestDone } = this;
    if (!sink || !unsent) return;
    this.destroy();
    sink.onMove(other);
    other.send(sink, unsent.head, unsent.body, requestDone && unsent.tail === '');
    if (unsent.tail !== '') other.endBody(unsent.tail);
    sink.onConnect();
  }

  /** Replaces the sink for further input; the new one must have the same time-outs. */
  replaceSink(sink: MovableSink): void {
    this.sink = sink;
  }

  /** Sends more of the body. Returns `false` if the caller should wait for `onDrain`. */
  sendBody(bytes: Buffer): boolean {
    const goesOn = (this.writer as SocketWriter).bytes(bytes);
    // A time-out runs only if the instance does not take the available bytes.
    if (this.sink && this.state === State.Waiting) this.limit(goesOn ? 0 : this.sink.idleMs);
    return goesOn;
  }

  /** Ends the body. @param tail the rest of the body to write */
  endBody(tail: string): void {
    this.requestDone = true;
    if (this.unsent) this.unsent.tail = tail;
    else if (tail !== '') this.writer?.text(tail);
    if (this.sink && this.state === State.Waiting) this.limit(this.sink.responseHeaderMs);
  }

  /** Continues reading after {@link pause}. */
  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    if (this.sink) this.limit(this.sink.idleMs);
    this.socket?.resume();
  }

  /** Closes the connection; the sink is not called any more. */
  destroy(): void {
    this.sink = undefined;
    this.markClosed();
    this.socket?.destroy();
  }

  /**
   * Ends the response if it is an event stream that a GET opened: its reader connects again. The response to another method
   * may be the only result of a call.
   */
  endEventStream(): void {
    const { sink, state, head } = this;
    if (state !== State.Body || sink?.method !== 'GET' || !head?.isEventStream) return;
    // A client that reads nothing would not read the end either.
    const tail = this.isPaused ? undefined : this.responses.body.earlyEnd;
    this.destroy();
    sink.onCut(tail);
  }

  /** Ends the connection as if the instance had closed it. */
  abort(): void {
    this.onClose();
  }

  /** Called when connecting took too long, the instance was silent for too long, or the connection stayed idle. */
  override onTimeout(): void {
    if (this.state === State.Queued)
      this.fail('queue-timeout', 'too many connections to the service were being opened');
    else if (this.state === State.Connecting)
      this.fail('connect-timeout', 'the connection to the instance timed out');
    else if (this.state === State.Waiting) this.fail('timeout', 'the instance sent no response in time');
    else if (this.state === State.Body) this.fail('timeout', 'the instance stopped sending its response');
    else this.destroy();
  }

  protected override get isHeld(): boolean {
    return this.sink?.retainsBytes ?? true;
  }

  protected override onConnect(): void {
    this.owner.connected(this);
    if (!this.sink) {
      this.destroy();
      return;
    }
    this.beginWaiting();
    this.sink.onConnect();
  }

  private beginWaiting(): void {
    this.state = State.Waiting;
    const sink = this.sink as ResponseSink;
    this.limit(this.requestDone ? sink.responseHeaderMs : 0);
  }

  protected override onData(bytes: Buffer): void {
    // Unsolicited bytes would be read as the next response.
    if (!this.sink) {
      this.destroy();
      return;
    }
    let at = 0;
    while (this.state === State.Waiting && at < bytes.length) at = this.readHead(bytes, at);
    if (this.state === State.Body) this.readBody(bytes, at);
  }

  protected override onDrain(): void {
    if (this.state === State.Waiting && !this.requestDone) this.limit(0);
    this.sink?.onDrain();
  }

  protected override onEnd(): void {
    if (this.sink && this.state === State.Body && this.responses.body.endsWithConnection) this.finish(true);
    else this.onClose();
  }

  protected override onClose(): void {
    if (this.state === State.Connecting) this.failConnecting();
    else this.fail('reset', 'the connection to the instance was closed unexpectedly');
  }

  private failConnecting(): void {
    if (this.isExhausted())
      this.fail('exhausted', 'the gateway has no resources left for connections to instances');
    else this.fail('refused', refusalOf(this.socket));
  }

  /** An instance that was never connected to may have an address that this machine cannot reach at all. */
  private isExhausted(): boolean {
    const { cause, owner } = this;
    return isLocalExhaustion(cause) && (owner.hasConnected || !isAddressUnavailable(cause));
  }

  /** Reads a head. Returns the offset after it, or the end of `bytes` if it continues or the exchange is over. */
  private readHead(bytes: Buffer, from: number): number {
    const head = this.parseHead(bytes, from);
    if (!head || !this.sink) return bytes.length;
    const end = this.responses.headEnd;
    if (head.status === 101) this.changeProtocols(head, this.sink, bytes.subarray(end));
    // A 100 is not forwarded: the gateway has already sent 100 Continue itself.
    else if (head.isInterim) {
      if (head.status !== 100) this.sink.onInterim(head);
    } else this.beginBody(head, this.sink);
    return end;
  }

  private parseHead(bytes: Buffer, from: number): ResponseHead | undefined {
    try {
      return this.responses.readHead(bytes, from);
    } catch (error) {
      this.fail('protocol-error', (error as Error).message);
      return undefined;
    }
  }

  private changeProtocols(head: ResponseHead, sink: ResponseSink, first: Buffer): void {
    if (sink.protocol === undefined || !head.changesTo(sink.protocol)) {
      this.fail('protocol-error', 'the instance switched to a protocol that was not requested');
      return;
    }
    this.sink = undefined;
    this.markClosed();
    sink.onTunnel(head, this.detach(), first);
  }

  private beginBody(head: ResponseHead, sink: ResponseSink): void {
    this.state = State.Body;
    this.head = head;
    if (head.keepAliveSeconds !== undefined) this.idleMs = idleMsOf(head.keepAliveSeconds);
    this.responses.expectBody(head, sink.method);
    this.keepsAlive = head.keepsAlive && !this.responses.body.endsWithConnection;
    sink.onHead(head);
  }

  private readBody(bytes: Buffer, from: number): void {
    const end = this.passBody(bytes, from);
    if (end === -1 || !this.sink) return;
    if (this.responses.body.isDone) this.finish(end === bytes.length);
    else {
      if (!this.isPaused) this.limit(this.sink.idleMs);
      this.sink.onPause();
    }
  }

  /** Passes the bytes of the body to the sink. Returns the offset at which the body ended, -1 after a failure. */
  private passBody(bytes: Buffer, from: number): number {
    try {
      return this.responses.passBody(bytes, from, (this.sink as ResponseSink).wantsPayload);
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.fail('protocol-error', error.message);
      return -1;
    }
  }

  private passToSink(bytes: Buffer): void {
    const { sink } = this;
    if (sink) sink.onBody(sink.retains(bytes.length) ? owned(bytes) : bytes);
  }

  private finish(isClean: boolean): void {
    const sink = this.sink as ResponseSink;
    this.sink = undefined;
    const { tail, trailerFields } = this.responses.body;
    this.buffer?.endMessage(sink.retainsBytes);
    if (isClean && this.keepsAlive && this.requestDone && !this.isDeaf) this.becomeIdle();
    else this.destroy();
    sink.onEnd(tail, trailerFields);
  }

  private becomeIdle(): void {
    this.state = State.Idle;
    this.resume();
    this.wheel.set(this, this.idleMs);
    this.owner.release(this);
  }

  private fail(kind: FailureKind, detail: string): void {
    const { sink, state } = this;
    this.destroy();
    if (!sink) return;
    const failure = { kind, detail, cause: this.cause };
    if (state === State.Body) sink.onBroken(failure);
    else sink.onFailure(failure);
  }

  private markClosed(): void {
    if (this.state === State.Closed) return;
    this.state = State.Closed;
    this.wheel.clear(this);
    this.owner.forget(this);
  }
}
