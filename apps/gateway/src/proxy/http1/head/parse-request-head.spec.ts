import { statusOf } from '../testing/status-of.js';
import { parseRequestHead } from './parse-request-head.js';

const parse = (...lines: string[]) => parseRequestHead(lines.map((line) => `${line}\r\n`).join('') + '\r\n');
const get = (...fields: string[]) => parse('GET / HTTP/1.1', 'Host: a', ...fields);

describe('parseRequestHead', () => {
  it('parses method, target, version and host', () => {
    expect(parse('PATCH /api/x?q=1 HTTP/1.1', 'HoSt:  a.example:80\t')).toMatchObject({
      method: 'PATCH',
      target: '/api/x?q=1',
      minor: 1,
      host: 'a.example:80',
      contentLength: -1,
      isChunked: false,
      keepsAlive: true,
      isUpgrade: false,
    });
  });

  it('forwards unknown fields unchanged', () => {
    expect(get('X-A:  1 ', 'Connection: close', 'accept: */*', 'X-Empty:').fields).toBe(
      'X-A:  1 \r\naccept: */*\r\nX-Empty:\r\n',
    );
  });

  it('removes hop-by-hop fields and forwarding fields', () => {
    const head = get(
      'Keep-Alive: 5',
      'TE: gzip, trailers',
      'X-Forwarded-For: 1.1.1.1',
      'X-Real-IP: 2.2.2.2',
      'X_Forwarded_For: x',
    );
    expect(head).toMatchObject({
      fields: '',
      acceptsTrailers: true,
      forwardedFor: '1.1.1.1',
      claims: 'X-Real-IP: 2.2.2.2\r\n',
    });
  });

  it('joins several fields of one name', () => {
    const head = get('X-Forwarded-For: a', 'via: 1.0 x', 'x-forwarded-for: b', 'cookie: a=1', 'Cookie: b=2');
    expect(head.forwardedFor).toBe('a, b');
    expect(head.field('cookie')).toBe('a=1, b=2');
    expect(head.field('absent')).toBeUndefined();
  });

  it('parses the body framing', () => {
    expect(get('Content-Length: 12')).toMatchObject({ contentLength: 12, hasBody: true });
    expect(get('Content-Length: 0').hasBody).toBe(false);
    expect(get('Transfer-Encoding: Chunked')).toMatchObject({ isChunked: true, hasBody: true });
  });

  it.each([
    ['HTTP/1.1', [], true],
    ['HTTP/1.1', ['Connection: close'], false],
    ['HTTP/1.1', ['Connection: x', 'Connection: Close'], false],
    ['HTTP/1.0', [], false],
    ['HTTP/1.0', ['Connection: keep-alive'], true],
    ['HTTP/1.0', ['Connection: keep-alive, close'], false],
  ])('determines whether %s with %j keeps the connection open', (version, fields, keeps) => {
    expect(parse(`GET / ${version}`, 'Host: a', ...fields).keepsAlive).toBe(keeps);
  });

  it.each([
    ['websocket', true],
    ['WebSocket/13', true],
    ['h2c', false],
    ['H2', false],
    ['HTTP/2.0', false],
    ['TLS/1.0', false],
    ['websocket, h2c', false],
  ])('treats "Upgrade: %s" as a possible tunnel: %s', (protocol, may) => {
    expect(get('Connection: Upgrade', `Upgrade: ${protocol}`).isUpgrade).toBe(may);
  });

  it('ignores an upgrade that Connection does not name or that has a body', () => {
    expect(get('Upgrade: websocket').isUpgrade).toBe(false);
    expect(get('Upgrade: websocket', 'Connection: upgrade', 'Content-Length: 1').isUpgrade).toBe(false);
  });

  it('accepts one empty line before the request line', () => {
    expect(parse('', 'GET / HTTP/1.1', 'Host: a').target).toBe('/');
  });

  it.each([
    'GET /  HTTP/1.1',
    ' GET / HTTP/1.1',
    'GET\t/ HTTP/1.1',
    'GET / HTTP/1.1 ',
    'GET / HTTP/2.0',
    'GET / http/1.1',
    'GET / HTTP/1.11',
    'GET /a b HTTP/1.1',
    'GET /#f HTTP/1.1',
    'GET /\xe9 HTTP/1.1',
    'GET',
    'G(T / HTTP/1.1',
    '',
  ])('rejects the request line %j', (line) => {
    expect(statusOf(() => parse('', line, 'Host: a'))).toBe(400);
  });

  it.each([
    ['Content-Length: +5'],
    ['Content-Length: 5,5'],
    ['Content-Length: 0x5'],
    ['Content-Length: 5 5'],
    ['Content-Length: -1'],
    ['Content-Length:'],
    ['Content-Length: 1e3'],
    ['Content-Length: 9999999999999999'],
    ['Content-Length: \xa05'],
    ['Content-Length: 5', 'Content-Length: 5'],
    ['Content-Length: 5', 'Transfer-Encoding: chunked'],
    ['Transfer-Encoding: chunked', 'Content-Length: 0'],
    ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'],
    ['Transfer-Encoding: identity'],
    ['Transfer-Encoding: gzip, chunked'],
    ['Transfer-Encoding: chunked, identity'],
    ['Transfer-Encoding: xchunked'],
    ['Transfer-Encoding: chunked\xa0'],
    ['Transfer-Encoding: "chunked"'],
    ['Transfer-Encoding:'],
    ['Transfer-Encoding : chunked'],
    ['X: 1', ' Transfer-Encoding: chunked'],
    ['X: a\nb'],
    ['X: a\rb'],
    ['X: a\0b'],
    ['X: a\x7fb'],
    ['X\0: a'],
    [': a'],
    ['X'],
    ['(x): a'],
    ['Host: b'],
    ['Connection: a b'],
    ['Connection: (close)'],
  ])('rejects %j', (...fields) => {
    expect(statusOf(() => get(...fields))).toBe(400);
  });

  it.each(['', 'a b', 'a/b', 'u@a', 'a, b', 'a:b', 'a:123456', '[::1', 'a?b', 'a#b', 'é', 'a%2', '%zz'])(
    'rejects the Host %j',
    (host) => {
      expect(() => parse('GET / HTTP/1.1', `Host: ${host}`)).toThrow('Host');
    },
  );

  it.each(['a', 'a.b-c_d', 'a:8000', '127.0.0.1:1', '[::1]', '[::1]:80', 'A%20b'])(
    'accepts the Host %j',
    (host) => {
      expect(parse('GET / HTTP/1.1', `Host: ${host}`).host).toBe(host);
    },
  );

  it('requires Host only in HTTP/1.1 and rejects Transfer-Encoding in HTTP/1.0', () => {
    expect(() => parse('GET / HTTP/1.1')).toThrow('Host');
    expect(parse('GET / HTTP/1.0').host).toBeUndefined();
    expect(() => parse('GET / HTTP/1.0', 'Transfer-Encoding: chunked')).toThrow('HTTP/1.0');
  });

  it('throws 501 for a method unknown to Node, 417 for an unknown expectation, 431 for too many fields', () => {
    expect(statusOf(() => parse('CONNECT a:1 HTTP/1.1', 'Host: a'))).toBe(501);
    expect(statusOf(() => parse('FETCH / HTTP/1.1', 'Host: a'))).toBe(501);
    expect(statusOf(() => get('Expect: tea'))).toBe(417);
    expect(get('Expect: 100-Continue').expectsContinue).toBe(true);
    expect(statusOf(() => get(...Array<string>(100).fill('x: y')))).toBe(431);
    expect(get(...Array<string>(99).fill('x: y')).fields).toHaveLength(99 * 6);
  });
});
