import type { LiveServiceTable } from '../../discovery/index.js';
import type { DecisionRecord } from '../../policy/decisions/decision-record.js';
import type { GuardVerdict, LivePolicyFile } from '../../policy/live-policy-file.js';
import type { PolicyFile } from '../../policy/policy-file.js';
import { inSlices } from './in-slices.js';
import { describeChange, PlanBuilder, type Plan } from './plan.js';
import { Replay } from './replay.js';

/** Refuses a policy file that would change more than a share of the recorded decisions. */
export class ReloadGuard {
  /** @param maxChanged percent of the decisions */
  constructor(
    private readonly file: LivePolicyFile,
    private readonly record: DecisionRecord,
    private readonly services: LiveServiceTable,
    private readonly maxChanged: number,
  ) {
    file.guardBy((candidate) => this.check(candidate));
  }

  /**
   * A decision that cannot be determined counts as changed, unless it cannot be determined with the present file
   * either: clients with long requests could otherwise prevent every reload.
   */
  private async check(candidate: PolicyFile): Promise<GuardVerdict> {
    const { current } = this.services;
    const present = new Replay(this.file.current, current);
    const next = new Replay(candidate, current);
    const builder = new PlanBuilder();
    for await (const decision of inSlices(this.record.decisions())) {
      const [before, after] = [present.outcomeOf(decision), next.outcomeOf(decision)];
      if (before.unknown === null || after.unknown === null) builder.add(decision, before, after);
    }
    const plan = builder.build();
    const { total, changed, unknown } = plan;
    return {
      decisions: { unchanged: total - changed - unknown, changed, unknown },
      objection: (changed + unknown) * 100 > total * this.maxChanged ? this.objectionTo(plan) : undefined,
    };
  }

  private objectionTo({ total, changed, unknown, changes }: Plan): string {
    const [largest] = changes;
    const share = (((changed + unknown) * 100) / total).toFixed(2);
    return (
      `GATEWAY_CONFIG_MAX_CHANGED is ${this.maxChanged}%, and ${share}% of ${total} recorded decisions would change ` +
      `(${changed} changed, ${unknown} cannot be determined)${largest ? `; ${describeChange(largest, total)}` : ''}`
    );
  }
}
