import { isAddressUnavailable, isLocalExhaustion } from './local-exhaustion.js';

const failure = (code: string) => Object.assign(new Error(code), { code });

describe('isLocalExhaustion', () => {
  it.each(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS'])('is true for %s', (code) => {
    expect(isLocalExhaustion(failure(code))).toBe(true);
  });

  it.each([failure('ECONNREFUSED'), new Error('other'), undefined])('is false for %s', (error) => {
    expect(isLocalExhaustion(error)).toBe(false);
  });

  it('is true for a connection to a name when every address failed for this reason', () => {
    const own = failure('EADDRNOTAVAIL');
    expect(isLocalExhaustion(new AggregateError([own, own]))).toBe(true);
    expect(isLocalExhaustion(new AggregateError([own, failure('ECONNREFUSED')]))).toBe(false);
  });
});

describe('isAddressUnavailable', () => {
  const unavailable = failure('EADDRNOTAVAIL');

  it('is true if every address failed because the machine has no local address or port for it', () => {
    expect(isAddressUnavailable(unavailable)).toBe(true);
    expect(isAddressUnavailable(new AggregateError([unavailable, unavailable]))).toBe(true);
  });

  it('is false if one address failed for another reason', () => {
    expect(isAddressUnavailable(failure('EMFILE'))).toBe(false);
    expect(isAddressUnavailable(new AggregateError([unavailable, failure('EMFILE')]))).toBe(false);
  });
});
