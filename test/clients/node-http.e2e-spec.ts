import { once } from 'node:events';
import { Agent, request, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import type { Socket } from 'node:net';
import { waitFor } from '#testing';
import { onEveryKind, SERVICE } from '../conformance/support/harness.js';
import { bodyOf, exchange } from '../conformance/support/exchange.js';

onEveryKind("Node's http", (harness) => {
  let agent: Agent;
  beforeEach(() => (agent = new Agent({ keepAlive: true })));
  afterEach(() => agent.destroy());

  const send = (options: RequestOptions = {}, path = ''): ClientRequest =>
    request(harness().url + path, { agent, ...options });
  const responseTo = async (outgoing: ClientRequest): Promise<IncomingMessage> =>
    ((await once(outgoing, 'response')) as [IncomingMessage])[0];
  const echoUrl = (): void => {
    harness().service.handler = ({ url }, response) => response.end(`[${url}]`);
  };

  it('shares two connections among many requests', async () => {
    agent.maxSockets = 2;
    const sockets = new Set<Socket>();
    harness().service.handler = ({ url }, response) => setTimeout(() => response.end(`[${url}]`), 1);
    const responses = await Promise.all(
      Array.from({ length: 30 }, async (_, n) => {
        const outgoing = send({}, `/${n}`).on('socket', (socket) => sockets.add(socket));
        return (await bodyOf(await responseTo(outgoing.end()))).toString();
      }),
    );
    expect(responses).toEqual(Array.from({ length: 30 }, (_, n) => `[/${n}]`));
    expect(sockets.size).toBe(2);
  });

  it('keeps its connection when the service closes its own after every response', async () => {
    const sockets = new Set<Socket>();
    harness().service.handler = (_request, response) =>
      response.writeHead(200, { connection: 'close' }).end();
    for (const method of ['GET', 'POST', 'GET', 'PUT']) {
      const outgoing = send({ method }).on('socket', (socket) => sockets.add(socket));
      outgoing.end(method === 'GET' ? undefined : 'body');
      await bodyOf(await responseTo(outgoing));
    }
    expect(sockets.size).toBe(1);
  });

  it('sends its body after 100 Continue, and receives interim responses', async () => {
    harness().service.handler = (incoming, response) => {
      response.writeEarlyHints({ link: '</a>; rel=preload' });
      void bodyOf(incoming).then((body) => response.end(body));
    };
    const outgoing = send({ method: 'POST', headers: { expect: '100-continue' } });
    const interim: unknown[] = [];
    outgoing.on('information', ({ statusCode, headers }) => interim.push([statusCode, headers]));
    outgoing.flushHeaders();
    await once(outgoing, 'continue');
    outgoing.end('the body');
    expect((await bodyOf(await responseTo(outgoing))).toString()).toBe('the body');
    expect(interim).toEqual([
      [100, {}],
      [103, { link: '</a>; rel=preload' }],
    ]);
  });

  it('does not send its body when refused before', async () => {
    harness().service.handler = (_request, response) => response.writeHead(401).end('unauthorized');
    const outgoing = send({ method: 'POST', headers: { expect: '100-continue', 'content-length': '1000' } });
    outgoing.flushHeaders();
    outgoing.on('continue', () => outgoing.end('x'.repeat(1000)));
    const response = await responseTo(outgoing);
    expect([response.statusCode, (await bodyOf(response)).toString()]).toEqual([401, 'unauthorized']);
    outgoing.destroy();
    outgoing.on('error', () => undefined);
    echoUrl();
    expect((await exchange(`${harness().url}/next`)).text).toBe('[/next]');
  });

  it('sends and receives trailers', async () => {
    harness().service.handler = (incoming, response) => {
      response.setHeader('trailer', 'x-length');
      void bodyOf(incoming).then(({ length }) => {
        response.write(JSON.stringify(incoming.trailers));
        response.addTrailers({ 'x-length': String(length) });
        response.end();
      });
    };
    const outgoing = send({ method: 'POST', headers: { trailer: 'x-sum', te: 'trailers' } });
    outgoing.write('four');
    outgoing.addTrailers({ 'x-sum': 'abc' });
    outgoing.end();
    const response = await responseTo(outgoing);
    expect((await bodyOf(response)).toString()).toBe('{"x-sum":"abc"}');
    expect(response.trailers).toEqual({ 'x-length': '4' });
  });

  it.each([
    [200, ''],
    [200, 'caf\xe9 \xfc'],
    [202, 'x'.repeat(3_000)],
    [205, 'Reset Content'],
    [226, 'IM Used'],
    [299, 'Nobody Knows'],
    [418, "I'm a Teapot"],
    [451, 'Unavailable For Legal Reasons'],
    [511, 'Network Authentication Required'],
    [599, 'Odd'],
    [600, 'Beyond'],
    [999, 'Request Denied'],
  ])('receives the status %d with its reason unchanged', async (status, reason) => {
    // node:http writes a reason as latin1 only when the body is not a string.
    const body = Buffer.from(status === 205 ? '' : 'body');
    harness().service.handler = (_request, response) =>
      response.writeHead(status, reason, { 'content-length': body.length }).end(body);
    for (let i = 0; i < 2; i += 1) {
      const response = await exchange(harness().url, { agent });
      expect([response.status, response.message, response.body]).toEqual([status, reason, body]);
    }
  });

  it.each(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'POST'])(
    'sends %s with and without a body',
    async (method) => {
      harness().service.handler = (incoming, response) => {
        void bodyOf(incoming).then((body) => {
          const length = incoming.headers['content-length'] ?? 'none';
          response.setHeader('x-seen', `${incoming.method} ${length} [${body.toString()}]`).end('x');
        });
      };
      const cases: [string | undefined, string][] = [
        ['body', `${method} 4 [body]`],
        ['', `${method} 0 []`],
        ...(method === 'POST' ? [] : [[undefined, `${method} none []`] as [undefined, string]]),
      ];
      for (const [body, seen] of cases) {
        const response = await exchange(harness().url, { method, body, agent });
        expect([response.headers['x-seen'], response.text]).toEqual([seen, method === 'HEAD' ? '' : 'x']);
      }
    },
  );

  it('requests the options of the gateway itself', async () => {
    const outgoing = send({ method: 'OPTIONS', path: '*' }).end();
    const response = await responseTo(outgoing);
    expect([response.statusCode, response.headers.allow]).toEqual([204, 'GET, HEAD, OPTIONS']);
  });

  it('is refused a CONNECT tunnel', async () => {
    const outgoing = send({ method: 'CONNECT', path: 'example.org:443' }).end();
    const [response, socket] = (await once(outgoing, 'connect')) as [IncomingMessage, Socket];
    expect(response.statusCode).toBe(501);
    socket.destroy();
  });

  it('sends and receives fields of 15 KB, and gets 431 for larger ones', async () => {
    harness().service.handler = ({ headers }, response) =>
      response.setHeader('x-back', headers['x-big']!).end();
    const fitting = 'x'.repeat(15 * 1024);
    const { headers } = await exchange(harness().url, { headers: { 'x-big': fitting }, agent });
    expect(headers['x-back']).toBe(fitting);
    const { status } = await exchange(harness().url, { headers: { 'x-big': 'x'.repeat(17 * 1024) }, agent });
    expect(status).toBe(431);
  });

  it('keeps its connection after a response that is delimited by the end of the upstream connection', async () => {
    harness().service.handler = (_request, response) => {
      response.useChunkedEncodingByDefault = false;
      response.removeHeader('transfer-encoding');
      response.writeHead(200, { connection: 'close' });
      response.write('until ');
      response.end('the end');
    };
    for (let i = 0; i < 2; i += 1)
      expect((await exchange(harness().url, { agent })).text).toBe('until the end');
  });

  it('closes the connection after the response on its own request', async () => {
    echoUrl();
    const outgoing = send({ agent: false, headers: { connection: 'close' } }).end();
    const [socket] = (await once(outgoing, 'socket')) as [Socket];
    const closed = once(socket, 'close');
    const response = await responseTo(outgoing);
    expect([response.headers.connection, (await bodyOf(response)).toString()]).toEqual(['close', '[/]']);
    await closed;
  });

  it('aborts the request at the service whenever it destroys its own', async () => {
    let open = 0;
    harness().service.handler = (incoming, response) => {
      open += 1;
      incoming.resume().on('error', () => undefined);
      response.on('close', () => (open -= 1));
      if (incoming.url === '/begun') response.write('begun');
    };
    const untilReached = (): Promise<unknown> =>
      waitFor('the request to reach the service', () => open === 1);
    const untilClosed = (): Promise<unknown> =>
      waitFor('the disconnection to reach the service', () => open === 0);
    for (const [method, path] of [
      ['GET', '/silent'],
      ['GET', '/begun'],
      ['POST', '/silent'],
      ['POST', '/begun'],
    ] as const) {
      const outgoing = send({ method }, path).on('error', () => undefined);
      if (method === 'POST') outgoing.write('a part of it');
      else outgoing.end();
      const response = path === '/begun' ? responseTo(outgoing) : undefined;
      await untilReached();
      (await response)?.on('error', () => undefined);
      outgoing.destroy();
      await untilClosed();
    }
    echoUrl();
    expect((await exchange(`${harness().url}/after`)).text).toBe('[/after]');
  });

  it('detects a truncated response', async () => {
    for (const head of [{ 'content-length': '10' }, {}]) {
      harness().service.handler = (_request, response) =>
        response.writeHead(200, head).write('begun', () => response.destroy());
      const response = await responseTo(send().end());
      await expect(bodyOf(response)).rejects.toMatchObject({ code: 'ECONNRESET' });
      expect(response.complete).toBe(false);
    }
  });

  it(`finds ${SERVICE} by any spelling of the fields that it sends`, async () => {
    harness().service.handler = ({ rawHeaders }, response) => response.end(JSON.stringify(rawHeaders));
    const outgoing = send({ headers: ['hOsT', 'gw', 'X-A', '1', 'x-a', '2', 'X-Empty', ''] as never }).end();
    const raw = JSON.parse((await bodyOf(await responseTo(outgoing))).toString()) as string[];
    const at = raw.indexOf('X-A');
    expect(raw.slice(at, at + 6)).toEqual(['X-A', '1', 'x-a', '2', 'X-Empty', '']);
  });
});
