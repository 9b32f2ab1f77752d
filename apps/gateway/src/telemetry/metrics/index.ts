export * from './instance-directory.js';
export * from './json-report.js';
export * from './gateway-metrics.module.js';
export { BOUNDS_MS, quantileOf } from './latency-histogram.js';
export { FIRST_ERROR } from '../ended-exchange.js';
export type {
  CacheCounts,
  CacheSeries,
  EjectionReason,
  InstanceSeries,
  PolicySeries,
  ServiceSeries,
} from './series.js';
export * from './traffic-metrics.js';
