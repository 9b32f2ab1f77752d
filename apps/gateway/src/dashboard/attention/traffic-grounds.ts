import { isoSecond, rounded } from '../traffic/rounded.js';
import { SLOW_MS, type TrafficCounts } from '../traffic/traffic-counts.js';
import type { Finding } from './finding.js';
import { CRITICAL_RATE, FAILING_RATE, HOLD_MS, LEAST_BAD_REQUESTS } from './thresholds.js';

/** Whether requests fail. One failure says little, but that failures last. */
export const isFailing = (judged: TrafficCounts, isListed: () => boolean): boolean =>
  judged.errorRate >= FAILING_RATE && (judged.errors >= LEAST_BAD_REQUESTS || isListed());

/** The 95th percentile if it is slow, milliseconds; otherwise 0. One slow response says as little as one failure. */
export function slownessOf(judged: TrafficCounts, isListed: () => boolean): number {
  const { slow } = judged;
  if (slow === 0 || (slow < LEAST_BAD_REQUESTS && !isListed())) return 0;
  const p95Ms = judged.quantile(0.95);
  return p95Ms >= SLOW_MS ? p95Ms : 0;
}

/** What a finding about traffic says. */
export type Grounds = Pick<Finding, 'condition' | 'reason' | 'values' | 'holdMs' | 'since'>;

/** Grounds of a failing service or instance. */
export function failure(judged: TrafficCounts): Grounds {
  const { requests, errors, errorRate, mostFrequentError: status, firstErrorAt: since } = judged;
  const most = status === undefined ? '' : `, most of them with ${status}`;
  const period = periodOf(judged);
  return {
    condition: errorRate >= CRITICAL_RATE ? 'critical' : 'warning',
    reason: `${errors} of ${requests} requests${period.text} failed (${rounded(errorRate * 100)}%)${most}`,
    values: { errorRate: rounded(errorRate), errors, requests, status: status ?? '', ...period.values },
    holdMs: HOLD_MS,
    ...(since !== undefined && { since }),
  };
}

/** Grounds of a slow service or instance. */
export function slowness(judged: TrafficCounts, p95Ms: number): Grounds {
  const { requests, slow, firstSlowAt: since } = judged;
  const period = periodOf(judged);
  return {
    condition: 'warning',
    reason: `${slow} of ${requests} responses${period.text} took longer than ${SLOW_MS} ms`,
    values: { p95Ms: rounded(p95Ms), slow, requests, ...period.values },
    holdMs: HOLD_MS,
    ...(since !== undefined && { since }),
  };
}

/** Since when the requests are counted, if they are not those of the last seconds. */
function periodOf({ from }: TrafficCounts): { readonly text: string; readonly values: Finding['values'] } {
  if (from === undefined) return { text: '', values: {} };
  return { text: ` since ${isoSecond(from)}`, values: { from: isoSecond(from) } };
}
