import { InstanceTokens, issueToken } from './instance-tokens.js';

describe('InstanceTokens', () => {
  const { token, tokenHash } = issueToken('a');
  const admits = (instance: { tokenHash?: string; expiredAt?: number } | undefined, sent = token) =>
    new InstanceTokens({
      find: (id) => (id === 'a' && instance ? { expiredAt: undefined, ...instance } : undefined),
    }).admits(sent);

  it('admit the token of a registered instance', () => expect(admits({ tokenHash })).toBe(true));

  it('refuse it once the lease of the instance has run out', () =>
    expect(admits({ tokenHash, expiredAt: 1 })).toBe(false));

  it('refuse it when the instance is not registered, or registered without one', () =>
    expect([admits(undefined), admits({})]).toEqual([false, false]));

  it.each(['a', 'a:', ':', '', `${token}:x`, `b${token.slice(1)}`])('refuse "%s"', (sent) =>
    expect(admits({ tokenHash }, sent)).toBe(false),
  );

  it('refuse every token when the kept hash is damaged', () =>
    expect([admits({ tokenHash: '' }), admits({ tokenHash: 'x' })]).toEqual([false, false]));
});
