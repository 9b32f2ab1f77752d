import { createConnection } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { GatewayUnderTest } from '../testing/gateway-under-test.js';
import { isFromThisMachine, isLocalName } from './this-machine.js';

const writes: [method: string, path: string][] = [
  ['POST', '/discovery/register'],
  ['DELETE', '/discovery/unregister/a'],
  ['POST', '/discovery/heartbeat/a'],
  ['POST', '/discovery/cleanup'],
  ['POST', '/discovery/services/a/drain'],
  ['DELETE', '/discovery/services/a/drain'],
];

/** Sends a POST with exactly this head; resolves to the status of the response. */
function statusOf(gateway: GatewayUnderTest, path: string, head: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const socket = createConnection(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.once('data', (data) => {
      socket.destroy();
      resolve(Number(/^HTTP\/1\.1 (\d{3}) /.exec(String(data))?.[1]));
    });
    socket.write([`POST ${path} HTTP/1.1`, ...head, '', ''].join('\r\n'));
  });
}

describe('a registry with a token', () => {
  const token = 'a-token-of-some-length';
  let gateway: GatewayUnderTest;
  beforeAll(async () => void (gateway = await GatewayUnderTest.start({ REGISTRY_TOKEN: token })));
  afterAll(() => gateway.stop());

  const call = (method: string, path: string, authorization?: string) =>
    gateway.call(method, path, { headers: authorization === undefined ? {} : { authorization } });

  it.each(writes)('rejects %s %s without the token', async (method, path) => {
    const response = await call(method, path);
    expect(response).toMatchObject({
      status: 401,
      body: { type: 'urn:msa-gateway:problem:registry-token-required' },
    });
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="registry"');
  });

  it.each([
    'Bearer wrong',
    `Bearer ${token}x`,
    `Basic ${token}`,
    'Bearer',
    `Bearer ${token} ${token}`,
    token,
  ])('rejects "%s"', async (authorization) => {
    expect((await call('POST', '/discovery/cleanup', authorization)).status).toBe(401);
  });

  it('accepts the token with any case of the scheme', async () => {
    expect((await call('POST', '/discovery/cleanup', `Bearer ${token}`)).status).toBe(200);
    expect((await call('POST', '/discovery/cleanup', `bearer ${token}`)).status).toBe(200);
    expect((await call('POST', '/discovery/heartbeat/a', `Bearer ${token}`)).status).toBe(404);
  });

  it.each([
    [
      'two Authorization fields with the token',
      ['authorization: Bearer TOKEN', 'authorization: Bearer TOKEN'],
      '',
    ],
    [
      'a second Authorization field with another token',
      ['authorization: Bearer TOKEN', 'authorization: Bearer other'],
      '',
    ],
    ['Proxy-Authorization only', ['proxy-authorization: Bearer TOKEN'], ''],
    ['an empty Authorization field', ['authorization:'], ''],
    ['a scheme without a token', ['authorization: Bearer '], ''],
    ['a token in the query', [], '?token=TOKEN&access_token=TOKEN'],
    ['a token of 10,000 characters', [`authorization: Bearer ${'x'.repeat(10_000)}`], ''],
  ])('rejects a request with %s', async (_what, lines, query) => {
    const named = (text: string): string => text.replaceAll('TOKEN', token);
    const head = ['host: localhost', 'content-length: 0', ...lines.map(named)];
    expect(await statusOf(gateway, `/discovery/cleanup${named(query)}`, head)).toBe(401);
  });

  it('accepts spaces around the token', async () => {
    const head = ['host: localhost', 'content-length: 0', `authorization:   Bearer   ${token}  `];
    expect(await statusOf(gateway, '/discovery/cleanup', head)).toBe(200);
  });

  it.each([
    '/discovery/%72egister',
    '/discovery/register/',
    '//discovery/register',
    '/discovery/./register',
    '/Discovery/Register',
    '/api/../discovery/register',
    'http://localhost/discovery/register',
  ])('does not accept the path variant %s', async (path) => {
    const head = ['host: localhost', 'content-length: 0'];
    expect(await statusOf(gateway, path, head)).toBeGreaterThanOrEqual(400);
  });

  it('allows reads without the token', async () => {
    for (const path of ['/discovery/services', '/services', '/discovery/events?since=0'])
      expect((await call('GET', path)).status).toBe(200);
  });
});

