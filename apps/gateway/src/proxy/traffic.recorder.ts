import { performance } from 'node:perf_hooks';
import type { Instance } from '../discovery/index.js';
import type { TrafficMetrics } from '../telemetry/metrics/index.js';
import type { Exchange } from './exchange/exchange.js';
import type { Failure } from './exchange/failure.js';
import type { Recorder } from './exchange/recorder.js';
import type { DecisionRecord } from '../policy/decisions/decision-record.js';
import { isProxied } from './http1/rules/target.js';

/** Records exchanges in the metrics, and if enabled in the access log and the record of decisions. */
export class TrafficRecorder implements Recorder {
  /** Told of each exchange that has ended; `undefined` while the log level excludes exchanges. */
  log: { write(exchange: Exchange): void } | undefined = undefined;
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
    this.log?.write(exchange);
    if (this.decisions && isProxied(exchange.target)) this.decisions.write(exchange);
  }

  private count(exchange: Exchange): void {
    const { route, instance } = exchange;
    if (!route) {
      this.traffic.rejections.add(exchange.problemCode ?? exchange.ending);
      return;
    }
    const service = this.traffic.service(route.service);
    service.record(exchange);
    const { version, status } = exchange;
    if (version !== undefined) service.version(route.name ?? '', version).statuses.add(status);
    if (exchange.cache !== undefined) service.cache(route.name ?? '').requests.add(exchange.cache);
    if (route.adaptive) service.concurrencyLimit = route.adaptive.current;
    if (instance) service.instance(instance.id).record(exchange);
  }
}
