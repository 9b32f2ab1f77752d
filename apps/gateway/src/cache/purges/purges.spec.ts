import { Problem } from '#contracts';
import type { PurgeSelector } from './purge-selector.js';
import { Purges } from './purges.js';
import type { PurgeListener, SharedPurges } from './shared-purges.js';

const OF_LAMP: PurgeSelector = { path: '/products/lamp' };

/** What carries purges to other gateways, in the state that a spec sets. */
class SharedStub implements SharedPurges {
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

  it('remove stored responses, also from the other gateways', async () => {
    const purges = new Purges(target, shared);
    expect(await purges.purge(OF_LAMP)).toBe(1);
    purges.invalidate({ path: '/other' });
    expect(removed).toEqual([OF_LAMP, { path: '/other' }]);
    expect(shared.announced).toEqual(removed);
    expect(await new Purges(target).purge(OF_LAMP)).toBe(3);
  });

  it('of other gateways are applied, and all responses are removed if some were missed', () => {
    new Purges(target, shared);
    shared.listener?.onPurge({ path: '/other' });
    shared.listener?.onMissed();
    expect(removed).toEqual([{ path: '/other' }, {}]);
    expect(shared.announced).toEqual([]);
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
    const purges = new Purges(target, shared);
    shared.receivedAt = 20_000;
    expect(purges.isTrusted(0, 29_999)).toBe(true);
    expect(purges.isTrusted(0, 30_000)).toBe(false);
    expect(purges.isTrusted(20_001, 30_000)).toBe(true);
    shared.receivedAt = 30_000;
    expect(purges.isTrusted(0, 30_000)).toBe(true);
    expect(new Purges(target).isTrusted(0, Infinity)).toBe(true);
  });
});
