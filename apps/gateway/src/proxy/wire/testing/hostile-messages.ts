import fc from 'fast-check';

/** What is put into messages to break them: what parsers have been fooled by, and what stands at the edges of the grammar. */
const BYTES = [
  ...[
    '\r',
    '\n',
    '\r\n',
    '\r\n\r\n',
    '\n\n',
    '\r\r\n',
    '\n\r\n',
    '\r\n ',
    '\r\n\t',
    '\0',
    ' ',
    '  ',
    '\t',
    '\v',
    '\f',
  ],
  ...[
    ':',
    ' :',
    ': ',
    ';',
    ',',
    '"',
    '\\',
    '=',
    '#',
    '?',
    '@',
    '[',
    ']',
    '{',
    '/',
    '//',
    '%',
    '%00',
    '*',
    '\x7f',
    '\x80',
  ],
  ...[
    '\x85',
    '\xa0',
    '\xff',
    '\xc0\x80',
    '0',
    '1',
    '5',
    '-1',
    '+5',
    '0x5',
    '5, 5',
    '00',
    '1e1',
    '5_0',
    '\ufeff',
  ],
  ...['ffffffff', '100000000', '7fffffffffffffff', 'ffffffffffffffff', '10000000000000000', '1'.repeat(20)],
  ...[
    'HTTP/1.1',
    'HTTP/1.0',
    'HTTP/0.9',
    'HTTP/2.0',
    'HTTP/1.10',
    'http/1.1',
    'GET',
    'get',
    'CONNECT',
    'PRI',
  ],
  ...['chunked', 'identity', 'gzip', 'Chunked', 'chunked, chunked', 'chunked;q=1', '"chunked"', 'xchunked'],
  ...[
    '0\r\n\r\n',
    '5\r\nhello\r\n',
    '0\r\nX: y\r\n\r\n',
    '5;a=b\r\n',
    '5;a="\r\n',
    'G',
    'close',
    'keep-alive',
    'upgrade',
  ],
];

// No Proxy-Connection: Node's parser ends a connection for it, the gateway drops it as the hop-by-hop field that it is.
const LINES = [
  'Content-Length: 0',
  'Content-Length: 5',
  'content-length: 6',
  'Content-Length:5',
  'Content-Length: 5 ',
  'Content-Length: 05',
  'Content-Length: +5',
  'Content-Length: -0',
  'Content-Length: 5, 5',
  'Content-Length: 0x5',
  'Content-Length: 5;',
  'Content-Length:',
  'Content-Length : 5',
  'Content-Length\t: 5',
  ' Content-Length: 5',
  'Content-Length: 99999999999999999999',
  'Content_Length: 5',
  'Transfer-Encoding: chunked',
  'transfer-encoding:chunked',
  'Transfer-Encoding:\tchunked\t',
  'Transfer-Encoding: Chunked',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding: identity, chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: chunked,',
  'Transfer-Encoding: , chunked',
  'Transfer-Encoding: identity',
  'Transfer-Encoding: \vchunked',
  'Transfer-Encoding: chunked\xa0',
  'Transfer-Encoding:',
  'Transfer-Encoding : chunked',
  'Transfer-Encoding: x\r\n chunked',
  'Transfer_Encoding: chunked',
  'Host: a',
  'Host: b:80',
  'Host:',
  'Host: a, b',
  'Host: [::1]:8000',
  'Connection: close',
  'Connection: keep-alive',
  'Connection: Keep-Alive, Upgrade',
  'Connection: close, keep-alive',
  'Connection: content-length, transfer-encoding',
  'Upgrade: websocket',
  'Upgrade: h2c',
  'Expect: 100-continue',
  'Expect: 200-ok',
  'TE: trailers',
  'Trailer: X-Sum',
  'X-Empty:',
  'X-Blank:   ',
  'X-Text: \xe9\xff\x80',
  "!#$%&'*+-.^_`|~9: odd",
  ': no name',
  'no colon',
  'X-Cr: a\rb',
  'X-Nul: a\0b',
  'X-Folded: a\r\n b',
];

