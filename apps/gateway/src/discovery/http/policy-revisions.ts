/** A policy file that took effect. */
export interface RevisionInEffect {
  /** Since when, milliseconds since the epoch. */
  readonly at: number;
  readonly revision: string;
}

/** The policy files that were in effect. Provided by the composition root. */
export interface PolicyRevisions {
  /** The oldest first. */
  readonly revisions: readonly RevisionInEffect[];
  /** The one in effect at `time`, milliseconds since the epoch; `undefined` if none is recorded. */
  at(time: number): RevisionInEffect | undefined;
}

/** The injection token of {@link PolicyRevisions}. */
export const POLICY_REVISIONS = Symbol('PolicyRevisions');