describe('a registry without a token', () => {
  let gateway: GatewayUnderTest;
  beforeAll(async () => void (gateway = await GatewayUnderTest.start({ TRUSTED_PROXIES: '10.0.0.0/8' })));
  afterAll(() => gateway.stop());

  const forwarded: Record<string, string>[] = [
    { 'x-forwarded-for': '203.0.113.5' },
    { 'x-forwarded-for': '127.0.0.1, 203.0.113.5' },
    { 'x-forwarded-for': '203.0.113.5, 127.0.0.1' },
    { 'x-forwarded-for': 'unknown' },
    { 'x-real-ip': '203.0.113.5' },
    { forwarded: 'for=203.0.113.5;proto=http' },
    { forwarded: 'for=127.0.0.1, FOR="[2001:db8::1]:4711"' },
    { origin: 'http://evil.example' },
    { origin: 'null' },
  ];

  it.each(forwarded)('rejects a write that was forwarded for another machine: %j', async (headers) => {
    expect(await gateway.call('POST', '/discovery/cleanup', { headers })).toMatchObject({
      status: 403,
      body: { type: 'urn:msa-gateway:problem:registry-writes-from-loopback-only' },
    });
  });

  it('rejects every forwarded write', async () => {
    for (const [method, path] of writes)
      expect(
        (await gateway.call(method, path, { headers: { 'x-forwarded-for': '203.0.113.5' } })).status,
      ).toBe(403);
  });

  it('accepts a write that a local proxy forwards for a local program', async () => {
    const headers = { 'x-forwarded-for': '127.0.0.1, ::1', forwarded: 'for="[::1]:4711"' };
    expect((await gateway.call('POST', '/discovery/cleanup', { headers })).status).toBe(200);
  });

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io', 'localhost.', 'xn--lcalhost-54a'])(
    'rejects the host name %s, which may resolve to this machine',
    async (host) => {
      const head = [`host: ${host}:8000`, 'content-length: 0'];
      expect(await statusOf(gateway, '/discovery/cleanup', head)).toBe(403);
    },
  );

  it.each(['localhost', 'LOCALHOST:8000', '127.0.0.1', '[::1]:8000'])(
    'accepts a write from a local program to %s',
    async (host) => {
      const head = [`host: ${host}`, 'content-length: 0'];
      expect(await statusOf(gateway, '/discovery/cleanup', head)).toBe(200);
    },
  );

  it.each(['https://localhost:8000', 'http://localhost:3000', 'http://127.0.0.1:8000', ''])(
    'rejects a page of the foreign origin %s',
    async (origin) => {
      const head = ['host: localhost:8000', 'content-length: 0', `origin: ${origin}`];
      expect(await statusOf(gateway, '/discovery/cleanup', head)).toBe(403);
    },
  );

  it.each([
    ['http://evil.example', '127.0.0.1:8000'],
    ['http://127.0.0.1:8000', 'evil.example'],
    ['HTTPS://evil.example:8000', 'localhost'],
    ['http://evil.example', 'evil.example'],
  ])('rejects the target %s with Host %s', async (origin, host) => {
    const head = [`host: ${host}`, 'content-length: 0'];
    expect(await statusOf(gateway, `${origin}/discovery/cleanup`, head)).toBe(403);
  });

  it('accepts an absolute-form target that names this machine, as Host does', async () => {
    const head = ['host: localhost:8000', 'content-length: 0', 'origin: http://localhost:8000'];
    expect(await statusOf(gateway, 'http://localhost:8000/discovery/cleanup', head)).toBe(200);
  });

  it.each([
    'http://evil.example@127.0.0.1',
    'http://127.0.0.1@evil.example',
    'http://evil.example#@127.0.0.1',
  ])('does not treat the target %s as this machine', async (origin) => {
    const head = ['host: 127.0.0.1', 'content-length: 0'];
    expect(await statusOf(gateway, `${origin}/discovery/cleanup`, head)).toBeGreaterThanOrEqual(400);
  });

  it('rejects a second X-Forwarded-For that names another machine', async () => {
    const lists = ['x-forwarded-for: 127.0.0.1', 'x-forwarded-for: 203.0.113.5'];
    const head = ['host: localhost', 'content-length: 0', ...lists];
    expect(await statusOf(gateway, '/discovery/cleanup', head)).toBe(403);
  });
});

describe('isFromThisMachine', () => {
  const from = (remoteAddress: string | undefined, headers: Record<string, string> = {}) =>
    isFromThisMachine({
      raw: { socket: { remoteAddress }, rawHeaders: ['Host', 'localhost:8000'] },
      headers: { host: 'localhost:8000', ...headers },
    } as unknown as FastifyRequest);

  it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])('accepts %s', (address) => {
    expect(from(address)).toBe(true);
  });

  it.each(['10.0.0.1', '::ffff:10.0.0.1', 'fe80::1', '0.0.0.0', '', undefined])('rejects %s', (address) => {
    expect(from(address)).toBe(false);
  });

  it('rejects another machine that forwards for its own loopback address', () => {
    expect(from('10.0.0.1', { 'x-forwarded-for': '127.0.0.1' })).toBe(false);
  });
});

describe('isLocalName', () => {
  it.each([
    'localhost',
    'localhost:8000',
    '127.0.0.1:59999',
    '127.0.0.1:65535',
    'LOCALHOST:80',
    '[::1]:8000',
    '10.1.2.3',
  ])('accepts %s', (host) => expect(isLocalName(host)).toBe(true));

  it.each([
    'localhost:65536',
    'localhost:99999',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'localhost:8000@evil',
    '',
  ])('rejects %j', (host) => expect(isLocalName(host)).toBe(false));
});
