import { Readiness } from './readiness.js';

describe('Readiness', () => {
  it('is there until the app leaves, where nothing else decides', async () => {
    const readiness = new Readiness();
    expect(await readiness.isReady()).toBe(true);
    readiness.beginLeaving();
    expect(await readiness.isReady()).toBe(false);
  });

  it('is what the checks of the app find, and unknown while they take too long', async () => {
    const readiness = new Readiness();
    readiness.decideBy(() => Promise.resolve(false));
    expect(await readiness.isReady()).toBe(false);
    readiness.decideBy(() => new Promise(() => undefined));
    expect(await readiness.isReady()).toBeUndefined();
  });
});
