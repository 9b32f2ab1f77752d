import type { IncomingMessage } from 'node:http';
import { call } from '#testing';
import { onEveryKind, SERVICE } from './support/harness.js';
import { RawClient } from './support/raw-client.js';
import { bodyOf, exchange } from './support/exchange.js';

onEveryKind('messages', (harness) => {
  /** Makes the service respond with the request that it received. */
  const echo = (): void => {
    harness().service.handler = (request, response) => {
      void bodyOf(request).then((body) => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(seen(request, body)));
      });
    };
  };
  const seen = ({ method, url, headers, rawHeaders }: IncomingMessage, body: Buffer) => ({
    method,
    url,
    headers,
    rawHeaders,
    body: body.toString('latin1'),
  });

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'REPORT', 'QUERY', 'PURGE'])(
    'carries %s and its body',
    async (method) => {
      echo();
      const body = method === 'GET' || method === 'OPTIONS' ? undefined : 'a body';
      const response = await exchange(`${harness().url}/things`, {
        method,
        body,
        headers: { 'content-type': 'text/plain' },
      });
      expect(JSON.parse(response.text)).toMatchObject({ method, url: '/things', body: body ?? '' });
    },
  );

  it.each([
    ['', '/'],
    ['?', '/?'],
    ['?a=1&a=2', '/?a=1&a=2'],
    ['/', '/'],
    ['/UPPER/lower', '/UPPER/lower'],
    ['/a%2Fb/%41', '/a%2Fb/%41'],
    ['/a;v=1/b', '/a;v=1/b'],
    ['/%252e%252e/x', '/%252e%252e/x'],
    ['//double//', '//double//'],
    ['/a/../b/./c', '/a/../b/./c'],
    ['/x?q=%20+%00&?&=&//..', '/x?q=%20+%00&?&=&//..'],
    ['/api/other', '/api/other'],
    ['/@host/x', '/@host/x'],
  ])('forwards the target %p as %p', async (target, expected) => {
    echo();
    const client = await RawClient.open(harness().gatewayPort);
    client.send(`GET /api/${SERVICE}${target} HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n\r\n`);
    expect(await client.untilClosed()).toContain(`"url":${JSON.stringify(expected)}`);
  });

  it('forwards the fields of the client in order, case and number, followed by the gateway’s own', async () => {
    echo();
    const client = await RawClient.open(harness().gatewayPort);
    client.send(
      `GET /api/${SERVICE}/ HTTP/1.1\r\nHost: gw.example:8000\r\nX-Many: 1\r\nx-mAnY: 2\r\nAccept: */*\r\n` +
        'X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\nX-Request-Id: my-id\r\nVia: 1.0 outer\r\n' +
        'Connection: close, X-Drop, Authorization, Host\r\nX-Drop: 1\r\nAuthorization: Basic eA==\r\n' +
        'Keep-Alive: 5\r\nProxy-Connection: x\r\nTE: trailers, gzip\r\n\r\n',
    );
    const response = await client.untilClosed();
    const { rawHeaders } = JSON.parse(response.slice(response.indexOf('{'))) as { rawHeaders: string[] };
    const { host } = new URL(harness().serviceUrl);
    const fields = pairs(rawHeaders).filter(([name]) => name !== 'connection');
    expect(fields).toEqual([
      ['host', host],
      ['X-Many', '1'],
      ['x-mAnY', '2'],
      ['Accept', '*/*'],
      ['Via', '1.0 outer'],
      ['Authorization', 'Basic eA=='],
      ['te', 'trailers'],
      ['x-forwarded-for', '203.0.113.9, 127.0.0.1'],
      ['x-forwarded-proto', 'https'],
      ['x-forwarded-host', 'gw.example:8000'],
      ['x-forwarded-prefix', `/api/${SERVICE}`],
      ['forwarded', 'for=127.0.0.1;host="gw.example:8000";proto=http'],
      ['via', '1.1 msa-gateway'],
      ['x-request-id', 'my-id'],
    ]);
    expect(response).toMatch(/\r\nx-request-id: my-id\r\n/);
  });

  it.each([
    'application/json',
    'text/plain; charset=utf-16',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/vnd.unknown+cbor',
    '',
  ])('leaves a body of Content-Type %p untouched', async (type) => {
    echo();
    const body = '{"not: json\u0000\u00ff';
    const headers: Record<string, string> = type === '' ? {} : { 'content-type': type };
    const response = await exchange(harness().url, {
      method: 'POST',
      body: Buffer.from(body, 'latin1'),
      headers,
    });
    expect(JSON.parse(response.text)).toMatchObject({ body });
  });

  it('forwards an encoded body unchanged in both directions', async () => {
    const zipped = Buffer.from([0x1f, 0x8b, 0, 1, 2, 3]);
    let sent: Buffer | undefined;
    harness().service.handler = (request, response) => {
      void bodyOf(request).then((body) => {
        sent = body;
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(zipped);
      });
    };
    const response = await exchange(harness().url, {
      method: 'POST',
      body: zipped,
      headers: { 'content-encoding': 'gzip' },
    });
    expect(sent).toEqual(zipped);
    expect(response.headers['content-encoding']).toBe('gzip');
    expect(response.body).toEqual(zipped);
  });

  it('forwards status, reason, fields and body of an error byte for byte', async () => {
    const body = Buffer.from('{"error": "ünübersetzt"}\n');
    harness().service.handler = (_request, response) => {
      response.writeHead(418, 'Short And Stout', [
        'Content-Type',
        'Application/JSON',
        'X-Twice',
        'a',
        'x-twice',
        'b',
      ]);
      response.end(body);
    };
    const response = await exchange(`${harness().url}/tea`);
    expect([response.status, response.message]).toEqual([418, 'Short And Stout']);
    expect(response.body).toEqual(body);
    expect(pairs(response.rawHeaders)).toEqual(
      expect.arrayContaining([
        ['Content-Type', 'Application/JSON'],
        ['X-Twice', 'a'],
        ['x-twice', 'b'],
        ['via', '1.1 msa-gateway'],
      ]),
    );
  });

  it('responds to an unknown route like the service', async () => {
    const direct = await call(harness().serviceUrl, 'GET /nest/missing');
    const proxied = await call(harness().url, 'GET /nest/missing');
    expect(proxied.status).toBe(404);
    expect({ ...proxied.body, requestId: '' }).toEqual({ ...direct.body, requestId: '' });
    expect(proxied.body.requestId).toBe(proxied.headers.get('x-request-id'));
  });

  it('forwards responses of Nest', async () => {
    const response = await call(harness().url, 'GET /nest/json');
    expect(response.body).toEqual({ greeting: 'hallo', umlaut: 'äöü' });
    expect(response.headers.get('content-length')).toBe('38');
    expect((await call(harness().url, 'POST /nest/accepted')).status).toBe(202);
  });

  it('keeps multiple cookies separate and moves their paths below the prefix', async () => {
    harness().service.handler = (_request, response) => {
      response.setHeader('Set-Cookie', [
        'a=1; Path=/; HttpOnly',
        'b=2; path=/deep',
        '__Host-c=3; Path=/; Secure',
        'd=4',
      ]);
      response.end();
    };
    const response = await exchange(harness().url);
    expect(response.headers['set-cookie']).toEqual([
      `a=1; Path=/api/${SERVICE}; HttpOnly`,
      `b=2; path=/api/${SERVICE}/deep`,
      '__Host-c=3; Path=/; Secure',
      'd=4',
    ]);
  });

  it.each([
    ['/users/1', `/api/${SERVICE}/users/1`],
    [`/api/${SERVICE}/users/1`, `/api/${SERVICE}/users/1`],
    ['INSTANCE/users?x#y', `/api/${SERVICE}/users?x#y`],
    ['https://elsewhere.example/x', 'https://elsewhere.example/x'],
    ['//elsewhere.example/x', '//elsewhere.example/x'],
    ['relative', 'relative'],
  ])('rewrites Location %p to %p', async (location, expected) => {
    const value = location.replace('INSTANCE', harness().serviceUrl);
    harness().service.handler = (_request, response) =>
      response.writeHead(201, { location: value, 'content-location': value }).end();
    const { headers } = await exchange(harness().url);
    expect([headers.location, headers['content-location']]).toEqual([expected, expected]);
  });

  it('sends no body for HEAD, 204 and 304, and forwards their fields unchanged', async () => {
    harness().service.handler = ({ url }, response) => {
      const status = Number(url?.slice(1));
      response.writeHead(status, { etag: '"x"', ...(status !== 204 && { 'content-length': '5' }) });
      response.end(status === 200 ? 'hello' : undefined);
    };
    const head = await exchange(`${harness().url}/200`, { method: 'HEAD' });
    expect([head.status, head.headers['content-length'], head.text]).toEqual([200, '5', '']);
    const noContent = await exchange(`${harness().url}/204`);
    expect([
      noContent.status,
      noContent.headers.etag,
      noContent.headers['content-length'],
      noContent.text,
    ]).toEqual([204, '"x"', undefined, '']);
    const unchanged = await exchange(`${harness().url}/304`);
    expect([unchanged.status, unchanged.headers['content-length'], unchanged.text]).toEqual([304, '5', '']);
  });

  it('does not forward hop-by-hop fields of the service', async () => {
    harness().service.handler = (_request, response) => {
      response.writeHead(200, {
        connection: 'close, x-private',
        'x-private': '1',
        'keep-alive': 'timeout=1',
      });
      response.end('x');
    };
    const { headers } = await exchange(harness().url, { headers: { connection: 'keep-alive' } });
    expect(headers.connection).toBe('keep-alive');
    expect(headers['keep-alive']).toBe('timeout=75');
    expect(headers['x-private']).toBeUndefined();
  });

  it('reports timing only on request', async () => {
    echo();
    expect((await exchange(harness().url)).headers['server-timing']).toBeUndefined();
    const timed = await exchange(harness().url, { headers: { 'x-debug-timing': '1' } });
    expect(timed.headers['server-timing']).toMatch(
      /^gateway;dur=[\d.]+, upstream;dur=[\d.]+, attempts;desc="1"$/,
    );
  });
});

const pairs = (raw: readonly string[]): string[][] =>
  raw.flatMap((name, i) => (i % 2 === 0 ? [[name, raw[i + 1]!]] : []));
