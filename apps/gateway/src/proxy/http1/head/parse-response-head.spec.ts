import { statusOf } from '../testing/status-of.js';
import { parseResponseHead } from './parse-response-head.js';

const parse = (...lines: string[]) => parseResponseHead(lines.map((line) => `${line}\r\n`).join('') + '\r\n');
const ok = (...fields: string[]) => parse('HTTP/1.1 200 OK', ...fields);

describe('parseResponseHead', () => {
  it('parses status, framing and connection persistence', () => {
    expect(ok('Content-Length: 3', 'Keep-Alive: max=9, timeout=72', 'X: y')).toMatchObject({
      status: 200,
      statusText: '200 OK',
      contentLength: 3,
      isChunked: false,
      keepAliveSeconds: 72,
      keepsAlive: true,
      fields: 'X: y\r\n',
    });
    expect(parse('HTTP/1.0 200 ').keepsAlive).toBe(false);
    expect(ok('Connection: close').keepsAlive).toBe(false);
  });

  it('accepts a status line without a reason phrase or with any text', () => {
    expect(parse('HTTP/1.1 204').statusText).toBe('204');
    expect(parse('HTTP/1.1 418 Caf\xe9 au lait').statusText).toBe('418 Caf\xe9 au lait');
  });

  it('separates the fields that may need rewriting', () => {
    const head = ok('Location: /a', 'Set-Cookie: a=1; Path=/', 'set-cookie: b=2', 'Date: now');
    expect(head.placed).toEqual([
      { name: 'Location', value: '/a' },
      { name: 'Set-Cookie', value: 'a=1; Path=/' },
      { name: 'set-cookie', value: 'b=2' },
    ]);
    expect(head).toMatchObject({ fields: 'Date: now\r\n', hasDate: true });
  });

  it.each([
    [200, 'GET', true],
    [200, 'HEAD', false],
    [204, 'GET', false],
    [304, 'GET', false],
    [103, 'GET', false],
    [404, 'DELETE', true],
  ])('determines whether a %i response to %s has a body', (status, method, has) => {
    expect(parse(`HTTP/1.1 ${status} X`).hasBody(method)).toBe(has);
  });

  it.each([
    ['HTTP/2 200 OK'],
    ['HTTP/1.1 20 OK'],
    ['HTTP/1.1 099 OK'],
    ['HTTP/1.1 2000 OK'],
    ['HTTP/1.1  200 OK'],
    ['HTTP/1.1 200\tOK'],
    ['HTTP/1.1 200 O\0K'],
    ['ICY 200 OK'],
    ['HTTP/1.1 200 OK', 'Content-Length: 1', 'Content-Length: 1'],
    ['HTTP/1.1 200 OK', 'Content-Length: 1, 1'],
    ['HTTP/1.1 200 OK', 'Content-Length: 1', 'Transfer-Encoding: chunked'],
    ['HTTP/1.1 200 OK', 'Transfer-Encoding: gzip, chunked'],
    ['HTTP/1.0 200 OK', 'Transfer-Encoding: chunked'],
    ['HTTP/1.1 200 OK', 'X: a', ' folded'],
    ['HTTP/1.1 200 OK', 'X : a'],
    ['HTTP/1.1 200 OK', 'X: a\nY: b'],
  ])('rejects %j', (...lines) => {
    expect(statusOf(() => parse(...lines))).toBe(502);
  });
});
