import type { Problem } from '#contracts';
import { parseRequestHead } from './parse-request-head.js';

const parse = (...lines: string[]) => parseRequestHead(lines.map((line) => `${line}\r\n`).join('') + '\r\n');
const get = (...fields: string[]) => parse('GET / HTTP/1.1', 'Host: a', ...fields);

/** The status of the problem that `act` throws. */
function statusOf(act: () => unknown): number | undefined {
  try {
    act();
  } catch (error) {
    return (error as Problem).status;
  }
  return undefined;
}

describe('parseRequestHead', () => {
  it('gathers method, target, version and host', () => {
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

  it('lets lines pass that mean nothing to it, as they came', () => {
    expect(get('X-A:  1 ', 'Connection: close', 'accept: */*', 'X-Empty:').fields).toBe(
      'X-A:  1 \r\naccept: */*\r\nX-Empty:\r\n',
    );
  });

  it('takes hop-by-hop fields and those that the gateway vouches for out', () => {
    const head = get(
      'Keep-Alive: 5',
      'TE: gzip, trailers',
      'X-Forwarded-For: 1.1.1.1',
      'X-Real-IP: 2.2.2.2',
      'X_Forwarded_For: x',
    );
    expect(head).toMatchObject({
      fields: '',
      takesTrailers: true,
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

  it('reads the body framing', () => {
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
  ])('knows whether %s with %j keeps the connection', (version, fields, keeps) => {
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
  ])('says of Upgrade: %s that it may become a tunnel: %s', (protocol, may) => {
    expect(get('Connection: Upgrade', `Upgrade: ${protocol}`).isUpgrade).toBe(may);
  });

  it('takes an upgrade that Connection does not name, or that has a body, for a plain request', () => {
    expect(get('Upgrade: websocket').isUpgrade).toBe(false);
    expect(get('Upgrade: websocket', 'Connection: upgrade', 'Content-Length: 1').isUpgrade).toBe(false);
  });

  it('forgives one empty line before the request line', () => {
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
  ])('refuses the request line %j', (line) => {
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
  ])('refuses %j', (...fields) => {
    expect(statusOf(() => get(...fields))).toBe(400);
  });

  it.each(['', 'a b', 'a/b', 'u@a', 'a, b', 'a:b', 'a:123456', '[::1', 'a?b', 'a#b', 'é', 'a%2', '%zz'])(
    'refuses the Host %j',
    (host) => {
      expect(() => parse('GET / HTTP/1.1', `Host: ${host}`)).toThrow('Host');
    },
  );

  it.each(['a', 'a.b-c_d', 'a:8000', '127.0.0.1:1', '[::1]', '[::1]:80', 'A%20b'])(
    'takes the Host %j',
    (host) => {
      expect(parse('GET / HTTP/1.1', `Host: ${host}`).host).toBe(host);
    },
  );

  it('wants a Host of HTTP/1.1 only, and no Transfer-Encoding of HTTP/1.0', () => {
    expect(() => parse('GET / HTTP/1.1')).toThrow('Host');
    expect(parse('GET / HTTP/1.0').host).toBeUndefined();
    expect(() => parse('GET / HTTP/1.0', 'Transfer-Encoding: chunked')).toThrow('HTTP/1.0');
  });

  it('answers 501 to a method that Node does not know, 417 to an unknown expectation, 431 to too many fields', () => {
    expect(statusOf(() => parse('CONNECT a:1 HTTP/1.1', 'Host: a'))).toBe(501);
    expect(statusOf(() => parse('FETCH / HTTP/1.1', 'Host: a'))).toBe(501);
    expect(statusOf(() => get('Expect: tea'))).toBe(417);
    expect(get('Expect: 100-Continue').expectsContinue).toBe(true);
    expect(statusOf(() => get(...Array<string>(100).fill('x: y')))).toBe(431);
    expect(get(...Array<string>(99).fill('x: y')).fields).toHaveLength(99 * 6);
  });
});
