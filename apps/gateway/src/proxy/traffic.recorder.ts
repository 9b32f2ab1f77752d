import { performance } from 'node:perf_hooks';
import type { Instance } from '../discovery/index.js';
import type { TrafficMetrics } from '../telemetry/metrics/index.js';
import type { Exchange } from './exchange/exchange.js';
import type { Failure } from './exchange/failure.js';
import type { Recorder } from './exchange/recorder.js';
import type { DecisionRecord } from '../policy/decisions/decision-record.js';
import { isProxied } from './http1/rules/target.js';

/** Sees exchanges that have ended. */
export interface ExchangeObserver {
  write(exchange: Exchange): void;
}

/** Records exchanges in the metrics, and if enabled in the access log and the record of decisions. */
export class TrafficRecorder implements Recorder {
  private accessLog: ExchangeObserver | undefined = undefined;
  private observer: ExchangeObserver | undefined = undefined;
  /** Told of each exchange that has ended: the log, the observer or both. */
  private afterwards: ExchangeObserver | undefined = undefined;
  /** Told of each failed attempt; `undefined` above `DEBUG`. */
  attemptLog: Pick<Recorder, 'attemptFailed'> | undefined = undefined;

  /**
   * @param onExhausted called when this gateway lacked resources for an attempt
   * @param decisions `undefined` without a policy file
   */
  constructor(
    private readonly traffic: TrafficMetrics,
    private readonly onExhausted: (cause: unknown) => void = () => undefined,
    private readonly decisions?: DecisionRecord,
  ) {}

  attemptFailed(exchange: Exchange, instance: Instance, failure: Failure): void {
    this.attemptLog?.attemptFailed(exchange, instance, failure);
    const { route } = exchange;
    const { id } = instance;
    const { kind, cause } = failure;
    if (kind === 'exhausted') this.onExhausted(cause);
    else if (route) this.traffic.service(route.service).instance(id).failures.add(kind);
  }

  tunnelOpened({ route }: Exchange): void {
    if (route) this.traffic.service(route.service).tunnelsOpen += 1;
  }

  ended(exchange: Exchange): void {
    exchange.durationMs = performance.now() - exchange.startedAt;
    this.count(exchange);
    this.afterwards?.write(exchange);
    if (this.decisions && isProxied(exchange.target)) this.decisions.write(exchange);
  }

  /** The log of exchanges that have ended; `undefined` while the log level excludes them. */
  set log(log: ExchangeObserver | undefined) {
    this.accessLog = log;
    this.compose();
  }

  /**
   * Shows further exchanges to `observer`, until the returned function is called. It is composed with the log, so that
   * without an observer a request costs nothing more.
   */
  observe(observer: ExchangeObserver): () => void {
    this.observer = observer;
    this.compose();
    return () => {
      this.observer = undefined;
      this.compose();
    };
  }

  private compose(): void {
    const { accessLog, observer } = this;
    this.afterwards =
      accessLog && observer
        ? {
            write: (exchange) => {
              accessLog.write(exchange);
              observer.write(exchange);
            },
          }
        : (accessLog ?? observer);
  }

  private count(exchange: Exchange): void {
    const { route, instance } = exchange;
    if (!route) {
      this.traffic.rejections.add(exchange.problemCode ?? exchange.ending);
      return;
    }
    const service = this.traffic.service(route.service);
    service.record(exchange);
    service.callers.record(exchange);
    const { version, status } = exchange;
    if (version !== undefined) service.version(route.name ?? '', version).statuses.add(status);
    if (exchange.cache !== undefined) service.cache(route.name ?? '').requests.add(exchange.cache);
    if (route.adaptive) service.concurrencyLimit = route.adaptive.current;
    if (instance) service.instance(instance.id).record(exchange);
  }
}
