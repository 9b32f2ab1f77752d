import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { REQUEST_TIMEOUT_HEADER, type Problem } from '#contracts';
import { pathOf } from '#service-kit';
import type { AnswerFacts } from '../../edge/answer-headers.js';
import { publicPrefix } from '../../edge/request-headers.js';
import type { Peer } from '../../edge/peer.js';
import { Exchange } from '../../exchange.js';
import type { Attempt } from '../../forwarding/attempt.js';
import { failureOf, type Failure } from '../../forwarding/failure.js';
import type { AttemptOutcome } from '../../forwarding/forwarder.js';
import { KeptBody } from '../../forwarding/kept-body.js';
import { isIdempotent } from '../../idempotent.js';
import { serverTiming } from '../../record/server-timing.js';
import { answerLines } from '../head/answer-lines.js';
import type { ForwardingLines } from '../head/forwarding-lines.js';
import type { RequestHead } from '../head/request-head.js';
import { framingLines, passingLines, withoutConnectionFields } from '../head/request-lines.js';
import type { ResponseHead } from '../head/response-head.js';
import { joinTunnel } from '../tunnel.js';
import type { AnswerSink } from '../upstream/answer-sink.js';
import type { UpstreamConnection } from '../upstream/upstream-connection.js';
import type { UpstreamPool } from '../upstream/upstream-pool.js';
import { answerFramingLine, framingFor, headEnd, statusLine } from './answer-head.js';
import { Framing, type AnswerWriter } from './answer-writer.js';
import { problemBody, problemHead } from './problem-text.js';

/** What an exchange may do to its client's connection. */
export interface ClientSide {
  readonly peer: Peer;
  readonly forwarding: ForwardingLines;
  readonly answer: AnswerWriter;
  /** The gateway is about to end, or nobody knows whether a body follows: the connection closes after this exchange. */
  readonly closesAfterwards: boolean;
  /** Stops taking the body: the instance is slower than the client. */
  pauseBody(): void;
  resumeBody(): void;
  /** Tells a client that waits for it to send its body. */
  admitBody(): void;
  /** Sends an interim answer. */
  sendInterim(head: string): void;
  /** The client is slower than the instance: how long it may take nothing is limited. */
  awaitDrain(): void;
  /** The answer is written whole. */
  finish(): void;
  /** Ends the connection so that what was sent never looks whole. */
  cutOff(): void;
  /** Lets go of the socket for a tunnel; `rest` is what the client sent after its request. */
  detach(): { socket: Socket; rest: Buffer | undefined };
}

/** An exchange whose client side is a socket: takes the instance's answer as it arrives and writes it on. */
export class WireExchange extends Exchange implements AnswerSink, AnswerFacts, Attempt {
  isBodyConsumed = false;
  /** The client's connection stays open after the answer. */
  keepsAlive: boolean;
  takesPayload = false;
  private isAnswered = false;
  private body: Buffer | undefined = undefined;
  /** What was given to an instance after {@link body}; allocated when there is such a thing. */
  private kept: KeptBody | undefined = undefined;
  private isWhole = true;
  private tail = '';
  private upstream: UpstreamConnection | undefined = undefined;
  private outcome: AttemptOutcome<WireExchange> | undefined = undefined;

  constructor(
    private readonly client: ClientSide,
    private readonly head: RequestHead,
    requestId: string,
    clientAddress: string,
  ) {
    super(head.method, head.target, requestId, clientAddress, head.isUpgrade);
    this.keepsAlive = head.keepsAlive && !head.isUpgrade;
  }

  /** To a client of HTTP/1.0 a close looks like the end of the body. */
  get isHttp10(): boolean {
    return this.head.minor === 0;
  }

  get isFromTrustedPeer(): boolean {
    return this.client.peer.isTrusted;
  }

  header(name: string): string | undefined {
    // Asked for by every walk, so it was noted when the head was read.
    if (name === REQUEST_TIMEOUT_HEADER) return this.head.requestTimeout;
    return this.head.field(name);
  }

