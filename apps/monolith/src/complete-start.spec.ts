import { Readiness } from '#service-kit';
import { completeStart } from './complete-start.js';

describe('completeStart', () => {
  const services = [{ name: 'users', firstRegistration: Promise.resolve() }];

  it('makes the gateway ready once its services are in rotation', async () => {
    const readiness = new Readiness(true);
    let isUp = false;
    const completed = completeStart(readiness, services, () => isUp, 60_000);
    expect(readiness.obstacle).toBe('starting');
    isUp = true;
    await completed;
    expect(readiness.obstacle).toBeUndefined();
  });

  it('does not wait forever for a service with a fault', async () => {
    const readiness = new Readiness(true);
    await completeStart(readiness, services, () => false, 50);
    expect(readiness.obstacle).toBeUndefined();
  });

  it('ends at a shutdown', async () => {
    const readiness = new Readiness(true);
    readiness.beginLeaving();
    await completeStart(readiness, services, () => false, 60_000);
    expect(readiness.obstacle).toBe('draining');
  });
});
