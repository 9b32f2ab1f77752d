import type { InstanceAt } from '#contracts';
import { compareTimes } from './differences';

const instance = (id: string, changes: Partial<InstanceAt> = {}): InstanceAt => ({
  ...{ id, name: 'users', url: `http://127.0.0.1/${id}`, transport: 'http', version: '1.0.0', weight: 100 },
  ...{ healthPath: '/health', metadata: {}, status: 'up', statusReason: 'registered' },
  ...changes,
});

describe('compareTimes', () => {
  it('names what changed, what is gone and what is new', () => {
    const then = [instance('a'), instance('b'), instance('c')];
    const now = [instance('a'), instance('b', { status: 'down', weight: 5 }), instance('d')];
    const rows = compareTimes(then, now).map(({ id, then: before, now: after, changed }) => [
      id,
      before !== undefined,
      after !== undefined,
      changed,
    ]);
    expect(rows).toEqual([
      ['a', true, true, []],
      ['b', true, true, ['weight', 'status']],
      ['c', true, false, []],
      ['d', false, true, []],
    ]);
  });
});
