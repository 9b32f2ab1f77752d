import { Inject, Injectable } from '@nestjs/common';
import {
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { Readiness } from '../app/readiness.js';
import { PublicHealthError, type HealthIndicator } from './health-indicator.js';

export const INDICATORS = Symbol('health indicators');

const CHECK_TIMEOUT_MS = 2000;

/** Runs the indicators of an app concurrently. If one is down, terminus throws its document as a 503. */
@Injectable()
export class HealthService {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly sessions: HealthIndicatorService,
    private readonly readiness: Readiness,
    @Inject(INDICATORS) private readonly indicators: readonly HealthIndicator[],
  ) {
    readiness.setChecks(() => this.canServe());
  }

  /** The status of all dependencies. */
  health(): Promise<HealthCheckResult> {
    return this.checks.check(this.indicators.map((indicator) => () => this.runCheck(indicator)));
  }

  /** Confirms that the process responds; runs no indicators. */
  live(): Promise<HealthCheckResult> {
    return this.checks.check([]);
  }

  /** Whether the app may receive traffic. Runs no indicators while the app starts, or once it has left rotation. */
  ready(): Promise<HealthCheckResult> {
    const { obstacle } = this.readiness;
    if (obstacle) return this.checks.check([() => this.sessions.check('readiness').down(obstacle)]);
    return this.checks.check(this.required.map((indicator) => () => this.runCheck(indicator)));
  }

  private get required(): readonly HealthIndicator[] {
    return this.indicators.filter((indicator) => indicator.required);
  }

  /**
   * Readiness for heartbeats. A partial fault does not count: without the instance, the requests that it can serve
   * would also fail.
   */
  private async canServe(): Promise<boolean> {
    if (this.readiness.obstacle) return false;
    const results = await Promise.all(this.required.map((indicator) => indicator.check().catch(asError)));
    return results.every(
      (result) => !(result instanceof Error) || (result instanceof PublicHealthError && result.isPartial),
    );
  }

  private async runCheck(indicator: HealthIndicator): Promise<HealthIndicatorResult> {
    const session = this.sessions.check(indicator.name);
    // terminus' own text is not used: the message of an error may contain hosts, paths and users.
    let publicReason = 'no response';
    const check = () =>
      indicator.check().catch((error: unknown) => {
        if (error instanceof PublicHealthError) publicReason = error.message;
        throw error;
      });
    const result = await session.attempt(check).withTimeout(CHECK_TIMEOUT_MS);
    if (result[indicator.name]?.status === 'up') return result;
    return indicator.required ? session.down(publicReason) : session.degraded(publicReason);
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
