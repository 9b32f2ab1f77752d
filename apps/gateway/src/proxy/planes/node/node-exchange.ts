import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { REQUEST_TIMEOUT_HEADER, type Problem } from '#contracts';
import { REQUEST_ID_HEADER, requestIdFrom } from '#service-kit';
import type { ResponseContext } from '../../http1/rules/response-headers.js';
import { clientAddressOf, type Peer } from '../../http1/rules/peer.js';
import { rawField, type RawFields } from '../../http1/rules/raw-fields.js';
import { addRequestFields, publicPrefix } from '../../http1/rules/request-headers.js';
import type { TrustedProxies } from '../../http1/rules/trusted-proxies.js';
import { Exchange } from '../../exchange/exchange.js';
import { ReplayBody } from '../../exchange/replay-body.js';
import { serverTiming } from '../../http1/rules/server-timing.js';
import { Framing, framingFor, KEEP_ALIVE_MS } from '../../http1/head/response-framing.js';
import { bodyTooSlow } from '../../http1/body/body-problems.js';
import { responseLines, withoutTrailer } from '../../http1/head/response-lines.js';
import { flatFields } from '../../http1/head/flat-fields.js';
import type { ResponseHead } from '../../http1/head/response-head.js';
import type { TimerWheel } from '../../sockets/timer-wheel.js';
import { DrainLimit } from './drain-limit.js';
import { plainResponse } from '../../sockets/node-internals.js';
import { endsConnection, ownLines } from '../../http1/head/own-reply.js';
import { unexpectedError } from '../../exchange/problems.js';
import type { Reply } from '../../exchange/stage.js';
import { editReply, editResponse } from '../../pipeline/phases.js';
import { clearFields, sendReply } from './problem-response.js';

/** Facts about a request that node's own objects do not hold. */
export interface NodeContext {
  readonly target: string;
  readonly host: string;
  readonly peer: Peer;
  readonly trusted: TrustedProxies;
  readonly isDraining: () => boolean;
  readonly wheel: TimerWheel;
  /** How long a client may leave a response unread, in milliseconds. */
  readonly idleMs: number;
  /** Bytes after the head of an upgrade request; `undefined` for other requests. */
  readonly upgradeHead?: Buffer | undefined;
}

const NO_CONTENT = 204;
const KEEP_ALIVE = `timeout=${KEEP_ALIVE_MS / 1000}`;
/** Offset of the reason phrase in `200 OK`. */
const REASON_AT = '200 '.length;

const addressOf = ({ rawHeaders }: IncomingMessage, { peer, trusted }: NodeContext): string =>
  peer.isTrusted ? clientAddressOf(peer, rawField(rawHeaders, 'x-forwarded-for'), trusted) : peer.address;

