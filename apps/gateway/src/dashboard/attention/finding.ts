import type { AttentionItem } from '#contracts';

/** Whether an item is in the list already: then fewer requests are enough to find it again. */
export type IsListed = (kind: AttentionItem['kind'], subject: string) => boolean;

/** What a rule finds in one sample. */
export interface Finding extends Omit<AttentionItem, 'since'> {
  /** When it began, if that is known, milliseconds since the epoch; otherwise it begins now. */
  readonly since?: number;
  /** How long the item stays after the rule last found it, milliseconds. 0: for states, which are certain. */
  readonly holdMs: number;
}