  get prefix(): string {
    const outer = this.client.peer.isTrusted ? (this.head.forwardedPrefix ?? '') : '';
    return publicPrefix(outer, this.route?.prefix ?? '');
  }

  get origin(): string {
    return this.instance?.url ?? '';
  }

  get protocol(): string | undefined {
    return this.isUpgrade ? this.head.upgrade : undefined;
  }

  get connectMs(): number {
    return this.route?.policy.timeouts.connectMs ?? 0;
  }

  get responseHeaderMs(): number {
    return this.route?.policy.timeouts.responseHeaderMs ?? 0;
  }

  get idleMs(): number {
    return this.route?.policy.timeouts.idleMs ?? 0;
  }

  /**
   * Notes what of the body came with the head, framed as it came. It is kept until the head of an answer arrives, so that
   * it may be sent again.
   * @param tail what completes a whole chunked body whose trailers were held back
   */
  takeFirst(bytes: Buffer | undefined, isWhole: boolean, tail: string): void {
    this.body = bytes;
    this.isWhole = isWhole;
    this.tail = tail;
  }

  /** Starts an attempt at the instance that `pool` leads to. */
  send(pool: UpstreamPool, outcome: AttemptOutcome<WireExchange>): void {
    this.outcome = outcome;
    this.attempt = this;
    const connection = pool.take(this.isWhole && isIdempotent(this.method), this.attempts);
    this.upstream = connection;
    // A body that is not whole waits for the connection: what is not sent can be sent elsewhere.
    if (!this.isWhole && connection.isConnecting) this.client.pauseBody();
    connection.send(
      this,
      this.requestText(pool.origin.authority),
      this.kept ? this.kept.after(this.body) : this.body,
      this.isWhole && this.tail === '',
    );
    if (this.isWhole && this.tail !== '') connection.endBody(this.tail);
    if (!connection.isConnecting) this.onConnect();
  }

  /** More of the request's body has come. */
  sendBody(bytes: Buffer): void {
    if (!this.upstream) return;
    if (!this.isBodyConsumed) this.keepBody(bytes);
    if (!this.upstream.sendBody(bytes)) this.client.pauseBody();
  }

  /** The request's body is whole. */
  endBody(tail: string): void {
    this.isWhole = true;
    this.tail = tail;
    this.upstream?.endBody(tail);
  }

  /** The request's body cannot be brought to its end. */
  failBody(problem: Problem): void {
    this.abort();
    this.reply(problem);
  }

  abort(): void {
    this.upstream?.destroy();
    this.upstream = undefined;
  }

  reply(problem: Problem): void {
    if (this.isOver) return;
    if (this.isAnswered) {
      this.client.cutOff();
      return;
    }
    this.isAnswered = true;
    this.status = problem.status;
    this.problemCode = problem.code;
    this.keepsAlive &&= problem.headers.connection !== 'close' && !this.client.closesAfterwards;
    const body = problemBody(problem, pathOf(this.target), this.requestId);
    this.client.answer.begin(problemHead(problem, body.length, this), Framing.AsItComes);
    if (this.method !== 'HEAD') {
      this.bytesSent = body.length;
      this.client.answer.write(body);
    }
    this.client.answer.end('');
    this.client.finish();
  }

  cutOff(): void {
    this.client.cutOff();
  }

  onConnect(): void {
    if (this.isWhole) return;
    this.client.admitBody();
    this.client.resumeBody();
  }

  onInterim(head: ResponseHead): void {
    if (this.head.minor === 0) return;
    const fields = withoutConnectionFields(head.fields, head.connection);
    this.client.sendInterim(`${statusLine(head.statusText)}${fields}\r\n`);
  }

