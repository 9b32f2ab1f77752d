import type { AttentionItem } from '#contracts';
import { AttentionList } from './attention-list.js';
import type { Finding } from './finding.js';

const T0 = Date.parse('2026-01-01T00:00:00Z');

const finding = (fields: Partial<Finding> = {}): Finding => ({
  kind: 'service-failing',
  condition: 'warning',
  subject: 'users',
  service: 'users',
  reason: 'it fails',
  values: {},
  holdMs: 30_000,
  ...fields,
});

describe('AttentionList', () => {
  let list: AttentionList;
  let isKnown: boolean;
  let isGone: boolean;
  beforeEach(() => {
    list = new AttentionList();
    isKnown = true;
    isGone = true;
  });
  const update = (seconds: number, ...findings: Finding[]): AttentionItem[] => {
    const facts = { isKnown: () => isKnown, isCauseGone: () => isGone };
    list.update(findings, T0 + seconds * 1000, facts);
    return Object.values(list.items);
  };

  it('keeps the time since when, while figures change', () => {
    update(0, finding({ values: { errorRate: 0.1 } }));
    const [item] = update(5, finding({ condition: 'critical', values: { errorRate: 0.9 } }));
    expect(item).toMatchObject({
      since: '2026-01-01T00:00:00.000Z',
      condition: 'critical',
      values: { errorRate: 0.9 },
    });
    expect(Object.keys(list.items)).toEqual(['service-failing users']);
  });

  it('keeps an item about traffic for a while, so that it does not come and go', () => {
    update(0, finding());
    expect(update(29)).toHaveLength(1);
    const [again] = update(29.5, finding());
    expect(again?.since).toBe('2026-01-01T00:00:00.000Z');
    expect(update(59)).toHaveLength(1);
    expect(update(60)).toHaveLength(0);
  });

  it('tells when a held item was last found, and no more once it is found again', () => {
    expect(update(0, finding())[0]).not.toHaveProperty('endedAt');
    update(7, finding());
    expect(update(9)[0]).not.toHaveProperty('endedAt');
    expect(update(12)[0]?.endedAt).toBe('2026-01-01T00:00:07.000Z');
    expect(update(20)[0]?.endedAt).toBe('2026-01-01T00:00:07.000Z');
    expect(update(21, finding())[0]).not.toHaveProperty('endedAt');
  });

  it('tells no end while the cause may last, and then the time when the item was last found', () => {
    update(0, finding());
    isGone = false;
    expect(update(20)[0]).not.toHaveProperty('endedAt');
    expect(Object.fromEntries(list.serviceConditions)).toEqual({ users: 'warning' });
    isGone = true;
    expect(update(21)[0]?.endedAt).toBe('2026-01-01T00:00:00.000Z');
    expect(Object.fromEntries(list.serviceConditions)).toEqual({});
  });

  it('ends an item about a state at once', () => {
    update(0, finding({ kind: 'service-down', holdMs: 0 }));
    expect(update(1)).toHaveLength(0);
  });

  it('drops a held item whose subject is gone', () => {
    update(0, finding());
    isKnown = false;
    expect(update(1)).toHaveLength(0);
  });

  it('tells the worst condition of services and instances; one instance does not make a service critical', () => {
    update(
      0,
      finding({ kind: 'instance-failing', subject: 'a', condition: 'critical' }),
      finding({ kind: 'instance-slow', subject: 'a' }),
      finding({ subject: 'orders', service: 'orders', condition: 'critical' }),
    );
    expect(Object.fromEntries(list.instanceConditions)).toEqual({ a: 'critical' });
    expect(Object.fromEntries(list.serviceConditions)).toEqual({ users: 'warning', orders: 'critical' });
  });
});
