import { Readiness } from './readiness.js';

describe('Readiness', () => {
  it('is true without checks until the shutdown begins', async () => {
    const readiness = new Readiness();
    expect(await readiness.isReady()).toBe(true);
    readiness.beginLeaving();
    expect(await readiness.isReady()).toBe(false);
  });

  it('is false until a start that waits for other apps is complete', async () => {
    const readiness = new Readiness(true);
    expect([await readiness.isReady(), readiness.obstacle]).toEqual([false, 'starting']);
    readiness.completeStart();
    expect([await readiness.isReady(), readiness.obstacle]).toEqual([true, undefined]);
    readiness.beginLeaving();
    expect(readiness.obstacle).toBe('draining');
  });

  it('is the result of the checks of the app, and unknown while they take too long', async () => {
    const readiness = new Readiness();
    readiness.setChecks(() => Promise.resolve(false));
    expect(await readiness.isReady()).toBe(false);
    readiness.setChecks(() => new Promise(() => undefined));
    expect(await readiness.isReady()).toBeUndefined();
  });
});
