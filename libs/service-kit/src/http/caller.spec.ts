import { Caller } from './caller.js';

const member = (headers: Record<string, string>) => {
  const caller = Caller.from(headers);
  return caller && [caller.userId, caller.consumer, [...caller.scopes]];
};

describe('Caller', () => {
  it('is absent without a field of the identity', () => {
    expect(Caller.from({ authorization: 'Bearer x', x_user_id: 'ann' })).toBeUndefined();
  });

  it('has the user, the consumer and the scopes', () => {
    expect(member({ 'x-user-id': 'ann', 'x-scopes': 'orders:read  orders:admin' })).toEqual([
      'ann',
      undefined,
      ['orders:read', 'orders:admin'],
    ]);
    expect(member({ 'x-consumer': 'acme' })).toEqual([undefined, 'acme', []]);
  });

  it('is present, without rights, when the fields are empty', () => {
    expect(member({ 'x-scopes': '' })).toEqual([undefined, undefined, []]);
    expect(member({ 'x-user-id': '' })).toEqual([undefined, undefined, []]);
  });

  it('reads UTF-8', () => {
    expect(member({ 'x-user-id': Buffer.from('김').toString('latin1') })).toEqual(['김', undefined, []]);
  });
});
