import { MirrorRules, type ComparedMirror } from './mirror-rules.js';
import { MIRROR_HOLD_MS } from './thresholds.js';

const mirror = (different: number, fields: Partial<ComparedMirror> = {}): ComparedMirror => ({
  ...{ service: 'users', route: '', compared: 40, different },
  ...fields,
});

describe('MirrorRules', () => {
  let rules: MirrorRules;
  beforeEach(() => (rules = new MirrorRules()));

  it('finds mirrors whose responses differ, by service and route', () => {
    const mirrors = [mirror(3), mirror(0, { service: 'orders' }), mirror(1, { route: 'writes' })];
    const found = rules.findings(mirrors, 0);
    expect(found.map(({ subject, service }) => [subject, service])).toEqual([
      ['users', 'users'],
      ['users writes', 'users'],
    ]);
    expect(found[0]).toMatchObject({ condition: 'warning', values: { different: 3, compared: 40 } });
  });

  it('ends some time after the latest difference', () => {
    expect(rules.findings([mirror(3)], 0)).toHaveLength(1);
    expect(rules.findings([mirror(4)], 1000)).toHaveLength(1);
    expect(rules.findings([mirror(4)], MIRROR_HOLD_MS)).toHaveLength(1);
    expect(rules.findings([mirror(4)], MIRROR_HOLD_MS + 1000)).toHaveLength(0);
    expect(rules.findings([mirror(5)], MIRROR_HOLD_MS + 2000)).toHaveLength(1);
  });

  it('ends with the comparisons of a mirror that is replaced', () => {
    rules.findings([mirror(3)], 0);
    expect(rules.findings([mirror(0)], 1000)).toHaveLength(0);
  });
});
