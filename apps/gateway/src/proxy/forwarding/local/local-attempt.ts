import type { Instance } from '../../../discovery/index.js';
import { answerHeaders, type AnswerFacts } from '../../edge/answer-headers.js';
import type { NodeExchange } from '../../entrance/node-exchange.js';
import { Timed, type TimerWheel } from '../../wire/timer-wheel.js';
import type { Attempt } from '../attempt.js';
import { failureOf } from '../failure.js';
import type { AttemptOutcome } from '../forwarder.js';
import { watchAnswer, type AnswerListener } from './local-answer.js';
import { presentAs } from './local-request.js';
import { mute } from './muted-response.js';

/**
 * An exchange handed to a service in this process. It ends when the client's response closes, which the entrance sees;
 * there is no connection in between that could end on its own.
 */
export class LocalAttempt extends Timed implements Attempt, AnswerListener {
  private isOver = false;
  private readonly facts: AnswerFacts;

  constructor(
    private readonly exchange: NodeExchange,
    private readonly outcome: AttemptOutcome<NodeExchange>,
    private readonly wheel: TimerWheel,
  ) {
    super();
    this.facts = exchange.answerFacts();
  }

  start({ target, url }: Instance): void {
    const { request, response, upstreamTarget } = this.exchange;
    const own = ['host', url.slice(url.indexOf('//') + 2)];
    // Frameworks look for it to know whether there is a body.
    if (this.exchange.header('transfer-encoding') !== undefined) own.push('transfer-encoding', 'chunked');
    presentAs(request, upstreamTarget, this.exchange.addInstanceFields(own));
    watchAnswer(response, this);
    this.awaitHead();
    this.exchange.admitBody();
    target?.request(request, response);
  }

  /** Whatever the service says from now on is thrown away. */
  abort(): void {
    this.isOver = true;
    this.wheel.clear(this);
    // One that has ended says no more by itself, which is how nearly all end.
    if (!this.exchange.response.writableEnded) mute(this.exchange.response);
  }

  onHead(status: number, raw: readonly string[]): string[] {
    this.wheel.clear(this);
    // Whatever it says is passed on: what has been handed over inside this process cannot be handed to another.
    this.outcome.accepts(this.exchange, status);
    const headers = answerHeaders(raw, this.facts);
    this.exchange.addConnectionFields(headers);
    this.exchange.status = status;
    return headers;
  }

  onChunk(bytes: number): void {
    if (this.exchange.method !== 'HEAD') this.exchange.bytesSent += bytes;
  }

  /** The head of an answer is late. */
  override onTimeout(): void {
    // The wait counts from the end of the request, as it does for remote instances.
    if (!this.exchange.request.complete) {
      this.awaitHead();
      return;
    }
    this.abort();
    this.outcome.failed(this.exchange, failureOf('timeout'));
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
