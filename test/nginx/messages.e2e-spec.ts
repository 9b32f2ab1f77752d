import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { call, onPrograms, waitFor, type AccessLogLine } from '#testing';
import { startFront, type NginxFront } from './support/nginx-front.js';

onPrograms(['nginx'], 'nginx in front of gateways', () => {
  let front: NginxFront;
  beforeAll(async () => void (front = await startFront(2)), 60_000);
  afterAll(() => front.stop());

  const headersSeen = async (headers: Record<string, string>): Promise<IncomingHttpHeaders> => {
    front.handler = (incoming, response) => response.end(JSON.stringify(incoming.headers));
    return (await (await fetch(`${front.url}/`, { headers })).json()) as IncomingHttpHeaders;
  };

  /** nginx writes a log line after the client has received the response. */
  const logged = (is: (line: AccessLogLine) => boolean): Promise<boolean> =>
    waitFor('the log line', () => front.nginx.accessLog().some(is));

  it('distributes clients over the gateways', async () => {
    front.handler = (_request, response) => void setTimeout(() => response.end(), 20);
    await Promise.all(Array.from({ length: 20 }, () => fetch(`${front.url}/spread`)));
    const lines = () => front.nginx.accessLog().filter(({ target }) => target === '/api/echo/spread');
    await waitFor('twenty log lines', () => lines().length === 20);
    expect(new Set(lines().map(({ gateway }) => gateway)).size).toBe(2);
  });

  it('sets the forwarding fields and discards those of the client', async () => {
    const seen = await headersSeen({
      'x-forwarded-for': '203.0.113.5',
      'x-real-ip': '203.0.113.5',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-port': '666',
      'x-forwarded-prefix': '/evil',
      'x-forwarded-ssl': 'on',
      forwarded: 'for=203.0.113.5',
    });
    const { host, port } = new URL(front.url);
    expect(seen).toMatchObject({
      'x-forwarded-for': '127.0.0.1, 127.0.0.1',
      'x-real-ip': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': host,
      'x-forwarded-port': port,
      'x-forwarded-prefix': '/api/echo',
      forwarded: expect.not.stringContaining('203.0.113.5'),
    });
    expect(JSON.stringify(seen)).not.toMatch(/evil|203\.0\.113\.5|x-forwarded-ssl/);
  });

  it.each(['stock-reservations', '%73tock-reservations/1', './x/..//stock-reservations/1'])(
    'forwards %s unchanged: the gateway decides which paths are internal',
    async (path) => {
      front.handler = (incoming, response) => response.end(incoming.url);
      const sent = request(front.nginx.url, { path: `/api/echo/${path}` }).end();
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      const [body] = (await once(response, 'data')) as [Buffer];
      expect(body.toString()).toBe(`/${path}`);
    },
  );

  it.each(['abc-123', '~'.repeat(128)])('keeps the request id %s', async (id) => {
    front.handler = (incoming, response) => response.end(incoming.headers['x-request-id']);
    const { headers, body } = await call(front.url, 'GET /id', { headers: { 'x-request-id': id } });
    expect([headers.get('x-request-id'), body]).toEqual([id, id]);
    await logged(({ requestId }) => requestId === id);
  });

  it.each(['x'.repeat(129), 'two words', ''])('replaces the request id "%s"', async (id) => {
    front.handler = (incoming, response) => response.end(incoming.headers['x-request-id']);
    const { headers, body } = await call(front.url, 'GET /id', { headers: { 'x-request-id': id } });
    expect(body).toMatch(/^[0-9a-f]{32}$/);
    expect(headers.get('x-request-id')).toBe(body);
    await logged(({ requestId }) => requestId === body);
  });

  it('forwards events while the stream is open', async () => {
    let stream: ServerResponse | undefined;
    front.handler = (_request, response) => {
      stream = response.writeHead(200, { 'content-type': 'text/event-stream' });
      stream.write('data: 1\n\n');
    };
    const incoming = await responseTo(`${front.url}/events`);
    expect(await nextText(incoming)).toBe('data: 1\n\n');
    stream?.write('data: 2\n\n');
    expect(await nextText(incoming)).toBe('data: 2\n\n');
    stream?.end();
    incoming.resume();
    await once(incoming, 'end');
  });

  it('streams uploads and forwards them byte for byte', async () => {
    const begun = new Promise<void>((resolve) => {
      front.handler = (incoming, response) => {
        resolve();
        const hash = createHash('sha256');
        incoming.on('data', (chunk: Buffer) => hash.update(chunk));
        incoming.on('end', () => response.end(hash.digest('hex')));
      };
    });
    const [first, second] = [randomBytes(1024 * 1024), randomBytes(20 * 1024 * 1024)];
    const outgoing = request(`${front.url}/upload`, { method: 'POST' });
    outgoing.write(first);
    // The service receives the first part before the request ends.
    await begun;
    outgoing.end(second);
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    expect(await nextText(incoming)).toBe(createHash('sha256').update(first).update(second).digest('hex'));
  });

  it('opens tunnels for WebSocket', async () => {
    const sockets = new WebSocketServer({ server: front.service });
    sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(data)));
    const socket = new WebSocket(`${front.url.replace('http', 'ws')}/socket?a=%2F`);
    await once(socket, 'open');
    socket.send('hallo');
    const [data] = (await once(socket, 'message')) as [Buffer];
    expect(data.toString()).toBe('hallo');
    socket.close();
    await once(socket, 'close');
    sockets.close();
    await logged(({ target, status }) => target === '/api/echo/socket?a=%2F' && status === 101);
  });

  it("compresses the gateway's pages, and leaves responses of services and their ETags unchanged", async () => {
    front.handler = (_request, response) =>
      response
        .writeHead(200, { etag: '"7"', 'content-type': 'application/json' })
        .end(JSON.stringify('x'.repeat(5000)));
    const service = await responseTo(`${front.url}/`, { 'accept-encoding': 'gzip' });
    expect([service.headers.etag, service.headers['content-encoding']]).toEqual(['"7"', undefined]);
    const page = await responseTo(`${front.nginx.url}/docs-json`, { 'accept-encoding': 'gzip' });
    expect(page.headers['content-encoding']).toBe('gzip');
    for (const response of [service, page]) response.resume();
  });

  it('ignores X-Accel-Redirect of a service', async () => {
    front.handler = (_request, response) =>
      response.writeHead(200, { 'x-accel-redirect': '/nginx-health' }).end('of the service');
    expect((await call(front.url, 'GET /')).body).toBe('of the service');
  });

  it('forwards a path unchanged', async () => {
    front.handler = (incoming, response) => response.end(incoming.url);
    const target = "/api/echo/a%2Fb//c;d=e/%E2%82%AC'?q=%20&r=//";
    expect(await exchange(front, `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)).toMatch(
      `\r\n${target.slice('/api/echo'.length)}`,
    );
  });

  it('reports its own health without a log line, and hides its version', async () => {
    const { status, body, headers } = await call(front.nginx.url, 'GET /nginx-health');
    expect([status, body, headers.get('server')]).toEqual([200, { status: 'ok' }, 'nginx']);
    expect(front.nginx.accessLog().some(({ target }) => target === '/nginx-health')).toBe(false);
  });

  const refused: [what: string, head: string, status: number, type: string][] = [
    ['two framings', 'Content-Length: 3\r\nTransfer-Encoding: chunked', 400, 'malformed-request'],
    ['a space before a colon', 'X-Thing : 1', 400, 'malformed-request'],
    ['two Hosts', 'Host: b', 400, 'malformed-request'],
    ['a field of 20 KB', `X-Thing: ${'x'.repeat(20_000)}`, 431, 'header-fields-too-large'],
  ];

  it.each(refused)('refuses %s with a problem document', async (_what, head, status, type) => {
    const response = await exchange(front, `GET /api/echo/ HTTP/1.1\r\nHost: a\r\n${head}\r\n\r\n`);
    expect(response).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(response).toMatch(/\r\ncontent-type: application\/problem\+json\r\n/i);
    expect(problemIn(response)).toMatchObject({ type: `urn:msa-gateway:problem:${type}`, status });
  });

  it('includes only the path, and only when it is safe in JSON', async () => {
    const long = 'x'.repeat(20_000);
    const response = await exchange(
      front,
      `TRACE /a"b\\?secret=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    );
    expect(problemIn(response)).toMatchObject({ status: 405, instance: '' });
    const other = await exchange(
      front,
      `TRACE /a/b?secret=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    );
    expect(problemIn(other)).toMatchObject({ status: 405, instance: '/a/b' });
    const tooLong = await exchange(front, `GET /${long} HTTP/1.1\r\nHost: a\r\n\r\n`);
    expect(problemIn(tooLong)).toMatchObject({ status: 414, type: 'urn:msa-gateway:problem:uri-too-long' });
  });
});

const responseTo = (url: string, headers: Record<string, string> = {}): Promise<IncomingMessage> =>
  new Promise((resolve, reject) =>
    request(url, { headers }).on('response', resolve).on('error', reject).end(),
  );

async function nextText(incoming: IncomingMessage): Promise<string> {
  const [chunk] = (await once(incoming, 'data')) as [Buffer];
  return chunk.toString();
}

/** Returns the response of nginx to `bytes`, up to its Content-Length. */
async function exchange({ nginx }: NginxFront, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(nginx.url).port), '127.0.0.1');
  let received = '';
  socket.setEncoding('latin1').on('data', (text: string) => (received += text));
  socket.on('error', () => undefined);
  socket.write(bytes, 'latin1');
  await waitFor('a complete response', () => isWhole(received));
  socket.destroy();
  return received;
}

function isWhole(received: string): boolean {
  const [head = '', body = ''] = received.split('\r\n\r\n', 2);
  return body.length === Number(/^content-length: (\d+)$/im.exec(head)?.[1]);
}

const problemIn = (response: string): unknown => JSON.parse(response.slice(response.indexOf('\r\n\r\n') + 4));
