import type { ServiceEntry } from '../../discovery/index.js';
import type { ServiceWindows } from '../traffic/traffic-sampler.js';
import type { Finding, IsListed } from './finding.js';
import { failingInstances, slowInstances } from './located.js';
import { failure, isFailing, slowness, slownessOf, type Grounds } from './traffic-grounds.js';

/** A service as rules see it. */
export interface ObservedService {
  readonly entry: ServiceEntry;
  /** `undefined` without requests so far. */
  readonly windows: ServiceWindows | undefined;
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
  else if (windows && isFailing(windows.judged, () => isListed('service-failing', entry.name))) {
    const grounds = located(failure(windows.judged), failingInstances(windows));
    findings.push({ kind: 'service-failing', ...subject, ...grounds });
  }
  const p95Ms = windows ? slownessOf(windows.judged, () => isListed('service-slow', entry.name)) : 0;
  if (windows && p95Ms > 0) {
    const grounds = located(slowness(windows.judged, p95Ms), slowInstances(windows));
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

/** The grounds with the instances that are the cause. */
function located(grounds: Grounds, cause: Finding['values']): Grounds {
  const at = cause.at ?? cause.only;
  const place = at === undefined ? '' : `; at ${at}`;
  const reason = grounds.reason + (cause.own === undefined ? place : '; the gateway responded itself');
  return { ...grounds, reason, values: { ...cause, ...grounds.values } };
}

/** More reasons are no help: the view of the service lists them. */
const MOST_REASONS = 2;

function outage({ instances, lastSeenAt }: ServiceEntry): Grounds {
  const isFew = instances.length <= MOST_REASONS;
  const reasons = new Set(
    instances.map(({ id, statusReason }) => (isFew ? `${id}: ${statusReason}` : statusReason)),
  );
  const first = [...reasons].slice(0, isFew ? MOST_REASONS : 1).join('; ');
  return {
    condition: 'critical',
    reason:
      (first || 'no instance is registered') + (!isFew && reasons.size > 1 ? '; and other reasons' : ''),
    values: { count: instances.length },
    holdMs: 0,
    ...(lastSeenAt !== undefined && { since: lastSeenAt }),
  };
}
