import type { Condition } from '#contracts';

/* Colours of figures alone; the gateway decides what needs attention. */

/** Share of failed requests, 0 to 1. */
export const errorCondition = (rate: number): Condition =>
  rate >= 0.5 ? 'critical' : rate >= 0.05 ? 'warning' : 'ok';

export const lagCondition = (ms: number): Condition => (ms >= 200 ? 'warning' : 'ok');

export const latencyCondition = (p95Ms: number): Condition => (p95Ms >= 1000 ? 'warning' : 'ok');
