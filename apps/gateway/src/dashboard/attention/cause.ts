import type { AttentionItem } from '#contracts';
import type { ServiceWindows } from '../traffic/traffic-sampler.js';
import { SLOW_MS, type TrafficCounts } from '../traffic/traffic-counts.js';
import { isDown, type ObservedService } from './service-rules.js';
import { FAILING_RATE } from './thresholds.js';

/** What tells whether a cause is gone. */
export interface CauseFacts {
  /** `undefined`: there is no such service. */
  serviceOf(name: string): ObservedService | undefined;
  /** Whether a service reports its backlog now. */
  reportsBacklog(service: string): boolean;
}

/**
 * Whether the cause of an item about traffic or load, which the rules no longer find, is known to be gone. Without
 * requests nothing is known: a service that nothing calls may still fail.
 */
export function isCauseGone({ kind, subject, service: name }: AttentionItem, facts: CauseFacts): boolean {
  if (kind === 'backlog-growing') return facts.reportsBacklog(name);
  const service = facts.serviceOf(name);
  // The gateway itself is observed in every sample.
  if (!service) return true;
  const { entry, windows } = service;
  if (isDown(service) || !windows || !isServed(windows)) return false;
  // An instance that has left cannot fail.
  const isHere = kind.startsWith('instance-') && entry.instances.some(({ id }) => id === subject);
  return !isHere || isWell(windows.instances.get(subject));
}

/** Whether instances receive requests, and clients get good responses in time. The cache responds without instances. */
const isServed = (windows: ServiceWindows): boolean => windows.instanceRequests > 0 && isWell(windows);

/** Fewer requests count than rules need to find something: what is bad in few requests is not over. */
const isWell = (window: TrafficCounts | undefined): boolean =>
  window !== undefined &&
  window.requests > 0 &&
  window.errorRate < FAILING_RATE &&
  window.quantile(0.95) < SLOW_MS;
