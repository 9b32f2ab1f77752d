import type { ServiceEntry } from '../../discovery/index.js';
import type { ServiceWindows } from '../traffic/traffic-sampler.js';
import type { TrafficWindow } from '../traffic/traffic-window.js';
import { rounded } from '../traffic/rounded.js';
import type { Finding, IsListed } from './finding.js';
import { failingInstances, slowInstances } from './located.js';
import {
  CRITICAL_RATE,
  FAILING_RATE,
  HOLD_MS,
  LEAST_REQUESTS_TO_BE_SLOW,
  LEAST_REQUESTS_TO_FAIL,
  SLOW_MS,
} from './thresholds.js';

/** A service as rules see it. */
export interface ObservedService {
  readonly entry: ServiceEntry;
  /** `undefined` without requests so far. */
  readonly windows: ServiceWindows | undefined;
}

/** Whether requests fail. Few requests say little, but that a failure lasts. */
export const isFailing = (
  window: TrafficWindow | undefined,
  isListed: () => boolean,
): window is TrafficWindow =>
  window !== undefined &&
  window.errorRate >= FAILING_RATE &&
  (window.requests >= LEAST_REQUESTS_TO_FAIL || isListed());

/** The 95th percentile if it is slow, milliseconds; otherwise 0. */
export function slownessOf(window: TrafficWindow | undefined, isListed: () => boolean): number {
  if (!window || window.requests === 0) return 0;
  const p95Ms = window.quantile(0.95);
  const isSlow = p95Ms >= SLOW_MS && (window.requests >= LEAST_REQUESTS_TO_BE_SLOW || isListed());
  return isSlow ? p95Ms : 0;
}

type Grounds = Pick<Finding, 'condition' | 'reason' | 'values' | 'holdMs'>;

const percent = (share: number): string => `${rounded(share * 100)}%`;

const mostWith = ({ mostFrequentError: status }: TrafficWindow): string =>
  status === undefined ? '' : `, most of them with ${status}`;

/** Condition, reason and values of a failing service or instance. */
export const failure = (window: TrafficWindow): Grounds => ({
  condition: window.errorRate >= CRITICAL_RATE ? 'critical' : 'warning',
  reason: `${window.errors} of ${window.requests} requests failed (${percent(window.errorRate)})${mostWith(window)}`,
  values: {
    errorRate: rounded(window.errorRate),
    errors: window.errors,
    requests: window.requests,
    status: window.mostFrequentError ?? '',
  },
  holdMs: HOLD_MS,
});

/** Condition, reason and values of a slow service or instance. */
export const slowness = (window: TrafficWindow, p95Ms: number): Grounds => ({
  condition: 'warning',
  reason: `at least 5% of responses take ${SLOW_MS} ms or longer`,
  values: { p95Ms: rounded(p95Ms), requests: window.requests },
  holdMs: HOLD_MS,
});

/** The same with the instances that are the cause, if they are some of the instances. */
function located({ condition, reason, values, holdMs }: Grounds, at: string): Grounds {
  if (at === '') return { condition, reason, values, holdMs };
  return { condition, reason: `${reason}; at ${at}`, values: { at, ...values }, holdMs };
}

/** Whether a service is down: it has instances or requests, and none of its instances receives requests. */
export const isDown = ({ entry, windows }: ObservedService): boolean =>
  entry.available.length === 0 && (entry.instances.length > 0 || (windows?.requests ?? 0) > 0);

/** Findings about a service as a whole. */
export function serviceFindings(service: ObservedService, isListed: IsListed): readonly Finding[] {
  const { entry, windows } = service;
  const subject = { subject: entry.name, service: entry.name };
  const findings: Finding[] = [];
  if (isDown(service)) findings.push({ kind: 'service-down', ...subject, ...outage(entry) });
  else if (isFailing(windows, () => isListed('service-failing', entry.name))) {
    const grounds = located(failure(windows), failingInstances(windows));
    findings.push({ kind: 'service-failing', ...subject, ...grounds });
  }
  const p95Ms = slownessOf(windows, () => isListed('service-slow', entry.name));
  if (windows && p95Ms > 0) {
    const grounds = located(slowness(windows, p95Ms), slowInstances(windows));
    findings.push({ kind: 'service-slow', ...subject, ...grounds });
  }
  const breaker = windows?.series.breaker;
  if (breaker === 'open' || breaker === 'half-open')
    findings.push({
      kind: 'breaker-open',
      ...subject,
      condition: 'critical',
      reason: 'too many requests failed; the circuit breaker refuses requests until a trial succeeds',
      values: { state: breaker },
      holdMs: 0,
    });
  return findings;
}

function outage({ instances, lastSeenAt }: ServiceEntry): Grounds & { since?: number } {
  const reasons = new Set(instances.map(({ status, statusReason }) => `${status}: ${statusReason}`));
  const [first = 'no instance is registered', ...others] = reasons;
  return {
    condition: 'critical',
    reason: others.length > 0 ? `${first}; and other reasons` : first,
    values: { count: instances.length },
    holdMs: 0,
    ...(lastSeenAt !== undefined && { since: lastSeenAt }),
  };
}
