import { Problem } from '#contracts';
import type { PurgeSelector } from './purge-selector.js';
import { Purges } from './purges.js';
import type { PurgeListener, SharedPurges } from './shared-purges.js';

const LAMP = { service: 'products', path: '/products/lamp', tags: [] };
const OF_LAMP: PurgeSelector = { path: LAMP.path };

/** What carries purges to other gateways, in the state that a spec sets. */
class SharedStub implements SharedPurges {
  readonly position = { epoch: 'e', id: 7 };
  receivedAt = 0;
  isAway = false;
  readonly announced: PurgeSelector[] = [];
  listener: PurgeListener | undefined;

  listen(listener: PurgeListener): void {
    this.listener = listener;
  }
  start = () => Promise.resolve();
  announce(selector: PurgeSelector): Promise<void> {
    this.announced.push(selector);
    return this.isAway ? Promise.reject(new Error('away')) : Promise.resolve();
  }
}

describe('Purges', () => {
  const removed: PurgeSelector[] = [];
  const target = { purge: (selector: PurgeSelector) => removed.push(selector) };
  let shared: SharedStub;
  beforeEach(() => {
    removed.length = 0;
    shared = new SharedStub();
  });

  it('remove stored responses, and keep responses on their way from being stored', async () => {
    const purges = new Purges(target);
    const before = purges.mark();
    expect(await purges.purge(OF_LAMP)).toBe(1);
    expect(removed).toEqual([OF_LAMP]);
    expect(purges.hasPurged(LAMP, before)).toBe(true);
    expect(purges.hasPurged(LAMP, purges.mark())).toBe(false);
    expect(purges.hasPurged({ ...LAMP, path: '/other' }, before)).toBe(false);
  });

  it('reach the other gateways and are applied once', async () => {
    const purges = new Purges(target, shared);
    expect(purges.mark()).toEqual({ local: 0, shared: { epoch: 'e', id: 7 } });
    await purges.purge(OF_LAMP);
    purges.invalidate({ path: '/other' });
    expect(shared.announced).toEqual([OF_LAMP, { path: '/other' }]);
    expect(removed).toEqual([OF_LAMP, { path: '/other' }]);
  });

  it('of other gateways are applied, and all responses are removed if some were missed', () => {
    const purges = new Purges(target, shared);
    const before = purges.mark();
    shared.listener?.onPurge({ path: '/other' });
    expect(purges.hasPurged(LAMP, before)).toBe(false);
    shared.listener?.onMissed();
    expect(removed).toEqual([{ path: '/other' }, {}]);
    expect(purges.hasPurged(LAMP, before)).toBe(true);
  });

  it('are applied here while other gateways cannot be reached, and say so', async () => {
    shared.isAway = true;
    const purges = new Purges(target, shared);
    const refusal = await purges.purge(OF_LAMP).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Problem);
    expect(refusal).toMatchObject({ code: 'purge-not-shared', status: 503, headers: { 'retry-after': '1' } });
    purges.invalidate({ path: '/other' });
    expect(removed).toEqual([OF_LAMP, { path: '/other' }]);
  });

  it('lose trust in responses that are older than ten seconds without purges of others', () => {
    let now = 20_000;
    const purges = new Purges(target, shared, () => now);
    shared.receivedAt = 20_000;
    now = 29_999;
    expect(purges.isTrusted(0)).toBe(true);
    now = 30_000;
    expect(purges.isTrusted(0)).toBe(false);
    expect(purges.isTrusted(20_001)).toBe(true);
    shared.receivedAt = 30_000;
    expect(purges.isTrusted(0)).toBe(true);
    expect(new Purges(target, undefined, () => Infinity).isTrusted(0)).toBe(true);
  });
});
