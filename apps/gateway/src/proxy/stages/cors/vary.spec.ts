import { EditableFields } from '../../http1/head/editable-fields.js';
import { varyOn } from './vary.js';

describe('varyOn', () => {
  it.each([
    ['', 'vary: Origin, X-Two'],
    ['vary: Accept-Encoding', 'vary: Accept-Encoding, Origin, X-Two'],
    ['Vary: origin', 'vary: origin, X-Two'],
    ['vary: x-two, ORIGIN', 'vary: x-two, ORIGIN'],
    ['vary: *', 'vary: *'],
    ['vary: ', 'vary: Origin, X-Two'],
    ['vary: Accept\r\nVary: Origin', 'vary: Accept, Origin, X-Two'],
  ])('turns %j into %j', (before, after) => {
    const fields = new EditableFields(before === '' ? '' : `${before}\r\n`);
    varyOn(fields, ['Origin', 'X-Two']);
    expect(String(fields)).toBe(`${after}\r\n`);
  });
});