  onHead(head: ResponseHead): void {
    if (this.outcome?.accepts(this, head.status) === false) {
      this.abort();
      this.holdBody();
      this.outcome.failed(this, failureOf('gateway-error'));
      return;
    }
    this.isAnswered = true;
    this.status = head.status;
    this.letBodyGo();
    const framing = framingFor(head, this.method, this.head.minor);
    this.takesPayload = framing === Framing.UntilClose;
    this.keepsAlive &&= framing !== Framing.UntilClose && !this.client.closesAfterwards;
    this.client.answer.begin(
      statusLine(head.statusText) +
        answerLines(head, this) +
        this.ownLines() +
        answerFramingLine(head, framing) +
        headEnd(this.keepsAlive),
      framing,
    );
  }

  onBody(bytes: Buffer): void {
    const { upstream } = this;
    if (!this.client.answer.write(bytes)) {
      upstream?.pause();
      this.client.awaitDrain();
    }
    if (upstream) this.bytesSent = upstream.payloadBytes;
  }

  onPause(): void {
    this.client.answer.flush();
  }

  onEnd(tail: string): void {
    this.upstream = undefined;
    this.client.answer.end(tail);
    this.outcome?.completed(this);
    this.client.finish();
  }

  onTunnel(head: ResponseHead, upstream: Duplex, first: Buffer): void {
    this.upstream = undefined;
    this.isAnswered = true;
    this.status = head.status;
    this.attempt = { abort: () => upstream.destroy() };
    this.outcome?.tunnelled(this);
    const { socket, rest } = this.client.detach();
    const upgrade = `connection: Upgrade\r\nupgrade: ${head.upgrade ?? ''}\r\n`;
    socket.write(`${statusLine(head.statusText)}${upgrade}${answerLines(head, this)}\r\n`, 'latin1');
    joinTunnel(
      { socket, first: rest },
      { socket: upstream, first },
      {
        onAnswerBytes: (count) => (this.bytesSent += count),
        onEnd: () => this.outcome?.completed(this),
      },
    );
  }

  onFailure(failure: Failure): void {
    this.upstream = undefined;
    this.holdBody();
    this.outcome?.failed(this, failure);
  }

  onBroken(failure: Failure): void {
    this.upstream = undefined;
    this.outcome?.broken(this, failure);
    this.client.answer.flush();
    this.client.cutOff();
  }

  onDrain(): void {
    this.client.resumeBody();
  }

  /** The client takes more of the answer. */
  onClientDrain(): void {
    this.upstream?.resume();
  }

  private keepBody(bytes: Buffer): void {
    this.kept ??= KeptBody.of(this);
    if (!this.isAnswered && this.kept?.add(bytes)) return;
    this.isBodyConsumed = true;
    this.letBodyGo();
  }

  /** Nobody will ask for the body again. */
  private letBodyGo(): void {
    this.body = undefined;
    this.kept = undefined;
  }

  /** The attempt is over: the rest of the body waits for the next one. */
  private holdBody(): void {
    if (!this.isWhole) this.client.pauseBody();
  }

  private requestText(authority: string): string {
    const { client, head, route } = this;
    const upgrade = this.isUpgrade ? `connection: upgrade\r\nupgrade: ${head.upgrade ?? ''}\r\n` : '';
    return (
      `${this.method} ${this.upstreamTarget} HTTP/1.1\r\nhost: ${authority}\r\n${upgrade}` +
      passingLines(head, client.peer) +
      framingLines(head) +
      client.forwarding.of(head, route?.prefix ?? '') +
      `x-request-id: ${this.requestId}\r\n${this.limitLine()}\r\n`
    );
  }

  /** What an answer gets because of this request alone. */
  private ownLines(): string {
    const timing = this.head.asksForTiming ? serverTiming(this) : undefined;
    const cookie = this.affinityCookie;
    return (
      (timing === undefined ? '' : `server-timing: ${timing}\r\n`) +
      (cookie === undefined ? '' : `set-cookie: ${cookie}\r\n`)
    );
  }

  /** How long the instance has, when the exchange has a limit. */
  private limitLine(): string {
    const { remainingMs } = this;
    return remainingMs === undefined ? '' : `${REQUEST_TIMEOUT_HEADER}: ${remainingMs}\r\n`;
  }
}
