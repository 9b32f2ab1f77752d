import { InstanceProbe, type ProbeAnswer, type ProbeTarget } from '../probing/instance-probe.js';

/** A probe that answers what a spec tells it to, and remembers whom it asked. */
export class ScriptedProbe extends InstanceProbe {
  readonly asked: string[] = [];
  isUp = false;
  isSilent = false;
  /** Set: answers wait for it. */
  gate: Promise<void> = Promise.resolve();

  async ask({ endpoint }: ProbeTarget): Promise<ProbeAnswer> {
    this.asked.push(endpoint);
    await this.gate;
    return {
      ok: this.isUp,
      isSilent: this.isSilent,
      latencyMs: 1,
      reason: `a probe ${this.isUp ? 'was answered 200' : 'failed'}`,
    };
  }
}
