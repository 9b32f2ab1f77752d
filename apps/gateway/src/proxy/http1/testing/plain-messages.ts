import fc from 'fast-check';
import { framed } from './framed-bodies.js';
import { LINES } from './hostile-words.js';

const fields = fc
  .array(
    fc.oneof(
      { weight: 14, arbitrary: fc.constantFrom('Accept: */*', 'X-A: 1', 'Cookie: a=1; b=2') },
      { weight: 1, arbitrary: fc.constantFrom(...LINES) },
    ),
    {
      maxLength: 4,
    },
  )
  .map((lines) => lines.map((text) => `${text}\r\n`).join(''));

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

/** Requests that are valid except for an occasional odd field. */
export const request = fc
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
/** Responses that are valid except for an occasional odd field or status. */
export const response = fc
  .tuple(interim, version, status, fields, framed, fields)
  .map(
    ([early, minor, text, before, { lines, body }, after]) =>
      `${early}HTTP/${minor} ${text}\r\n${before}${lines}${after}\r\n${body}`,
  );
