import { gatewayOf } from './options.js';

describe('gatewayOf', () => {
  const LOCAL = 'http://127.0.0.1:8000';
  const env = { REGISTRY_URL: 'http://gateway:8000', REGISTRY_TOKEN: 'secret' };
  const fromEnv = { url: env.REGISTRY_URL, token: env.REGISTRY_TOKEN };

  it('prefers the options to the environment', () => {
    const gateway = { url: 'http://other:8000', token: 'other' };
    expect(gatewayOf({ name: 'orders', gateway }, env)).toEqual(gateway);
  });

  it.each([undefined, {}, { url: undefined, token: undefined }, { url: '', token: '' }])(
    'uses the environment instead of %j',
    (gateway) => {
      // JavaScript, and TypeScript without exactOptionalPropertyTypes, can pass `undefined`.
      const options = { name: 'orders', gateway } as Parameters<typeof gatewayOf>[0];
      expect(gatewayOf(options, env)).toEqual(fromEnv);
    },
  );

  it.each([{}, { REGISTRY_URL: '', REGISTRY_TOKEN: '' }])('uses the local gateway with %j', (unset) => {
    expect(gatewayOf({ name: 'orders' }, unset)).toEqual({ url: LOCAL, token: undefined });
  });
});
