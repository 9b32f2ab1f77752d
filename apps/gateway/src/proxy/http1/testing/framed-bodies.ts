import fc from 'fast-check';

const payload = fc.oneof(
  fc.constantFrom('hello', 'hello', '', '0\r\n\r\n', 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n', '\0\xff'),
  fc.string({ unit: fc.constantFrom('a', '0', '\r', '\n', '\xff'), maxLength: 40 }),
);
const extension = fc.constantFrom(
  '',
  '',
  '',
  ';a',
  ';a=b',
  ';a="b;c"',
  ';a;b=c',
  ' ;a',
  ';a=',
  '; a=b',
  ' ',
  '\t',
);
const size = (length: number): fc.Arbitrary<string> =>
  fc
    .constantFrom<(hex: string) => string>(
      (hex) => hex,
      (hex) => hex,
      (hex) => hex.toUpperCase(),
      (hex) => `000${hex}`,
    )
    .map((spell) => spell(length.toString(16)));

const chunk = payload
  .filter((text) => text !== '')
  .chain((text) => fc.tuple(size(text.length), extension, fc.constant(text)))
  .map(([hex, ext, text]) => `${hex}${ext}\r\n${text}\r\n`);
const trailers = fc.constantFrom(
  '',
  '',
  'X-Sum: 1\r\n',
  'X-Sum:\r\nX-B: \xe9 \r\n',
  'Content-Length: 5\r\n',
  'X : 1\r\n',
);
const chunks = fc
  .tuple(fc.array(chunk, { maxLength: 3 }), extension, trailers)
  .map(([list, ext, section]) => `${list.join('')}0${ext}\r\n${section}\r\n`);

/** A body and its framing field lines. */
export const framed = fc.oneof(
  fc.constant({ lines: '', body: '' }),
  payload.map((body) => ({ lines: `Content-Length: ${body.length}\r\n`, body })),
  chunks.map((body) => ({ lines: 'Transfer-Encoding: chunked\r\n', body })),
);
