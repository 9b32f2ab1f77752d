import { InstanceTokens, issueToken } from './instance-tokens.js';

describe('InstanceTokens', () => {
  const { token, tokenHash } = issueToken('a');
  const admits = (instance: { tokenHash?: string; expiredAt?: number } | undefined, sent = token) =>
    new InstanceTokens({
      find: (id) => (id === 'a' && instance ? { expiredAt: undefined, ...instance } : undefined),
    }).admits(sent);

  it('admits the token of a registered instance', () => expect(admits({ tokenHash })).toBe(true));

  it('rejects the token after the lease of the instance has run out', () =>
    expect(admits({ tokenHash, expiredAt: 1 })).toBe(false));

  it('rejects the token if the instance is not registered, or was registered without a token', () =>
    expect([admits(undefined), admits({})]).toEqual([false, false]));

  it.each(['a', 'a:', ':', '', `${token}:x`, `b${token.slice(1)}`])('rejects "%s"', (sent) =>
    expect(admits({ tokenHash }, sent)).toBe(false),
  );

  it('rejects every token if the stored hash is corrupt', () =>
    expect([admits({ tokenHash: '' }), admits({ tokenHash: 'x' })]).toEqual([false, false]));
});
