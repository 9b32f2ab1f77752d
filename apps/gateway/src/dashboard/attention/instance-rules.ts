import type { Instance } from '../../discovery/index.js';
import type { TrafficWindow } from '../traffic/traffic-window.js';
import type { Finding } from './finding.js';
import { failure, isDown, isFailing, slowness, slownessOf, type ObservedService } from './service-rules.js';
import {
  CERTIFICATE_CRITICAL_MS,
  CERTIFICATE_WARNING_MS,
  EXPIRING_SHARE,
  HOLD_MS,
  SLOWER_THAN_OTHERS,
} from './thresholds.js';

/** What rules need to know of instances beside the service table. Times are milliseconds since the epoch. */
export interface InstanceFacts {
  /** Milliseconds until the lease expires; `undefined` if it is not known. */
  leaseLeftOf(id: string): number | undefined;
  ttlSecondsOf(id: string): number;
  certificateExpiryOf(instance: Instance): number | undefined;
  /** Whether this gateway ejected the instance because its responses failed. */
  isEjected(id: string): boolean;
}

/** Findings about each instance of a service. */
export function instanceFindings(
  service: ObservedService,
  facts: InstanceFacts,
  now: number,
): readonly Finding[] {
  const { entry } = service;
  const isServiceDown = isDown(service);
  const findings: Finding[] = [];
  for (const instance of entry.instances) {
    if (!isServiceDown && instance.status === 'down') findings.push(outageOf(instance, facts));
    if (instance.expiredAt !== undefined) continue;
    findings.push(...leaseFindings(instance, facts, now), ...certificateFindings(instance, facts, now));
  }
  // With one instance, the findings about the service say it all.
  if (entry.live.length > 1) findings.push(...trafficFindings(service));
  return findings;
}

const about = ({ id, name }: Instance): Pick<Finding, 'subject' | 'service'> => ({
  subject: id,
  service: name,
});

function outageOf(instance: Instance, facts: InstanceFacts): Finding {
  const { id, statusReason, expiredAt } = instance;
  const isEjected = facts.isEjected(id);
  return {
    kind: isEjected ? 'instance-ejected' : 'instance-down',
    ...about(instance),
    condition: 'warning',
    reason: statusReason,
    values: {},
    // The first ejections last a second or two.
    holdMs: isEjected ? HOLD_MS : 0,
    ...(expiredAt !== undefined && { since: expiredAt }),
  };
}

function leaseFindings(instance: Instance, facts: InstanceFacts, now: number): readonly Finding[] {
  const leftMs = facts.leaseLeftOf(instance.id);
  const ttlMs = facts.ttlSecondsOf(instance.id) * 1000;
  if (leftMs === undefined || leftMs > ttlMs * EXPIRING_SHARE) return [];
  return [
    {
      kind: 'instance-expiring',
      ...about(instance),
      condition: 'warning',
      reason: 'a heartbeat is overdue; without one the lease expires and requests stop',
      values: { expiresAt: new Date(now + leftMs).toISOString() },
      holdMs: 0,
    },
  ];
}

function certificateFindings(instance: Instance, facts: InstanceFacts, now: number): readonly Finding[] {
  const expiry = facts.certificateExpiryOf(instance);
  if (expiry === undefined || expiry - now > CERTIFICATE_WARNING_MS) return [];
  return [
    {
      kind: 'certificate-expiring',
      ...about(instance),
      condition: expiry - now > CERTIFICATE_CRITICAL_MS ? 'warning' : 'critical',
      reason: expiry > now ? 'the TLS certificate expires soon' : 'the TLS certificate has expired',
      values: { expiresAt: new Date(expiry).toISOString() },
      holdMs: 0,
    },
  ];
}

function trafficFindings({ entry, windows }: ObservedService): readonly Finding[] {
  if (!windows) return [];
  const slow = entry.live.map(({ id }) => slownessOf(windows.instances.get(id)));
  const isServiceSlow = slownessOf(windows) > 0;
  return entry.live.flatMap((instance, i): Finding[] => {
    const window = windows.instances.get(instance.id);
    if (!window || window.requests === 0) return [];
    const findings: Finding[] = [];
    if (isFailing(window))
      findings.push({ kind: 'instance-failing', ...about(instance), ...failure(window) });
    const p95Ms = slow[i] ?? 0;
    if (p95Ms > 0 && (!isServiceSlow || isOutlier(p95Ms, othersOf(windows.instances, instance.id))))
      findings.push({ kind: 'instance-slow', ...about(instance), ...slowness(window, p95Ms) });
    return findings;
  });
}

/** The 95th percentiles of the other instances that have had requests. */
const othersOf = (windows: ReadonlyMap<string, TrafficWindow>, id: string): readonly number[] =>
  [...windows].flatMap(([other, window]) =>
    other !== id && window.requests > 0 ? [window.quantile(0.95)] : [],
  );

const isOutlier = (p95Ms: number, others: readonly number[]): boolean => {
  const sorted = [...others].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  return median !== undefined && p95Ms >= SLOWER_THAN_OTHERS * median;
};
