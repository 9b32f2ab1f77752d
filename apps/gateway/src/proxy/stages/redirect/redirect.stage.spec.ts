import { Problem } from '#contracts';
import type { RedirectPolicy } from '../../../policy/members/redirect.js';
import { RedirectStage } from './redirect.stage.js';

const policyOf = (policy: Partial<RedirectPolicy>): RedirectPolicy => ({
  scheme: undefined,
  host: undefined,
  path: undefined,
  status: 302,
  ...policy,
});

const TARGET = '/api/shop/x?y=1';
const url = { scheme: 'http', publicHost: 'shop.example', publicTarget: TARGET } as const;

describe('The redirect stage', () => {
  it.each([
    [{ scheme: 'https' }, {}, `https://shop.example${TARGET}`],
    [{ scheme: 'https', status: 308 }, {}, `https://shop.example${TARGET}`],
    [{ host: 'www.shop.example:8443' }, {}, `//www.shop.example:8443${TARGET}`],
    [{ path: '/new?z' }, {}, '/new?z'],
    [{ scheme: 'https', host: 'a.example', path: '/' }, {}, 'https://a.example/'],
    [{ scheme: 'https', host: 'a.example' }, { publicHost: undefined }, `https://a.example${TARGET}`],
  ] as const)('with %j sends a client to %s %s', (policy, request, location) => {
    const stage = new RedirectStage(policyOf(policy));
    const reply = stage.request({ ...url, ...request });
    expect(reply).toEqual({
      status: 'status' in policy ? policy.status : 302,
      fields: { location },
      body: Buffer.alloc(0),
    });
  });

  it.each([
    [{ scheme: 'https' }, { scheme: 'https' }],
    [{ host: 'shop.example' }, { publicHost: 'Shop.Example' }],
    [{ scheme: 'http', path: TARGET }, {}],
  ] as const)('with %j lets a request for that location continue: %j', (policy, request) =>
    expect(new RedirectStage(policyOf(policy)).request({ ...url, ...request })).toBeUndefined(),
  );

  it('refuses a request without a host, if the location needs one', () => {
    const reply = new RedirectStage(policyOf({ scheme: 'https' })).request({ ...url, publicHost: undefined });
    expect(reply instanceof Problem && reply.status).toBe(400);
  });

  it('previews the location', () => {
    const stage = new RedirectStage(policyOf({ scheme: 'https' }));
    const preview = (proto: string) =>
      stage.preview({
        method: 'GET',
        target: TARGET,
        upstreamTarget: '/x',
        clientAddress: undefined,
        identity: undefined,
        header: (name) => ({ host: 'gw', 'x-forwarded-proto': proto })[name],
      });
    expect(preview('http')).toMatchObject({
      decision: 'respond',
      reply: { fields: { location: `https://gw${TARGET}` } },
    });
    expect(preview('https').decision).toBe('continue');
  });
});
