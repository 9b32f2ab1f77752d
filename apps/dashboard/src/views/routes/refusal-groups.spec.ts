import type { Refusal } from '#contracts';
import { refusalGroups } from './refusal-groups';

const refusal = (at: string, changes: Partial<Refusal> = {}): Refusal => ({
  ...{ at, requestId: at, method: 'GET', target: '/api/a', client: '192.0.2.1', consumer: null },
  ...{ service: 'a', route: null, status: 429, problem: 'rate-limited', refusal: 'few' },
  ...changes,
});

describe('refusalGroups', () => {
  it('counts equal refusals of one caller, the latest first', () => {
    const groups = refusalGroups([
      refusal('3'),
      refusal('2', { client: '192.0.2.2' }),
      refusal('1', { consumer: 'acme' }),
      refusal('0'),
    ]);
    expect(groups.map(({ latest, count }) => [latest.at, count])).toEqual([
      ['3', 2],
      ['2', 1],
      ['1', 1],
    ]);
  });
});
