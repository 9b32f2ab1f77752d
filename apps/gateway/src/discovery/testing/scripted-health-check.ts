import {
  HealthCheck,
  type HealthCheckResult,
  type HealthCheckTarget,
} from '../health-checks/health-check.js';

/** A health check with a result set by the spec; records the checked endpoints. */
export class ScriptedHealthCheck extends HealthCheck {
  readonly checked: string[] = [];
  passes = false;
  isSilent = false;
  /** Results wait for this promise. */
  gate: Promise<void> = Promise.resolve();

  async run({ endpoint }: HealthCheckTarget): Promise<HealthCheckResult> {
    this.checked.push(endpoint);
    await this.gate;
    return {
      ok: this.passes,
      isSilent: this.isSilent,
      latencyMs: 1,
      reason: `the health check ${this.passes ? 'received 200' : 'failed'}`,
    };
  }
}
