import type { Logger } from '#service-kit';
import { HealthCheck, type HealthCheckResult, type HealthCheckTarget } from './health-check.js';

/** Logs the result of each health check at `DEBUG`. */
export class LoggedHealthCheck extends HealthCheck {
  constructor(
    private readonly check: HealthCheck,
    private readonly logger: Pick<Logger, 'debug'>,
  ) {
    super();
  }

  async run(target: HealthCheckTarget, hasConnected: boolean): Promise<HealthCheckResult | undefined> {
    const result = await this.check.run(target, hasConnected);
    const { ok, latencyMs, reason = 'this gateway had no resources for the check' } = result ?? {};
    this.logger.debug({ url: target.url, ok, latencyMs, reason }, 'Health check');
    return result;
  }
}
