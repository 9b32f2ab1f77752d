import type { AttentionItem } from '#contracts';

/** Whether the cause of an item is gone; it stays in the list for a while. */
export const isOver = ({ endedAt }: Pick<AttentionItem, 'endedAt'>): boolean => endedAt !== undefined;

/** Those that last first, the most serious of them first, then the oldest. */
export function attentionInOrder(items: Readonly<Record<string, AttentionItem>>): readonly AttentionItem[] {
  return Object.values(items).toSorted(
    (a, b) =>
      Number(isOver(a)) - Number(isOver(b)) ||
      Number(b.condition === 'critical') - Number(a.condition === 'critical') ||
      a.since.localeCompare(b.since),
  );
}
