import type { DiscoveryEvent } from '#contracts';

/** Events that the page keeps; older ones are at `/discovery/events?since=0`. */
export const KEPT_EVENTS = 1000;

/** Adds events, newest first, without those that are there already. */
export function addEvents(
  journal: readonly DiscoveryEvent[],
  events: readonly DiscoveryEvent[],
): readonly DiscoveryEvent[] {
  const newest = journal[0]?.id ?? 0;
  const fresh = events.filter(({ id }) => id > newest).sort((a, b) => b.id - a.id);
  return fresh.length === 0 ? journal : [...fresh, ...journal].slice(0, KEPT_EVENTS);
}

/** @param filter words that all have to occur in the event */
export function matching(
  journal: readonly DiscoveryEvent[],
  filter: string,
  type: string,
): readonly DiscoveryEvent[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return journal.filter((event) => {
    if (type !== '' && event.type !== type) return false;
    const text = `${event.service} ${event.instanceId} ${event.type} ${event.status} ${event.reason}`;
    return words.every((word) => text.toLowerCase().includes(word));
  });
}
