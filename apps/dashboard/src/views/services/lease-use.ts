import type { Condition, InstanceState } from '#contracts';

/** Instances send several heartbeats per lease; at this part of the lease some were missed. */
const LATE_SHARE = 0.75;

interface LeaseUse {
  /** Part of the lease that has passed since it was renewed, 0 to 1. */
  readonly share: number;
  readonly condition: Condition;
}

/**
 * How much of its lease an instance has used up. Heartbeats renew it, and so do responses to requests. While the registry
 * accepts no writes, none is renewed and none expires.
 */
export function leaseUse(
  { expiresAt, ttlSeconds }: Pick<InstanceState, 'expiresAt' | 'ttlSeconds'>,
  now: string,
  isRegistryUp: boolean,
): LeaseUse {
  const secondsLeft = (Date.parse(expiresAt) - Date.parse(now)) / 1000;
  const share = Math.min(Math.max(1 - secondsLeft / ttlSeconds, 0), 1);
  if (!isRegistryUp) return { share, condition: 'ok' };
  return { share, condition: share >= 1 ? 'critical' : share >= LATE_SHARE ? 'warning' : 'ok' };
}
