import type { Provider } from '@nestjs/common';
import { isPretty, RepeatedWarning, standardOutput, type AppContext } from '#service-kit';
import type { LogLevel } from '#contracts';
import type { GatewayConfig } from '../config/gateway.config.js';
import { LiveServiceTable } from '../discovery/index.js';
import type { DecisionRecord } from '../policy/decisions/decision-record.js';
import {
  AccessLog,
  BatchWriter,
  SampledLog,
  TerminalLog,
  type ExchangeLog,
} from '../telemetry/access-log/index.js';
import { TrafficMetrics } from '../telemetry/metrics/index.js';
import type { Exchange } from './exchange/exchange.js';
import { ForwardingLog } from './forward/forwarding-log.js';
import { DECISION_RECORD } from './plan/decisions.controller.js';
import { TrafficRecorder } from './traffic.recorder.js';

/** Providers that record what becomes of exchanges. */
export const recordingProviders = (config: GatewayConfig, context: AppContext): Provider[] => [
  { provide: BatchWriter, useFactory: () => new BatchWriter(standardOutput) },
  {
    provide: ForwardingLog,
    useFactory: (services: LiveServiceTable) => new ForwardingLog(context.logger, services),
    inject: [LiveServiceTable],
  },
  {
    provide: TrafficRecorder,
    useFactory: (
      traffic: TrafficMetrics,
      out: BatchWriter,
      forwarding: ForwardingLog,
      decisions: DecisionRecord | undefined,
    ) => {
      const warning = new RepeatedWarning(
        context.logger,
        'No resources for upstream connections; requests are refused with 503',
      );
      const recorder = new TrafficRecorder(traffic, (err) => warning.record({ err }), decisions);
      context.logLevel.follow((level) => {
        const log = accessLogOf(level, config, context, out);
        const isDebug = level === 'DEBUG';
        recorder.log = log && isDebug ? followedBy(log, forwarding) : log;
        recorder.attemptLog = isDebug ? forwarding : undefined;
      });
      return recorder;
    },
    inject: [TrafficMetrics, BatchWriter, ForwardingLog, { token: DECISION_RECORD, optional: true }],
  },
];

/** Both logs, one after the other. */
const followedBy = (log: ExchangeLog, forwarding: ForwardingLog) => ({
  write: (exchange: Exchange): void => {
    log.write(exchange);
    forwarding.write(exchange);
  },
});

/** `undefined` at `ERROR`: no outcome of a request is an error of the gateway. */
function accessLogOf(
  level: LogLevel,
  { logFormat, accessLogSample, accessLogSlowMs }: GatewayConfig,
  { logger }: AppContext,
  out: BatchWriter,
): ExchangeLog | undefined {
  if (level === 'ERROR') return undefined;
  const log = isPretty(logFormat)
    ? new TerminalLog(logger)
    : new AccessLog('gateway', out, level === 'WARN' ? 'warn' : 'info');
  if (accessLogSample === 1) return log;
  return new SampledLog(log, { share: accessLogSample, slowMs: accessLogSlowMs });
}
