import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket, type ConnectionOptions } from 'node:tls';
import type { Failure, FailureKind } from '../../forwarding/failure.js';
import { BodyReader } from '../body/body-reader.js';
import { FramingError } from '../body/framing-error.js';
import { HeadReader } from '../head/head-reader.js';
import { parseResponseHead } from '../head/parse-response-head.js';
import type { ResponseHead } from '../head/response-head.js';
import { isTaken } from '../is-taken.js';
import { Timed, type TimerWheel } from '../timer-wheel.js';
import { writeChunk } from '../write-chunk.js';
import { writeTogether } from '../write-together.js';
import type { AnswerSink } from './answer-sink.js';
import type { Origin } from './origin.js';
import { readOnAfterBrokenWrites } from './read-on.js';

/** Who keeps connections between requests. */
export interface ConnectionKeeper {
  /** The connection is idle and sound. */
  keep(connection: UpstreamConnection): void;
  /** The connection is of no use any more. */
  forget(connection: UpstreamConnection): void;
}

const enum Phase {
  Connecting,
  Idle,
  Waiting,
  Body,
  Gone,
}

/** Below the five seconds after which Node closes idle connections, so that we are the first. */
const DEFAULT_IDLE_MS = 4_000;
const LONGEST_IDLE_MS = 60_000;
/** What a `Keep-Alive: timeout=` is shortened by: the answer was under way while the server's clock ran. */
const IDLE_MARGIN_MS = 1_000;
const MAX_INTERIM_ANSWERS = 16;

/** One connection to an instance: sends one request at a time and reads its answer. Listens once for its whole life. */
export class UpstreamConnection extends Timed {
  private readonly socket: Socket;
  private readonly endReadingOn: () => void;
  private readonly heads = new HeadReader();
  private readonly body = new BodyReader();
  private readonly payload = (bytes: Buffer): void => this.sink?.onBody(bytes);
  private phase = Phase.Connecting;
  private sink: AnswerSink | undefined;
  private requestDone = false;
  private keepsAlive = false;
  private idleMs = DEFAULT_IDLE_MS;
  private interimAnswers = 0;
  private uses = 0;
  private isPaused = false;
  /** The instance takes no more; what it has answered is still to be read. */
  private isDeaf = false;
  private cause: Error | undefined;
  /** Tick of the wheel at which the connection became idle. */
  idleSinceTick = 0;

  constructor(
    origin: Origin,
    tls: ConnectionOptions,
    private readonly wheel: TimerWheel,
    private readonly keeper: ConnectionKeeper,
  ) {
    super();
    this.socket = openSocket(origin, tls);
    this.endReadingOn = readOnAfterBrokenWrites(this.socket, this.onBrokenWrite);
    this.socket
      .once(origin.isTls ? 'secureConnect' : 'connect', () => this.onConnect())
      .on('error', (error) => (this.cause = error))
      .on('data', this.onData)
      .on('drain', this.onDrain)
      .on('end', this.onEnd)
      .on('close', this.onClose);
  }

  get isConnecting(): boolean {
    return this.phase === Phase.Connecting;
  }

  /** The connection carried a request before the one that it carries now. */
  get isReused(): boolean {
    return this.uses > 1;
  }

  /** Body bytes of the answer so far, without their framing. */
  get payloadBytes(): number {
    return this.body.payloadBytes;
  }

  /**
   * Sends a request: its head, what has arrived of its body, in one write when small. The answer goes to `sink`.
   * @param isWhole the body, if any, is complete
   */
  send(sink: AnswerSink, head: string, body: Buffer | undefined, isWhole: boolean): void {
    this.sink = sink;
    this.uses += 1;
    this.requestDone = isWhole;
    this.keepsAlive = false;
    this.interimAnswers = 0;
    if (this.phase === Phase.Idle) this.beginWaiting();
    else this.wheel.set(this, sink.connectMs);
    writeTogether(this.socket, head, body);
  }

  /** Sends more of the body; `false` asks to wait for `onDrain`. */
  sendBody(bytes: Buffer): boolean {
    return this.limitSending(isTaken(this.socket, this.socket.write(bytes)));
  }

