import { HealthCheck, type HealthCheckResult, type HealthCheckTarget } from '../probing/health-check.js';

/** A health check that finds what a spec tells it to, and remembers which endpoints were checked. */
export class ScriptedHealthCheck extends HealthCheck {
  readonly checked: string[] = [];
  passes = false;
  isSilent = false;
  /** Set: results wait for it. */
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
