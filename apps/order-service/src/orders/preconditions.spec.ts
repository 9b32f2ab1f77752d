import { isKnown, requireMatch } from './preconditions.js';

describe('If-Match', () => {
  it.each([undefined, '"7"', '*', '"1", "7"'])('lets %s pass for version 7', (header) => {
    expect(() => requireMatch(header, 7)).not.toThrow();
  });

  it.each(['"6"', '7', 'W/"7"', '""', ''])('refuses %j for version 7', (header) => {
    expect(() => requireMatch(header, 7)).toThrow('the resource is no longer what If-Match names');
  });
});

describe('If-None-Match', () => {
  it.each(['"7"', 'W/"7"', '*', '"1", W/"7"'])('knows version 7 by %s', (header) => {
    expect(isKnown(header, 7)).toBe(true);
  });

  it.each([undefined, '"6"', '7', ''])('does not know version 7 by %j', (header) => {
    expect(isKnown(header, 7)).toBe(false);
  });
});
