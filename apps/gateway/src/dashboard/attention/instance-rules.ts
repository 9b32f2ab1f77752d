import type { Instance, ServiceEntry } from '../../discovery/index.js';
import type { ServiceWindows } from '../traffic/traffic-sampler.js';
import type { Finding, IsListed } from './finding.js';
import { isDown, type ObservedService } from './service-rules.js';
import {
  CERTIFICATE_CRITICAL_MS,
  CERTIFICATE_WARNING_MS,
  EXPIRING_SHARE,
  HOLD_MS,
  SLOWER_THAN_OTHERS,
} from './thresholds.js';
import { failure, isFailing, slowness, slownessOf } from './traffic-grounds.js';

/** What rules need to know of instances beside the service table. Times are milliseconds since the epoch. */
export interface InstanceFacts {
  /** Milliseconds until the lease expires; `undefined` if it is not known. */
  leaseLeftOf(id: string): number | undefined;
  ttlSecondsOf(id: string): number;
  certificateExpiryOf(instance: Instance): number | undefined;
  /** Whether this gateway ejected the instance because its responses failed. */
  isEjected(id: string): boolean;
}

/** Findings about each instance of a service. Most have none: a rule that finds nothing allocates nothing. */
export function instanceFindings(
  service: ObservedService,
  facts: InstanceFacts,
  now: number,
  isListed: IsListed,
): readonly Finding[] {
  const { entry } = service;
  const isServiceDown = isDown(service);
  const findings: Finding[] = [];
  const add = (finding: Finding | undefined): void => {
    if (finding) findings.push(finding);
  };
  for (const instance of entry.instances) {
    if (!isServiceDown && instance.status === 'down') findings.push(outageOf(instance, facts));
    if (instance.expiredAt !== undefined) continue;
    add(expiring(instance, facts, now));
    add(certificate(instance, facts, now));
  }
  // With one instance, the findings about the service say it all.
  if (entry.live.length > 1 && service.windows)
    addTrafficFindings(findings, entry, service.windows, isListed);
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

function expiring(instance: Instance, facts: InstanceFacts, now: number): Finding | undefined {
  const leftMs = facts.leaseLeftOf(instance.id);
  const ttlMs = facts.ttlSecondsOf(instance.id) * 1000;
  if (leftMs === undefined || leftMs > ttlMs * EXPIRING_SHARE) return undefined;
  return {
    kind: 'instance-expiring',
    ...about(instance),
    condition: 'warning',
    reason: 'a heartbeat is overdue; without one the lease expires and requests stop',
    values: { expiresAt: new Date(now + leftMs).toISOString() },
    holdMs: 0,
  };
}

function certificate(instance: Instance, facts: InstanceFacts, now: number): Finding | undefined {
  const expiry = facts.certificateExpiryOf(instance);
  if (expiry === undefined || expiry - now > CERTIFICATE_WARNING_MS) return undefined;
  return {
    kind: 'certificate-expiring',
    ...about(instance),
    condition: expiry - now > CERTIFICATE_CRITICAL_MS ? 'warning' : 'critical',
    reason: expiry > now ? 'the TLS certificate expires soon' : 'the TLS certificate has expired',
    values: { expiresAt: new Date(expiry).toISOString() },
    holdMs: 0,
  };
}

function addTrafficFindings(
  findings: Finding[],
  { live, name }: ServiceEntry,
  windows: ServiceWindows,
  isListed: IsListed,
): void {
  const isSlow = slowInstanceOf(windows, () => isListed('service-slow', name));
  for (const instance of live) {
    const judged = windows.instances.get(instance.id)?.judged;
    if (!judged || judged.requests === 0) continue;
    if (isFailing(judged, () => isListed('instance-failing', instance.id)))
      findings.push({ kind: 'instance-failing', ...about(instance), ...failure(judged) });
    const p95Ms = slownessOf(judged, () => isListed('instance-slow', instance.id));
    if (p95Ms > 0 && isSlow(p95Ms))
      findings.push({ kind: 'instance-slow', ...about(instance), ...slowness(judged, p95Ms) });
  }
}

/** Tells whether an instance with a slow 95th percentile is slow itself, or its service as a whole. */
function slowInstanceOf(windows: ServiceWindows, isServiceListed: () => boolean): (p95Ms: number) => boolean {
  if (slownessOf(windows.judged, isServiceListed) === 0) return () => true;
  const all = Array.from(windows.instances.values(), ({ judged }) => judged);
  const used = all.filter(({ requests }) => requests > 0);
  const sorted = used.map((judged) => judged.quantile(0.95)).sort((a, b) => a - b);
  const middle = Math.floor((sorted.length - 1) / 2);
  return (p95Ms) => {
    // The median of the others: those after the instance move up by one.
    const median = p95Ms <= (sorted[middle] ?? 0) ? sorted[middle + 1] : sorted[middle];
    return median !== undefined && p95Ms >= SLOWER_THAN_OTHERS * median;
  };
}
