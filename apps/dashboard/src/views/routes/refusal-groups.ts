import type { Refusal } from '#contracts';

/** Equal refusals of one caller. */
export interface RefusalGroup {
  readonly key: string;
  /** The latest of them. */
  readonly latest: Refusal;
  readonly count: number;
}

/** @param refusals newest first, as the groups are then */
export function refusalGroups(refusals: readonly Refusal[]): readonly RefusalGroup[] {
  const groups = new Map<string, RefusalGroup>();
  for (const refusal of refusals) {
    const { method, target, client, consumer, status, problem, refusal: reason } = refusal;
    const key = JSON.stringify([method, target, client, consumer, status, problem, reason]);
    const { latest = refusal, count = 0 } = groups.get(key) ?? {};
    groups.set(key, { key, latest, count: count + 1 });
  }
  return [...groups.values()];
}
