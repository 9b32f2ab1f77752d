import type { AttentionItem } from '#contracts';

/** What a rule finds in one sample. */
export interface Finding extends Omit<AttentionItem, 'since'> {
  /** When it began, if that is known, milliseconds since the epoch; otherwise it begins now. */
  readonly since?: number;
  /** How long the item stays after the rule last found it, milliseconds. 0: for states, which are certain. */
  readonly holdMs: number;
}
