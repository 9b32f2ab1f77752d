import type { Instance } from '../instance.js';

/** What to ask, and where. */
export type ProbeTarget = Pick<Instance, 'url' | 'endpoint' | 'healthPath'>;

/** What came of asking. */
export interface ProbeAnswer {
  /** The instance can be reached. */
  readonly ok: boolean;
  /** Nothing came in time: it may be gone, stand still, or be slow on a machine that is busy. */
  readonly isSilent: boolean;
  readonly latencyMs: number;
  /** One sentence on why. */
  readonly reason: string;
}

/** Asks an instance whether it is there. Never rejects: not to be reached is an answer too. */
export abstract class InstanceProbe {
  abstract ask(target: ProbeTarget): Promise<ProbeAnswer>;
}
