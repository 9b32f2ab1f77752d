import { MirrorMark } from './mirror-mark.js';

const isMarked = (mark: MirrorMark, value: string | undefined): boolean => mark.isOn({ header: () => value });

describe('The mark of a copy', () => {
  const mark = new MirrorMark('secret');

  it('is recognised by every gateway with the same secret', () => {
    expect(isMarked(new MirrorMark('secret'), mark.value)).toBe(true);
  });

  it.each([
    ['another secret', new MirrorMark('other').value],
    ['another length', `${mark.value}a`],
    ['characters beyond ASCII', `${mark.value.slice(1)}\xe9`],
    ['no value', undefined],
  ])('is not recognised with %s', (_what, value) => {
    expect(isMarked(mark, value)).toBe(false);
  });
});
