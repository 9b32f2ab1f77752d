import type { DiscoveryEvent } from '#contracts';
import { addEvents, KEPT_EVENTS, matching } from './journal';

const event = (id: number, changes: Partial<DiscoveryEvent> = {}): DiscoveryEvent => ({
  ...{ id, at: '2026-01-01T00:00:00.000Z', type: 'registered', service: 'users', instanceId: 'a' },
  ...{ status: 'up', reason: 'registered' },
  ...changes,
});

const idsOf = (events: readonly DiscoveryEvent[]): readonly number[] => events.map(({ id }) => id);

describe('journal', () => {
  it('puts new events first and known ones nowhere', () => {
    const journal = addEvents([], [event(2), event(4)]);
    expect(idsOf(addEvents(journal, [event(2), event(6), event(4)]))).toEqual([6, 4, 2]);
    expect(addEvents(journal, [event(4)])).toBe(journal);
  });

  it('does not grow without end', () => {
    const many = Array.from({ length: KEPT_EVENTS + 5 }, (_, i) => event(i + 1));
    const journal = addEvents([], many);
    expect(journal).toHaveLength(KEPT_EVENTS);
    expect(journal[0]?.id).toBe(KEPT_EVENTS + 5);
  });

  it('finds events by all words and by type', () => {
    const journal = [
      event(3, { type: 'expired', status: 'down', reason: 'lease expired: no heartbeat for 2 s' }),
      event(2, { service: 'orders' }),
      event(1),
    ];
    expect(idsOf(matching(journal, 'USERS lease', ''))).toEqual([3]);
    expect(idsOf(matching(journal, '', 'registered'))).toEqual([2, 1]);
  });
});
