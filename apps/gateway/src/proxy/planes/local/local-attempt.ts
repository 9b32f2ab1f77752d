import { validateHeaderName, validateHeaderValue, type ServerResponse } from 'node:http';
import type { Instance } from '../../../discovery/index.js';
import { Timed, type TimerWheel } from '../../sockets/timer-wheel.js';
import type { Attempt } from '../../exchange/exchange-state.js';
import { failureOf } from '../../exchange/failure.js';
import type { AttemptOutcome } from '../../exchange/forwarder.js';
import { flatFields, linesOf } from '../../http1/head/request-lines.js';
import type { LocalExchange } from '../exchange/local-client.js';
import {
  editResponse,
  observeBody,
  observesBody,
  replaceResponse,
  type RespondingHead,
} from '../../pipeline/phases.js';
import { bytesOf, lengthOf, watchResponse, type ResponseListener } from './local-response.js';
import { presentRequest } from './present-request.js';
import { clientFields } from './local-fields.js';
import { mute } from './muted-response.js';

/**
 * An attempt at a local instance. It ends when the client's response closes, which the data plane observes; there is no
 * upstream connection that could end separately.
 */
export class LocalAttempt extends Timed implements Attempt, ResponseListener {
  private isOver = false;
  private response: ServerResponse | undefined = undefined;
  /** What the connection had read when the time limit passed last. */
  private bytesRead = 0;

  constructor(
    private readonly exchange: LocalExchange,
    private readonly outcome: AttemptOutcome<LocalExchange>,
    private readonly wheel: TimerWheel,
  ) {
    super();
  }

  start(instance: Instance): void {
    const { client } = this.exchange;
    client.releaseBody();
    // The body was too large.
    if (this.isOver) return;
    const { request, response } = client;
    this.response = response;
    presentRequest(this.exchange, instance);
    watchResponse(response, this);
    this.awaitHead();
    client.admitBody();
    try {
      instance.target?.request(request, response);
    } catch (cause) {
      this.abort();
      this.outcome.failed(this.exchange, failureOf('protocol-error', cause));
    }
  }

  /** Discards everything that the instance writes from now on. */
  abort(): void {
    this.isOver = true;
    this.wheel.clear(this);
    // Nearly all responses have ended here, and an ended one writes nothing more.
    if (this.response && !this.response.writableEnded) mute(this.response);
  }

  get mayReplace(): boolean {
    return !this.isOver && (this.exchange.route?.phases.upstreamResponse.length ?? 0) > 0;
  }

  onHead(status: number, raw: readonly string[]): string[] | undefined {
    this.wheel.clear(this);
    // The status is accepted in any case: a request passed to a local instance cannot be sent to another one.
    const { exchange } = this;
    const isDeclined = status === 503 && hasRetryAfter(raw);
    this.outcome.accepts(exchange, status, isDeclined);
    const received = clientFields(raw, exchange);
    if (this.mayReplace && this.isReplaced(status, received)) return undefined;
    const fields = this.edited(received, { status, isOwn: false, isDeclined });
    for (const part of flatFields(exchange.timingLine())) fields.push(part);
    exchange.keepsAlive &&= !exchange.client.closesAfterwards;
    if (!exchange.keepsAlive) fields.push('connection', 'close');
    exchange.status = status;
    exchange.client.responseAdvances?.();
    return fields;
  }

  onChunk(chunk: unknown, encoding: unknown): void {
    this.exchange.client.responseAdvances?.();
    const { method, status } = this.exchange;
    if (method === 'HEAD' || status === 204 || status === 304) return;
    this.exchange.bytesSent += lengthOf(chunk, encoding);
    if (observesBody(this.exchange)) observeBody(this.exchange, bytesOf(chunk, encoding));
  }

  /** Called when the response head is late. */
  override onTimeout(): void {
    if (this.isReceiving()) {
      this.awaitHead();
      return;
    }
    this.abort();
    this.outcome.failed(this.exchange, failureOf('timeout'));
  }

  /** Runs the `upstreamResponse` phase, and sends a reply of a stage. */
  private isReplaced(status: number, fields: readonly string[]): boolean {
    const { exchange } = this;
    const lines = validLines(fields);
    const response = { status, isOwn: false, lines, contentLength: lengthIn(fields) };
    const reply = replaceResponse(exchange, response);
    if (!reply) return false;
    this.abort();
    this.outcome.replaced(exchange, status);
    exchange.replyInstead(reply);
    return true;
  }

  /** Runs the `response` phase. If a stage fails, the connection is closed: the instance is already responding. */
  private edited(fields: string[], head: RespondingHead): string[] {
    const edited = editResponse(this.exchange, head, () => validLines(fields), fields);
    if (typeof edited === 'string') return flatFields(edited);
    if (edited !== undefined) return edited;
    this.exchange.ending = 'broken';
    this.exchange.cutOff();
    return [];
  }

  /** The time limit starts at the end of the request, as for remote instances, or when the instance stops reading it. */
  private isReceiving(): boolean {
    const { complete, readableLength, readableHighWaterMark, socket } = this.exchange.client.request;
    const hasMoved = socket.bytesRead !== this.bytesRead;
    this.bytesRead = socket.bytesRead;
    return !complete && (hasMoved || readableLength < readableHighWaterMark);
  }

  private awaitHead(): void {
    const ms = this.exchange.route?.policy.timeouts.responseHeaderMs ?? 0;
    if (ms > 0) this.wheel.set(this, ms);
  }

  onSilence(): void {
    if (this.isOver || this.exchange.status === 0) return;
    this.abort();
    this.exchange.cutOff();
    this.outcome.broken(this.exchange, failureOf('timeout'));
  }
}

/** The fields as lines. @throws what node throws for an invalid name or value */
function validLines(fields: readonly string[]): string {
  for (let i = 0; i < fields.length; i += 2) {
    validateHeaderName(fields[i] ?? '');
    validateHeaderValue(fields[i] ?? '', fields[i + 1] ?? '');
  }
  return linesOf(fields);
}

function lengthIn(fields: readonly string[]): number {
  const at = fields.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'content-length');
  return at === -1 ? -1 : Number(fields[at + 1]);
}

const hasRetryAfter = (raw: readonly string[]): boolean =>
  raw.some((name, i) => i % 2 === 0 && name.toLowerCase() === 'retry-after');
