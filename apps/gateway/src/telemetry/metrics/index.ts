export * from './instance-directory.js';
export * from './json-report.js';
export * from './gateway-metrics.module.js';
export type { CacheCounts, EjectionReason } from './series.js';
export * from './traffic-metrics.js';
