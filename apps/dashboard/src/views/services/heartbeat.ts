import type { Condition, InstanceState } from '#contracts';

/** Instances send several heartbeats per lease; at this part of the lease some were missed. */
const LATE_SHARE = 0.75;

interface HeartbeatAge {
  /** Part of the lease that has passed since the last heartbeat, 0 to 1. */
  readonly share: number;
  readonly condition: Condition;
}

/** How old the last heartbeat is, against the length of the lease. */
export function heartbeatAge(
  { lastHeartbeatAt, ttlSeconds }: Pick<InstanceState, 'lastHeartbeatAt' | 'ttlSeconds'>,
  now: string,
): HeartbeatAge {
  const seconds = (Date.parse(now) - Date.parse(lastHeartbeatAt)) / 1000;
  const share = Math.min(Math.max(seconds / ttlSeconds, 0), 1);
  return { share, condition: share >= 1 ? 'critical' : share >= LATE_SHARE ? 'warning' : 'ok' };
}
