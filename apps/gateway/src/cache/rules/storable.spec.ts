import { CacheControl } from './cache-control.js';
import { FieldLines } from './field-lines.js';
import { isStorable } from './storable.js';

const NO_CREDENTIALS = { hasAuthorization: false, hasCookie: false };

const isStored = (status: number, control: string): boolean =>
  isStorable(status, new FieldLines(''), CacheControl.parse(control), CacheControl.NONE, [], NO_CREDENTIALS);

describe('must-understand', () => {
  it('replaces no-store for a status that this cache knows', () => {
    expect(isStored(200, 'max-age=60, no-store')).toBe(false);
    expect(isStored(200, 'max-age=60, no-store, must-understand')).toBe(true);
  });

  it('forbids to store any other status', () => {
    expect(isStored(599, 'max-age=60')).toBe(true);
    expect(isStored(599, 'max-age=60, must-understand')).toBe(false);
    expect(isStored(599, 'max-age=60, no-store, must-understand')).toBe(false);
  });

  it('leaves private as it is', () => {
    expect(isStored(200, 'max-age=60, no-store, must-understand, private')).toBe(false);
  });
});
