import type { ProbeView } from '#contracts';
import type { Instance } from '../model/instance.js';

/** The instance to check. */
export type HealthCheckTarget = Pick<Instance, 'url' | 'endpoint' | 'healthPath' | 'metadata'>;

/** The result of one health check. */
export interface HealthCheckResult {
  readonly ok: boolean;
  /** No response in time: the instance may be gone, stalled, or slow on an overloaded machine. */
  readonly isSilent: boolean;
  readonly latencyMs: number;
  /** One sentence that describes the outcome. */
  readonly reason: string;
}

/** Checks the health of an instance with one request. */
export abstract class HealthCheck {
  /**
   * Never rejects. `undefined`: this process could not make the check, which says nothing about the instance.
   * @param hasConnected the instance has been connected to before: if the machine has no address or port for it now,
   * its ports have run out. Otherwise the instance cannot be reached from here, and the check fails.
   */
  abstract run(target: HealthCheckTarget, hasConnected: boolean): Promise<HealthCheckResult | undefined>;
}

/** A result in the form of `lastProbe`. @param now milliseconds since the epoch */
export const probeViewOf = ({ ok, latencyMs }: HealthCheckResult, now: number): ProbeView => ({
  at: new Date(now).toISOString(),
  ok,
  latencyMs,
});

/** Decides about instances whose checks fail. */
export interface FailedCheckHandler {
  /** The instance refused the connection. */
  refused(instance: Instance, reason: string): void;
  /** No connection was established in time. */
  suspected(instance: Instance, reason: string): void;
  /** As many consecutive health checks failed as the settings of the instance require. */
  unhealthy(instance: Instance, result: Pick<HealthCheckResult, 'isSilent' | 'reason'>): void;
}