const line = fc.constantFrom(...LINES);
const sample = fc.constantFrom(...BYTES);
const payload = fc.oneof(
  fc.constantFrom('hello', 'hello', '', '0\r\n\r\n', 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n', '\0\xff'),
  fc.string({ unit: fc.constantFrom('a', '0', '\r', '\n', '\xff'), maxLength: 40 }),
);
const fields = fc
  .array(
    fc.oneof(
      { weight: 14, arbitrary: fc.constantFrom('Accept: */*', 'X-A: 1', 'Cookie: a=1; b=2') },
      { weight: 1, arbitrary: line },
    ),
    {
      maxLength: 4,
    },
  )
  .map((lines) => lines.map((text) => `${text}\r\n`).join(''));

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

/** A body and the lines that say how long it is. */
const framed = fc.oneof(
  fc.constant({ lines: '', body: '' }),
  payload.map((body) => ({ lines: `Content-Length: ${body.length}\r\n`, body })),
  chunks.map((body) => ({ lines: 'Transfer-Encoding: chunked\r\n', body })),
);

const method = fc.constantFrom(
  'GET',
  'POST',
  'POST',
  'PUT',
  'HEAD',
  'DELETE',
  'OPTIONS',
  'M-SEARCH',
  'TRACE',
);
const target = fc.constantFrom(
  '/',
  '/api/a/b?c=d',
  '/%2e%2e/',
  '*',
  'http://a/b',
  '//a/b',
  '/a;b=c/d',
  '/"<>^`{|}',
);
const version = fc.constantFrom('1.1', '1.1', '1.1', '1.0');

const request = fc
  .tuple(method, target, version, fields, framed, fields)
  .map(
    ([name, path, minor, before, { lines, body }, after]) =>
      `${name} ${path} HTTP/${minor}\r\nHost: a\r\n${before}${lines}${after}\r\n${body}`,
  );

const status = fc.constantFrom(
  '200 OK',
  '200',
  '200 ',
  '204 No Content',
  '304 Not Modified',
  '404 \xe9t\xe9',
  '599 x',
  '600 x',
  '099 x',
  '20 x',
);
const interim = fc.constantFrom(
  '',
  '',
  '',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n',
);
const answer = fc
  .tuple(interim, version, status, fields, framed, fields)
  .map(
    ([early, minor, text, before, { lines, body }, after]) =>
      `${early}HTTP/${minor} ${text}\r\n${before}${lines}${after}\r\n${body}`,
  );

/** One change: at a place given as a part of the whole, so that it shrinks well. */
type Mutation = (text: string) => string;
const place = fc.double({ min: 0, max: 1, noNaN: true });
const at = (text: string, part: number): number => Math.floor(part * text.length);
/** The beginning of a line: where most of the grammar changes. */
const lineAt = (text: string, part: number): number => text.lastIndexOf('\n', at(text, part)) + 1;
const lineEnd = (text: string, from: number): number => {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end + 1;
};

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, sample).map(
    ([p, s]): Mutation =>
      (text) =>
        text.slice(0, at(text, p)) + s + text.slice(at(text, p)),
  ),
  fc.tuple(place, sample).map(
    ([p, s]): Mutation =>
      (text) =>
        text.slice(0, at(text, p)) + s + text.slice(at(text, p) + 1),
  ),
  fc.tuple(place, fc.integer({ min: 1, max: 6 })).map(
    ([p, n]): Mutation =>
      (text) =>
        text.slice(0, at(text, p)) + text.slice(at(text, p) + n),
  ),
  fc.tuple(place, line).map(([p, l]): Mutation => (text) => {
    const start = lineAt(text, p);
    return `${text.slice(0, start)}${l}\r\n${text.slice(start)}`;
  }),
  fc.tuple(place, place).map(([p, q]): Mutation => (text) => {
    const start = lineAt(text, p);
    const to = lineAt(text, q);
    return text.slice(0, to) + text.slice(start, lineEnd(text, start)) + text.slice(to);
  }),
  // The end of one line: what a parser takes for one is the oldest of its secrets.
  fc
    .tuple(place, fc.constantFrom('\n', '\r', '\r\r\n', ' \r\n', '\t\r\n', '\0\r\n', '\r\n '))
    .map(([p, s]): Mutation => (text) => {
      const end = text.indexOf('\r\n', at(text, p));
      return end === -1 ? text : text.slice(0, end) + s + text.slice(end + 2);
    }),
);

const mutated = (valid: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(valid, fc.array(mutation, { maxLength: 2 }))
    .map(([text, mutations]) => mutations.reduce((changed, change) => change(changed), text));

/** Pieces of the grammar in any order, behind a start that lets them be read. */
const salad = (start: string): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof(
        sample,
        line.map((text) => `${text}\r\n`),
      ),
      { maxLength: 12 },
    )
    .map((parts) => start + parts.join(''));

/** Valid and nearly valid requests, one behind another. */
export const hostileRequests: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: mutated(request) },
      { weight: 1, arbitrary: salad('GET / HTTP/1.1\r\nHost: a\r\n') },
    ),
    {
      minLength: 1,
      maxLength: 2,
    },
  )
  .map((list) => list.join(''));

/** Valid and nearly valid answers. */
export const hostileAnswers: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: mutated(answer) },
  { weight: 1, arbitrary: salad('HTTP/1.1 200 OK\r\n') },
);

/** Where the bytes of a connection are cut into what arrives at once. */
export const cuts: fc.Arbitrary<number[]> = fc.oneof(
  fc.constant<number[]>([]),
  fc.array(fc.nat({ max: 2_000 }), { maxLength: 6 }),
);
