import { waitFor } from '#testing';
import { onEveryPlane } from './support/harness.js';
import { RawClient } from './support/raw-client.js';
import { respondWith, RawUpstream } from './support/raw-upstream.js';

onEveryPlane('edge hygiene', (harness) => {
  let upstream: RawUpstream;

  beforeAll(async () => {
    upstream = await RawUpstream.start();
    upstream.onChunk = respondWith('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    await harness().register('raw', upstream.url);
  });
  beforeEach(() => upstream.clear());
  afterAll(() => upstream.close());

  const send = async (bytes: string): Promise<RawClient> =>
    (await RawClient.open(harness().gatewayPort)).send(bytes);
  const withFields = (fields: string): string => `POST /api/raw HTTP/1.1\r\nHost: gw\r\n${fields}\r\n\r\n`;

  it.each([
    ['a length and chunks', withFields('Content-Length: 5\r\nTransfer-Encoding: chunked') + '0\r\n\r\n'],
    ['two lengths that differ', withFields('Content-Length: 5\r\nContent-Length: 6') + 'hello'],
    ['a list of lengths', withFields('Content-Length: 5, 5') + 'hello'],
    ['a length with a sign', withFields('Content-Length: +5') + 'hello'],
    ['a non-numeric length', withFields('Content-Length: 0x5') + 'hello'],
    ['a coding that hides chunks', withFields('Transfer-Encoding: xchunked') + '0\r\n\r\n'],
    ['chunked twice', withFields('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked') + '0\r\n\r\n'],
    ['chunks that are not last', withFields('Transfer-Encoding: chunked, identity') + '0\r\n\r\n'],
    ['an obsolete folded line', withFields('X-Folded: a\r\n b')],
    ['a space before a colon', withFields('X-Space : a')],
    ['a field without a name', withFields(': a')],
    ['a bare CR', withFields('X-Cr: a\rb')],
    ['a NUL', withFields('X-Nul: a\0b')],
    ['no Host', 'GET /api/raw HTTP/1.1\r\n\r\n'],
    ['two Hosts', withFields('Host: other')],
    ['an invalid Host', 'GET /api/raw HTTP/1.1\r\nHost: a/b\r\n\r\n'],
    ['an empty Host', 'GET /api/raw HTTP/1.1\r\nHost:\r\n\r\n'],
    ['a Host with an empty port', 'GET /api/raw HTTP/1.1\r\nHost: gw:\r\n\r\n'],
    ['a Host with half an escape', 'GET /api/raw HTTP/1.1\r\nHost: gw%zz\r\n\r\n'],
    ['an invalid Host with an absolute target', 'GET http://gw/api/raw HTTP/1.1\r\nHost: a/b\r\n\r\n'],
    ['an absolute target without a host', 'GET http:///api/raw HTTP/1.1\r\nHost: gw\r\n\r\n'],
    ['invalid options of Connection', withFields('Connection: a b')],
    ['a coding in quotes', withFields('Transfer-Encoding: "chunked"') + '0\r\n\r\n'],
    ['an empty transfer coding', withFields('Transfer-Encoding:') + '0\r\n\r\n'],
    ['HTTP/0.9', 'GET /api/raw\r\n\r\n'],
    ['HTTP/2', 'GET /api/raw HTTP/2.0\r\nHost: gw\r\n\r\n'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['another protocol, before its first message ends', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['a Host with user-info', 'GET /api/raw HTTP/1.1\r\nHost: me@gw\r\n\r\n'],
    ['user-info in the target', 'GET http://me@gw/api/raw HTTP/1.1\r\nHost: gw\r\n\r\n'],
    [
      'chunks of HTTP/1.0',
      'POST /api/raw HTTP/1.0\r\nHost: gw\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['an unknown version', 'GET /api/raw HTTP/3.7\r\nHost: gw\r\n\r\n'],
    ['two spaces in the request line', 'GET  /api/raw HTTP/1.1\r\nHost: gw\r\n\r\n'],
    ['two spaces before the version', 'GET /api/raw  HTTP/1.1\r\nHost: gw\r\n\r\n'],
    ['two empty lines first', '\r\n\r\nGET /api/raw HTTP/1.1\r\nHost: gw\r\n\r\n'],
    ['a bare LF first', '\nGET /api/raw HTTP/1.1\r\nHost: gw\r\n\r\n'],
    ['a bare CR first', '\rGET /api/raw HTTP/1.1\r\nHost: gw\r\n\r\n'],
    ['an unknown method', 'FOO /api/raw HTTP/1.1\r\nHost: gw\r\n\r\n'],
    ['a method in lower case', 'get /api/raw HTTP/1.1\r\nHost: gw\r\n\r\n'],
    ['a fragment', 'GET /api/raw/x#f HTTP/1.1\r\nHost: gw\r\n\r\n'],
    ['a length that no number represents exactly', withFields('Content-Length: 9007199254740993') + 'x'],
    ['a length of too many digits', withFields(`Content-Length: ${'0'.repeat(20)}5`) + 'hello'],
    [
      'a chunk larger than the maximum',
      withFields('Transfer-Encoding: chunked') + 'ffffffffffffffff\r\nhello',
    ],
    [
      'a chunk size of many digits',
      withFields('Transfer-Encoding: chunked') + `${'0'.repeat(20)}5\r\nhello\r\n0\r\n\r\n`,
    ],
    [
      'a long chunk extension',
      withFields('Transfer-Encoding: chunked') + `5;${'a'.repeat(5000)}\r\nhello\r\n0\r\n\r\n`,
    ],
    [
      'a chunk extension without a name',
      withFields('Transfer-Encoding: chunked') + '5;;a\r\nhello\r\n0\r\n\r\n',
    ],
    [
      'a chunk extension without its value',
      withFields('Transfer-Encoding: chunked') + '5;a=\r\nhello\r\n0\r\n\r\n',
    ],
    ['noise', '\x16\x03\x01\x02\x00\x01\x00\r\n\r\n'],
  ])('refuses %s and closes', async (_what, bytes) => {
    const client = await send(bytes);
    const response = await client.untilClosed();
    expect(response).toMatch(/^HTTP\/1\.1 (?:400|501) [^]*application\/problem\+json/);
    expect(response.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
    expect(upstream.received).toBe('');
  });

  it.each([
    '/api/raw/..',
    '/api/raw/../x',
    '/api/raw/a/../../x',
    '/api/raw/%2e%2e/x',
    '/api/raw/.%2E/x',
    '/api/raw/..%2fx',
    '/api/raw/..%5cx',
    '/api/raw/..\\x',
    '/api/raw/a%2f..%2f..%2fx',
    '/api/raw//../x',
    '/api/raw/..;a=1/x',
    '/api/raw/a%2fb/../../x',
    '/api/../health',
    '/api/%2e%2e/health',
    '/api/raw/x#y',
  ])('refuses the target %s', async (target) => {
    const client = await send(`GET ${target} HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n\r\n`);
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 400 /);
    expect(upstream.received).toBe('');
  });

  it.each([
    '//evil.example/api/raw',
    '/API/raw',
    '/%61pi/raw',
    '/apiraw',
    '/api',
    '/api/',
    '/api/Raw',
    '/api/raw%20',
    '/api/@evil',
  ])('does not treat %s as a service', async (target) => {
    const client = await send(`GET ${target} HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n\r\n`);
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 404 /);
    expect(upstream.received).toBe('');
  });

  it('uses the authority of an absolute target, never its Host', async () => {
    const client = await send(
      'GET http://public.example:80/api/raw/x?y HTTP/1.1\r\nHost: internal\r\nConnection: close\r\n\r\n',
    );
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 200 /);
    expect(upstream.received).toMatch(/^GET \/x\?y HTTP\/1\.1\r\n/);
    expect(upstream.received).toMatch(/\r\nx-forwarded-host: public\.example:80\r\n/);
    expect(upstream.received).not.toContain('internal');
  });

  it('responds to the requests before a refused one', async () => {
    const sound = 'GET /api/raw/x HTTP/1.1\r\nHost: gw\r\n\r\n';
    const client = await send(`${sound}${sound}GET  /api/raw/y HTTP/1.1\r\nHost: gw\r\n\r\n`);
    const statuses = (await client.untilClosed()).match(/HTTP\/1\.1 \d+/g);
    expect(statuses).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 400']);
    expect(upstream.received).not.toContain('/y');
  });

  it('refuses a fragmented request like a whole one', async () => {
    const client = await send('GET  /api/raw HT');
    client.send('TP/1.1\r\nHost: gw\r\n');
    client.send('\r\n');
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 400 /);
    expect(upstream.received).toBe('');
  });

  it('refuses CONNECT', async () => {
    const client = await send('CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n');
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 501 [^]*method-not-supported/);
  });

  it.each([
    ['alone', 'Expect: miracles'],
    ['after a known one', 'Expect: 100-continue, miracles\r\nContent-Length: 2'],
    ['as a list', 'Expect: 100-continue, 100-continue\r\nContent-Length: 2'],
    ['in a separate line', 'Expect: 100-continue\r\nExpect: miracles\r\nContent-Length: 2'],
    ['with an upgrade', 'Expect: miracles\r\nConnection: upgrade\r\nUpgrade: talk'],
  ])('responds 417 to an unknown expectation, %s', async (_where, fields) => {
    const client = await send(withFields(fields));
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 417 [^]*expectation-failed/);
    expect(upstream.received).toBe('');
  });

  it('responds 431 to a head that is too large', async () => {
    const client = await send(withFields(`X-Large: ${'x'.repeat(20_000)}`));
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 431 [^]*header-fields-too-large/);
  });

  it('responds 431 to too many fields and to a target that is too long', async () => {
    for (const bytes of [
      withFields('X: y\r\n'.repeat(100).trimEnd()),
      `GET /api/raw/${'a'.repeat(20_000)} HTTP/1.1\r\n\r\n`,
    ])
      expect(await (await send(bytes)).untilClosed()).toMatch(/^HTTP\/1\.1 431 [^]*header-fields-too-large/);
    expect(upstream.received).toBe('');
  });

  it.each([
    ['one long trailer', `X: ${'x'.repeat(9_000)}\r\n`],
    ['long trailers', `X: ${'x'.repeat(900)}\r\n`.repeat(10)],
    ['trailers larger than a head', `X: ${'x'.repeat(20_000)}\r\n`],
    ['too many trailers', 'X: y\r\n'.repeat(101)],
  ])('responds 431 to %s without completing the request at the instance', async (_what, trailers) => {
    const silent = await RawUpstream.start();
    await harness().register('silent', silent.url);
    try {
      const client = await send(withFields('Transfer-Encoding: chunked').replace('raw', 'silent'));
      await waitFor('the request to reach the instance', () => silent.received.includes('POST / '));
      client.send(`2\r\nhi\r\n0\r\n${trailers}\r\n`);
      expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 431 [^]*header-fields-too-large/);
      await waitFor('the upstream connection to close', () =>
        silent.connections.every(({ isEnded }) => isEnded),
      );
      expect(silent.received).not.toMatch(/\r\n0\r\n\r\n$/);
    } finally {
      silent.close();
    }
  });

  it('ignores Connection options that name identity, framing and forwarding fields', async () => {
    const client = await send(
      withFields(
        'Connection: close, Host, Authorization, Cookie, Content-Length, X-Forwarded-For, X-Request-Id, Via, X-Mine\r\n' +
          'Authorization: Basic eA==\r\nCookie: a=1\r\nX-Mine: 1\r\nContent-Length: 5',
      ) + 'hello',
    );
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 200 /);
    const head = upstream.received.toLowerCase();
    for (const field of [
      'host:',
      'authorization: basic',
      'cookie: a=1',
      'content-length: 5',
      'x-forwarded-for:',
      'via:',
    ])
      expect(head).toContain(`\r\n${field}`);
    expect(head).not.toContain('x-mine');
  });

  it('generates a request id when the sent one is invalid', async () => {
    const client = await send(withFields('X-Request-Id: with blank\r\nConnection: close'));
    const [, id = ''] = /x-request-id: (.*)\r\n/.exec(await client.untilClosed()) ?? [];
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(upstream.received).toContain(`x-request-id: ${id}\r\n`);
    expect(upstream.received).not.toContain('with blank');
  });
});

onEveryPlane(
  'an untrusted client',
  (harness) => {
    it('cannot set the forwarding fields', async () => {
      const upstream = await RawUpstream.start();
      upstream.onChunk = respondWith('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      await harness().register('raw', upstream.url);
      const client = await RawClient.open(harness().gatewayPort);
      client.send(
        'GET /api/raw HTTP/1.1\r\nHost: gw\r\nConnection: close\r\nX-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Host: evil\r\n' +
          'X-Forwarded-Proto: https\r\nX-Forwarded-Prefix: /evil\r\nX-Forwarded-Port: 1\r\nX_Forwarded_For: 1.2.3.4\r\n' +
          'Forwarded: for=1.2.3.4\r\nX-Real-IP: 1.2.3.4\r\n\r\n',
      );
      await client.untilClosed();
      upstream.close();
      expect(upstream.received).not.toMatch(/1\.2\.3\.4|evil|https|-port/i);
      expect(upstream.received).toMatch(/\r\nx-forwarded-for: 127\.0\.0\.1\r\nx-forwarded-proto: http\r\n/);
    });
  },
  { TRUSTED_PROXIES: '10.0.0.0/8' },
);
