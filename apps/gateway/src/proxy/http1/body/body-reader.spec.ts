import { BodyReader } from './body-reader.js';
import { TrailersTooLarge } from './body-problems.js';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Feeds `text` in pieces. Returns the bytes that may be forwarded unchanged, the payload and the rest. */
function feed(reader: BodyReader, text: string, size = text.length) {
  let passed = '';
  let payload = '';
  for (let at = 0; at < text.length; at += size) {
    const piece = bytes(text.slice(at, at + size));
    const end = reader.read(piece, 0, (slice) => (payload += slice.toString('latin1')));
    passed += piece.toString('latin1', 0, reader.passEnd);
    if (reader.isDone) return { passed: passed + reader.tail, payload, rest: text.slice(at + end) };
  }
  return { passed, payload, rest: undefined };
}

function chunked(text: string, size?: number) {
  const reader = new BodyReader();
  reader.expectChunked();
  return { ...feed(reader, text, size), trailers: reader.trailerFields };
}

describe('BodyReader', () => {
  it('reports an absent body as done', () => {
    const reader = new BodyReader();
    reader.expectNone();
    expect(reader.isDone).toBe(true);
    reader.expectLength(0);
    expect(reader.isDone).toBe(true);
  });

  it.each([1, 2, 3, 100])('finds the end of a body of known length, in pieces of %i bytes', (size) => {
    const reader = new BodyReader();
    reader.expectLength(5);
    expect(feed(reader, 'helloGET /', size)).toEqual({ passed: 'hello', payload: 'hello', rest: 'GET /' });
  });

  it('never reports a body that ends with the connection as done', () => {
    const reader = new BodyReader();
    reader.expectUntilClose();
    expect(feed(reader, 'hello').rest).toBeUndefined();
    expect(reader.isDone).toBe(false);
  });

  describe('chunked', () => {
    const BODY = '5\r\nhello\r\n00B;a=1;b="x;\\"y"\r\n, my world!\r\n0\r\n\r\n';

    it.each([1, 2, 3, 5, 7, 100])('passes bytes unchanged and finds the end, in pieces of %i', (size) => {
      expect(chunked(`${BODY}GET /`, size)).toEqual({
        passed: BODY,
        payload: 'hello, my world!',
        rest: 'GET /',
        trailers: '',
      });
    });

    it.each([1, 2, 3, 100])(
      'passes trailers on, except the forbidden ones, in pieces of %i bytes',
      (size) => {
        const trailers = 'x-sum: 7\r\nCookie: a=9\r\nX-Forwarded-For: me\r\nx-b: c\r\n';
        expect(chunked(`1\r\na\r\n0\r\n${trailers}\r\nrest`, size)).toEqual({
          passed: '1\r\na\r\n0\r\nx-sum: 7\r\nx-b: c\r\n\r\n',
          payload: 'a',
          rest: 'rest',
          trailers: 'x-sum: 7\r\nx-b: c\r\n',
        });
      },
    );

    it('passes nothing that would make a truncated body look complete', () => {
      expect(chunked('1\r\na\r\n0\r\nx: y\r\n').passed).toBe('1\r\na\r\n0\r\n');
      expect(chunked('1\r\na\r\n0\r\n\r').passed).toBe('1\r\na\r\n0\r\n');
    });

    it.each([
      '\r\n',
      ' 5\r\nhello\r\n',
      '5 \r\nhello\r\n',
      '+5\r\nhello\r\n',
      '-1\r\n',
      '0x5\r\nhello\r\n',
      '5\nhello\r\n',
      '5\rhello\r\n',
      '5\r\nhello\n',
      '5\r\nhello0\r\n',
      '5\r\nhellooo\r\n',
      '5;\r\nhello\r\n',
      '5; a\r\nhello\r\n',
      '5;a=\r\nhello\r\n',
      '5;a\nhello\r\n',
      '5;a=\0\r\n',
      'g\r\n',
      '5,5\r\n',
      '20000000000000\r\n',
      '00000000000000001\r\na',
      `1;a=${'b'.repeat(5000)}\r\na\r\n`,
      '0\r\nx\r\n\r\n',
      '0\r\nx: y\n\r\n',
      '0\r\n x: y\r\n\r\n',
      '0\r\nx : y\r\n\r\n',
      '0\r\n\n',
      '0\r\nContent-Length: 5\r\n\r\n',
      '0\r\ntransfer-encoding: chunked\r\n\r\n',
    ])('rejects %j', (text) => {
      expect(() => chunked(text)).toThrow();
      expect(() => chunked(text, 1)).toThrow();
    });

    it.each([
      ['one long trailer', `x: ${'y'.repeat(9_000)}\r\n`],
      ['many long trailers', `x: ${'y'.repeat(900)}\r\n`.repeat(10)],
      ['more than 100 trailers', 'x: y\r\n'.repeat(101)],
    ])('rejects %s as too large, not as malformed', (_what, trailers) => {
      const text = `1\r\na\r\n0\r\n${trailers}\r\n`;
      expect(() => chunked(text)).toThrow(TrailersTooLarge);
      expect(() => chunked(text, 1)).toThrow(TrailersTooLarge);
    });

    it('accepts 100 trailers', () => {
      const trailers = 'x: y\r\n'.repeat(100);
      expect(chunked(`1\r\na\r\n0\r\n${trailers}\r\n`)).toMatchObject({ trailers, rest: '' });
    });
  });
});
