import { HeadReader, MAX_HEAD_BYTES } from './head-reader.js';

const HEAD = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n';
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('HeadReader', () => {
  it('finds the end of a head that is followed by other bytes', () => {
    const reader = new HeadReader();
    expect(reader.read(bytes(`xx${HEAD}rest`), 2)).toBe(HEAD);
    expect(reader.end).toBe(2 + HEAD.length);
    expect(reader.isMidway).toBe(false);
  });

  it.each([1, 2, 3, 5, 7])('finds a head that arrives in pieces of %i bytes', (size) => {
    const reader = new HeadReader();
    const all = bytes(`${HEAD}rest`);
    for (let at = 0; at < all.length; at += size) {
      const piece = all.subarray(at, at + size);
      const head = reader.read(piece, 0);
      if (head === undefined) continue;
      expect(head).toBe(HEAD);
      expect(at + reader.end).toBe(HEAD.length);
      return;
    }
    throw new Error('no head was found');
  });

  it('exposes the bytes of an incomplete head', () => {
    const reader = new HeadReader();
    reader.read(bytes('GET /'), 0);
    reader.read(bytes(' HTTP'), 0);
    expect(reader.midway.toString()).toBe('GET / HTTP');
  });

  it('starts over after each head', () => {
    const reader = new HeadReader();
    reader.read(bytes(HEAD.slice(0, 9)), 0);
    expect(reader.read(bytes(HEAD.slice(9) + HEAD), 0)).toBe(HEAD);
    expect(reader.read(bytes(HEAD), 0)).toBe(HEAD);
  });

  it('accepts a head of exactly the limit and rejects one byte more, whole or in pieces', () => {
    const ofLength = (length: number) => bytes(`${'a'.repeat(length - 4)}\r\n\r\n`);
    expect(new HeadReader().read(ofLength(MAX_HEAD_BYTES), 0)).toHaveLength(MAX_HEAD_BYTES);
    expect(() => new HeadReader().read(ofLength(MAX_HEAD_BYTES + 1), 0)).toThrow('16 KiB');
    for (const cut of [1, 1000, 12_000, MAX_HEAD_BYTES]) {
      const reader = new HeadReader();
      const long = ofLength(MAX_HEAD_BYTES + 1);
      reader.read(long.subarray(0, cut), 0);
      expect(() => reader.read(long.subarray(cut), 0)).toThrow('16 KiB');
    }
  });

  it.each(['GET / HTTP/1.1\nhost: a\n\n', 'GET /\r HTTP', 'a\0'])('rejects %j at once', (text) => {
    expect(() => new HeadReader().read(bytes(text), 0)).toThrow('CRLF');
    const reader = new HeadReader();
    expect(() => bytes(text).forEach((byte) => reader.read(Buffer.of(byte), 0))).toThrow('CRLF');
  });
});
