import { readBaseConfig } from './base-config.js';

describe('SHUTDOWN_DELAY_SECONDS', () => {
  it.each([
    ['0 in development, where no load balancer sends requests', {}, 0],
    ['3 seconds in any other environment', { ENVIRONMENT: 'production' }, 3000],
    ['3 seconds in staging, too', { ENVIRONMENT: 'staging' }, 3000],
    ['the value of the variable', { SHUTDOWN_DELAY_SECONDS: '8' }, 8000],
    ['0 if the variable is 0', { ENVIRONMENT: 'production', SHUTDOWN_DELAY_SECONDS: '0' }, 0],
  ])('is %s', (_rule, env, delayMs) => {
    expect(readBaseConfig(env).shutdownDelayMs).toBe(delayMs);
  });
});
