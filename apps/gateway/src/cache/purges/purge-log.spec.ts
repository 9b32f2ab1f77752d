import { PurgeLog } from './purge-log.js';
import { covers, EVERYTHING, type PurgeLabels, type PurgeSelector } from './purge-selector.js';

const LAMP: PurgeLabels = { service: 'products', path: '/products/lamp', tags: ['lamp', 'home'] };

const SELECTING: readonly PurgeSelector[] = [
  EVERYTHING,
  { service: 'products' },
  { path: '/products/lamp' },
  { path: '/products/*' },
  { path: '/products/lam*' },
  { path: '*' },
  { tags: ['home'] },
  { tags: ['desk', 'lamp'] },
  { service: 'products', path: '/products/lamp', tags: ['lamp'] },
  { service: 'products', path: '/products*', tags: ['lamp', 'desk'] },
];

const OTHERS: readonly PurgeSelector[] = [
  { service: 'product' },
  { path: '/products' },
  { path: '/products/lamps' },
  { path: '/Products/*' },
  { tags: ['desk'] },
  { tags: [] },
  { service: 'orders', path: '/products/lamp' },
  { service: 'products', path: '/products/desk', tags: ['lamp'] },
  { service: 'products', path: '/p*', tags: ['desk'] },
];

describe('A log of purges', () => {
  const logWith = (selector: PurgeSelector, at = 5): PurgeLog => {
    const log = new PurgeLog();
    log.record(selector, at);
    return log;
  };

  it.each(SELECTING)('knows what %j has purged, and for what it came too early', (selector) => {
    expect(covers(selector, LAMP)).toBe(true);
    const log = logWith(selector);
    expect(log.hasPurged(LAMP, 4)).toBe(true);
    log.record({ service: 'another' }, 7);
    expect(log.hasPurged(LAMP, 4)).toBe(true);
    expect(log.hasPurged(LAMP, 5)).toBe(false);
  });

  it.each(OTHERS)('keeps what %j does not select', (selector) => {
    expect(covers(selector, LAMP)).toBe(false);
    expect(logWith(selector).hasPurged(LAMP, 4)).toBe(false);
  });

  it.each([{ path: '/' }, { path: '/*' }, { tags: ['tag'] }])(
    'counts everything as purged that is older than a forgotten purge by %j',
    ({ path, tags }) => {
      const log = new PurgeLog();
      for (let at = 1; at <= 10_001; at += 1) log.record({ service: `s${at}`, path, tags }, at);
      const forgotten = path === '/*' ? 9001 : 1;
      expect(log.hasPurged(LAMP, forgotten - 1)).toBe(true);
      expect(log.hasPurged(LAMP, forgotten)).toBe(false);
    },
  );

  it('counts everything as purged that is older than its restart', () => {
    const log = logWith({ service: 'orders' });
    log.restart(10);
    expect(log.hasPurged(LAMP, 9)).toBe(true);
    expect(log.hasPurged(LAMP, 10)).toBe(false);
  });
});