  /** Sends more of the body as one chunk. */
  sendChunk(payload: Buffer): boolean {
    return this.limitSending(writeChunk(this.socket, payload));
  }

  /** While the body is under way, the instance is late only when it does not take what is there. */
  private limitSending(goesOn: boolean): boolean {
    if (this.sink && this.phase === Phase.Waiting) this.limit(goesOn ? 0 : this.sink.idleMs);
    return goesOn;
  }

  /** The body is complete; `tail` is what is still to be written of it. */
  endBody(tail: string): void {
    this.requestDone = true;
    if (tail !== '') this.socket.write(tail, 'latin1');
    if (this.sink && this.phase === Phase.Waiting) this.limit(this.sink.responseHeaderMs);
  }

  /** Stops reading until {@link resume}: the client is slower than the instance. */
  pause(): void {
    this.isPaused = true;
    // It is not the instance that is silent.
    this.wheel.clear(this);
    this.socket.pause();
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    if (this.sink) this.limit(this.sink.idleMs);
    this.socket.resume();
  }

  /** Gives the connection up; the sink hears no more. */
  destroy(): void {
    this.sink = undefined;
    this.leave();
    this.socket.destroy();
  }

  /** Connecting took too long, the instance was silent for too long, or nobody needed the connection. */
  override onTimeout(): void {
    if (this.phase === Phase.Connecting)
      this.fail('connect-timeout', 'the connection to the service took too long');
    else if (this.phase === Phase.Waiting) this.fail('timeout', 'the service did not answer in time');
    else if (this.phase === Phase.Body) this.fail('timeout', 'the service fell silent');
    else this.destroy();
  }

  private onConnect(): void {
    if (!this.sink) {
      this.destroy();
      return;
    }
    this.beginWaiting();
    this.sink.onConnect();
  }

  private beginWaiting(): void {
    this.phase = Phase.Waiting;
    const sink = this.sink as AnswerSink;
    this.limit(this.requestDone ? sink.responseHeaderMs : 0);
  }

  private limit(ms: number): void {
    if (ms === 0) this.wheel.clear(this);
    else this.wheel.set(this, ms);
  }

  private readonly onData = (bytes: Buffer): void => {
    // Bytes that nobody asked for would be taken for the next answer.
    if (!this.sink) {
      this.destroy();
      return;
    }
    let at = 0;
    while (this.phase === Phase.Waiting && at < bytes.length) at = this.readHead(bytes, at);
    if (this.phase === Phase.Body) this.readBody(bytes, at);
  };

  private readonly onBrokenWrite = (error: Error): void => {
    this.isDeaf = true;
    this.cause = error;
  };

  private readonly onDrain = (): void => {
    if (this.phase === Phase.Waiting && !this.requestDone) this.limit(0);
    this.sink?.onDrain();
  };

  private readonly onEnd = (): void => {
    if (this.sink && this.phase === Phase.Body && this.body.endsWithConnection) this.finish(true);
    else this.onClose();
  };

  private readonly onClose = (): void => {
    if (this.phase === Phase.Connecting) this.fail('refused', refusalOf(this.socket));
    else this.fail('reset', 'the connection to the service broke');
  };

  /** Reads a head; answers where it ended, or the end of `bytes` when it goes on or the exchange is over. */
  private readHead(bytes: Buffer, from: number): number {
    const head = this.parseHead(bytes, from);
    if (!head || !this.sink) return bytes.length;
    const end = this.heads.end;
    if (head.status === 101) this.changeProtocols(head, this.sink, bytes.subarray(end));
    else if (head.isInterim) this.takeInterim(head, this.sink);
    else this.beginBody(head, this.sink);
    return end;
  }

  private parseHead(bytes: Buffer, from: number): ResponseHead | undefined {
    try {
      const text = this.heads.read(bytes, from);
      return text === undefined ? undefined : parseResponseHead(text);
    } catch (error) {
      this.fail('protocol-error', (error as Error).message);
      return undefined;
    }
  }

  private takeInterim(head: ResponseHead, sink: AnswerSink): void {
    this.interimAnswers += 1;
    if (this.interimAnswers > MAX_INTERIM_ANSWERS)
      this.fail('protocol-error', 'there were too many 1xx answers');
    // The client's wait for a 100 is over already: the gateway has answered it.
    else if (head.status !== 100) sink.onInterim(head);
  }