/** An exchange whose downstream side is a node:http request and response. */
export class NodeExchange extends Exchange {
  /** A part of the body was sent to an instance and cannot be repeated. */
  isBodyConsumed = false;
  /** The part of the body sent so far, kept for the next attempt. */
  replayBody: ReplayBody | undefined = undefined;
  /** The fields as sent by the client: a local instance reads modified fields from the same request. */
  private readonly fields: RawFields;
  private mayContinue: boolean;
  private drainLimit: DrainLimit | undefined = undefined;

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    readonly context: NodeContext,
    expectsContinue = false,
  ) {
    super(
      request.method ?? 'GET',
      context.target,
      requestIdFrom(rawField(request.rawHeaders, REQUEST_ID_HEADER)),
      addressOf(request, context),
      context.upgradeHead !== undefined,
    );
    this.fields = request.rawHeaders;
    this.mayContinue = expectsContinue;
  }

  get isFromTrustedPeer(): boolean {
    return this.context.peer.isTrusted;
  }

  header(name: string): string | undefined {
    return rawField(this.fields, name);
  }

  /** The request has a body; node has validated its framing. */
  get hasBody(): boolean {
    if (this.header('transfer-encoding') !== undefined) return true;
    const length = this.header('content-length');
    return length !== undefined && !/^0+$/.test(length);
  }

  /** Appends the fields sent to an instance to `into`, except `Host`. */
  addInstanceFields(into: string[]): string[] {
    const { peer, host } = this.context;
    addRequestFields(into, this.fields, {
      peer,
      host,
      version: this.request.httpVersion,
      requestId: this.requestId,
      prefix: this.route?.prefix ?? '',
    });
    const { remainingMs } = this;
    if (remainingMs !== undefined) into.push(REQUEST_TIMEOUT_HEADER, String(remainingMs));
    return into;
  }

  responseContext(): ResponseContext {
    const outer = this.context.peer.isTrusted ? (this.header('x-forwarded-prefix') ?? '') : '';
    return {
      requestId: this.requestId,
      prefix: publicPrefix(outer, this.route?.prefix ?? ''),
      origin: this.instance?.url ?? '',
    };
  }

  /** Keeps a piece of the body sent to an instance, while the body may still be repeated. */
  retainBody(piece: Buffer): void {
    if (this.isBodyConsumed) return;
    this.replayBody ??= ReplayBody.of(this);
    if (!this.response.headersSent && this.replayBody?.add(piece)) return;
    this.isBodyConsumed = true;
    this.replayBody = undefined;
  }

  /** Sends `100 Continue` to a client that waits for it. Deferred until an instance can accept the body. */
  admitBody(): void {
    if (!this.mayContinue) return;
    this.mayContinue = false;
    this.response.writeContinue();
  }

  /** Sends an interim response, such as 103 Early Hints; HTTP/1.0 clients do not support them. */
  sendInterim(head: string): void {
    if (this.request.httpVersion !== '1.1') return;
    const { socket } = this.response;
    // Without a socket, responses to earlier pipelined requests are not complete yet.
    if (socket) socket.write(head, 'latin1');
    else this.response.once('socket', (own: Socket) => own.write(head, 'latin1'));
  }

  /** Sends the head of an upstream response. */
  sendHead(head: ResponseHead): void {
    const { status, isDeclined } = head;
    const received = responseLines(head, this.responseContext());
    const lines = editResponse(this, { status, isOwn: false, isDeclined }, received);
    if (lines === undefined) {
      this.failBody(unexpectedError());
      return;
    }
    const headers = flatFields(this.mayAnnounceTrailers(head) ? lines : withoutTrailer(lines));
    if (head.contentLength !== -1 && head.status !== NO_CONTENT)
      headers.push('content-length', String(head.contentLength));
    else if (this.announcesChunks(head)) headers.push('transfer-encoding', 'chunked');
    this.addConnectionFields(headers);
    this.addPersistence(head, headers);
    this.replayBody = undefined;
    this.writeHead(head.status, head.statusText.slice(REASON_AT), headers);
    this.status = head.status;
  }

  private writeHead(status: number, reason: string, headers: string[]): void {
    const { response } = this;
    // A local instance may have set fields on the response before the hedged attempt replaced it.
    if (this.hedge?.outcome) clearFields(response);
    plainResponse.writeHead.call(response, status, reason, headers);
  }

  /** Node throws when trailers are announced for a body that is not chunked. */
  private mayAnnounceTrailers(head: ResponseHead): boolean {
    if (this.isHttp10 || head.contentLength !== -1) return false;
    return head.hasBody(this.method) || this.announcesChunks(head);
  }

  /**
   * A HEAD response has the fields of a GET response (RFC 9110, section 9.3.2), to which node adds the coding itself.
   */
  private announcesChunks({ isChunked, status }: ResponseHead): boolean {
    return isChunked && status !== NO_CONTENT && this.method === 'HEAD' && !this.isHttp10;
  }

  private get isHttp10(): boolean {
    return this.request.httpVersion !== '1.1';
  }

  /**
   * Adds `Connection` by the rules of the wire plane. Node treats `Connection: upgrade` alone as persistent, and
   * closes an HTTP/1.0 connection after a response that has neither a length nor a body.
   */
  private addPersistence(head: ResponseHead, headers: string[]): void {
    if (this.context.isDraining()) return;
    const endsBody = framingFor(head, this.method, this.isHttp10 ? 0 : 1) === Framing.UntilClose;
    const awaitsContinue = this.mayContinue && this.hasBody;
    if (!this.response.shouldKeepAlive || endsBody || awaitsContinue) headers.push('Connection', 'close');
    else headers.push('Connection', 'keep-alive', 'Keep-Alive', KEEP_ALIVE);
  }

  /** Adds the response fields that depend on this connection and request. */
  addConnectionFields(headers: string[]): void {
    const timing = serverTiming(this);
    if (timing !== undefined) headers.push('server-timing', timing);
    if (this.context.isDraining()) headers.push('connection', 'close');
  }

  reply(reply: Reply | Problem): void {
    if (this.isOver) return;
    if (this.response.headersSent) {
      this.cutOff();
      return;
    }
    const [complete, lines] = editReply(this, reply);
    this.status = complete.status;
    sendReply(this.response, complete, {
      lines: lines + ownLines(complete, this.requestId),
      close: endsConnection(reply) || this.context.isDraining(),
    });
    if (this.method !== 'HEAD') this.bytesSent = complete.body.length;
  }

  cutOff(): void {
    const { socket } = this.request;
    // A body without a length ends with the connection (HTTP/1.0): only a reset shows that it is incomplete.
    if (this.request.httpVersion === '1.1') socket.destroy();
    else socket.resetAndDestroy();
  }

  /** The client reads more slowly than the response arrives; limits how long it may take to continue. */
  awaitDrain(): void {
    const { wheel, idleMs } = this.context;
    this.drainLimit ??= new DrainLimit(this, wheel, idleMs);
    this.drainLimit.begin();
  }

  /** Called when the client has its response or has disconnected. */
  closed(): void {
    this.drainLimit?.end();
  }

  /** Called when no data has moved on the downstream connection for the idle time. */
  onSilence(): void {
    const { request, response } = this;
    if (response.writableEnded) {
      // Node emits `timeout` on the request, then on the response, which may by then be the 408 to the late body.
      if (response.writableLength > 0) this.abandonResponse();
      return;
    }
    // If the request is paused, the instance is slow to accept the body, not the client to send it.
    if (!request.complete && !request.isPaused()) this.failBody(bodyTooSlow());
    else if (response.writableNeedDrain) this.cutOff();
    else this.attempt?.onSilence?.();
  }

  /** The upstream response is complete, but the client does not read it. */
  private abandonResponse(): void {
    this.ending = 'client-left';
    this.cutOff();
  }

  /** Aborts the attempt and replies with `problem`: the request body cannot be completed. */
  failBody(problem: Problem): void {
    this.attempt?.abort();
    this.reply(problem);
  }
}
