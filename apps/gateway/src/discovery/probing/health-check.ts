import type { ProbeView } from '#contracts';
import type { Instance } from '../instance.js';

/** The instance that is checked. */
export type HealthCheckTarget = Pick<Instance, 'url' | 'endpoint' | 'healthPath' | 'metadata'>;

/** What one health check found. */
export interface HealthCheckResult {
  readonly ok: boolean;
  /** No response in time: the instance may be gone, stalled, or slow on a busy machine. */
  readonly isSilent: boolean;
  readonly latencyMs: number;
  /** One sentence on what happened. */
  readonly reason: string;
}

/** Checks the health of an instance with one request. */
export abstract class HealthCheck {
  /** Never rejects. `undefined`: this process could not make the check, which says nothing about the instance. */
  abstract run(target: HealthCheckTarget): Promise<HealthCheckResult | undefined>;
}

/** A result as `lastProbe` shows it. @param now milliseconds since the epoch */
export const probeViewOf = ({ ok, latencyMs }: HealthCheckResult, now: number): ProbeView => ({
  at: new Date(now).toISOString(),
  ok,
  latencyMs,
});