  private changeProtocols(head: ResponseHead, sink: AnswerSink, first: Buffer): void {
    if (sink.protocol === undefined || !head.changesTo(sink.protocol)) {
      this.fail('protocol-error', 'the service changed protocols in a way that nobody asked for');
      return;
    }
    this.sink = undefined;
    this.leave();
    this.endReadingOn();
    const { socket, onData, onDrain, onEnd, onClose } = this;
    socket.off('data', onData).off('drain', onDrain).off('end', onEnd).off('close', onClose).pause();
    sink.onTunnel(head, socket, first);
  }

  private beginBody(head: ResponseHead, sink: AnswerSink): void {
    this.phase = Phase.Body;
    if (head.keepAliveSeconds !== undefined) this.idleMs = idleMsOf(head.keepAliveSeconds);
    this.expectBody(head, sink.method);
    this.keepsAlive = head.keepsAlive && !this.body.endsWithConnection;
    sink.onHead(head);
  }

  private expectBody(head: ResponseHead, method: string): void {
    if (!head.hasBody(method)) this.body.expectNone();
    else if (head.isChunked) this.body.expectChunked();
    else if (head.contentLength !== -1) this.body.expectLength(head.contentLength);
    else this.body.expectUntilClose();
  }

  private readBody(bytes: Buffer, from: number): void {
    const end = this.passBody(bytes, from);
    if (end === -1 || !this.sink) return;
    if (this.body.isDone) this.finish(end === bytes.length);
    else {
      if (!this.isPaused) this.limit(this.sink.idleMs);
      this.sink.onPause();
    }
  }

  /** Gives the sink what belongs to the body; answers where it ended, -1 after a failure. */
  private passBody(bytes: Buffer, from: number): number {
    const sink = this.sink as AnswerSink;
    try {
      if (sink.takesPayload) return this.body.read(bytes, from, this.payload);
      const end = this.body.read(bytes, from);
      if (this.body.passEnd > from) sink.onBody(bytes.subarray(from, this.body.passEnd));
      return end;
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.fail('protocol-error', error.message);
      return -1;
    }
  }

  private finish(isClean: boolean): void {
    const sink = this.sink as AnswerSink;
    this.sink = undefined;
    const { tail, trailerFields } = this.body;
    if (isClean && this.keepsAlive && this.requestDone && !this.isDeaf) this.rest();
    else this.destroy();
    sink.onEnd(tail, trailerFields);
  }

  private rest(): void {
    this.phase = Phase.Idle;
    this.resume();
    this.wheel.set(this, this.idleMs);
    this.keeper.keep(this);
  }

  private fail(kind: FailureKind, detail: string): void {
    const { sink, phase } = this;
    this.destroy();
    if (!sink) return;
    const failure: Failure = { kind, detail, cause: this.cause };
    if (phase === Phase.Body) sink.onBroken(failure);
    else sink.onFailure(failure);
  }

  private leave(): void {
    if (this.phase === Phase.Gone) return;
    this.phase = Phase.Gone;
    this.wheel.clear(this);
    this.keeper.forget(this);
  }
}

function openSocket(origin: Origin, tls: ConnectionOptions): Socket {
  // Half-open, since a tunnel closes its two directions one by one.
  const { host, port, serverName: servername } = origin;
  const options = { host, port, allowHalfOpen: true };
  if (!origin.isTls) return connectPlain({ ...options, noDelay: true });
  return connectTls({ ...tls, ...options, servername, ALPNProtocols: ['http/1.1'] }).setNoDelay(true);
}

/** Why no connection came about; a certificate is something that an operator can mend. */
function refusalOf(socket: Socket): string {
  const fault = socket instanceof TLSSocket ? (socket.authorizationError as unknown) : undefined;
  if (!fault) return 'the service cannot be connected to';
  const code = fault instanceof Error ? fault.message : (fault as string);
  return `the certificate of the service is not accepted (${code})`;
}

const idleMsOf = (seconds: number): number =>
  Math.min(Math.max(seconds * 1000 - IDLE_MARGIN_MS, 0), LONGEST_IDLE_MS);
