import { once } from 'node:events';
import { Agent, request, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import type { Socket } from 'node:net';
import { waitFor } from '#testing';
import { onEveryKind, SERVICE } from '../conformance/support/bench.js';
import { bodyOf, exchange } from '../conformance/support/exchange.js';

onEveryKind("Node's http", (bench) => {
  let agent: Agent;
  beforeEach(() => (agent = new Agent({ keepAlive: true })));
  afterEach(() => agent.destroy());

  const ask = (options: RequestOptions = {}, path = ''): ClientRequest =>
    request(bench().url + path, { agent, ...options });
  const answerTo = async (outgoing: ClientRequest): Promise<IncomingMessage> =>
    ((await once(outgoing, 'response')) as [IncomingMessage])[0];
  const echoUrl = (): void => {
    bench().service.handler = ({ url }, response) => response.end(`[${url}]`);
  };

  it('shares two connections among many requests', async () => {
    agent.maxSockets = 2;
    const sockets = new Set<Socket>();
    bench().service.handler = ({ url }, response) => setTimeout(() => response.end(`[${url}]`), 1);
    const answers = await Promise.all(
      Array.from({ length: 30 }, async (_, n) => {
        const outgoing = ask({}, `/${n}`).on('socket', (socket) => sockets.add(socket));
        return (await bodyOf(await answerTo(outgoing.end()))).toString();
      }),
    );
    expect(answers).toEqual(Array.from({ length: 30 }, (_, n) => `[/${n}]`));
    expect(sockets.size).toBe(2);
  });

  it('keeps its connection when the service closes its own after every response', async () => {
    const sockets = new Set<Socket>();
    bench().service.handler = (_request, response) => response.writeHead(200, { connection: 'close' }).end();
    for (const method of ['GET', 'POST', 'GET', 'PUT']) {
      const outgoing = ask({ method }).on('socket', (socket) => sockets.add(socket));
      outgoing.end(method === 'GET' ? undefined : 'body');
      await bodyOf(await answerTo(outgoing));
    }
    expect(sockets.size).toBe(1);
  });

  it('sends its body after 100 Continue, and receives interim responses', async () => {
    bench().service.handler = (incoming, response) => {
      response.writeEarlyHints({ link: '</a>; rel=preload' });
      void bodyOf(incoming).then((body) => response.end(body));
    };
    const outgoing = ask({ method: 'POST', headers: { expect: '100-continue' } });
    const interim: unknown[] = [];
    outgoing.on('information', ({ statusCode, headers }) => interim.push([statusCode, headers]));
    outgoing.flushHeaders();
    await once(outgoing, 'continue');
    outgoing.end('the body');
    expect((await bodyOf(await answerTo(outgoing))).toString()).toBe('the body');
    expect(interim).toEqual([
      [100, {}],
      [103, { link: '</a>; rel=preload' }],
    ]);
  });

  it('does not send its body when refused before', async () => {
    bench().service.handler = (_request, response) => response.writeHead(401).end('who?');
    const outgoing = ask({ method: 'POST', headers: { expect: '100-continue', 'content-length': '1000' } });
    outgoing.flushHeaders();
    outgoing.on('continue', () => outgoing.end('x'.repeat(1000)));
    const answer = await answerTo(outgoing);
    expect([answer.statusCode, (await bodyOf(answer)).toString()]).toEqual([401, 'who?']);
    outgoing.destroy();
    outgoing.on('error', () => undefined);
    echoUrl();
    expect((await exchange(`${bench().url}/next`)).text).toBe('[/next]');
  });

  it('sends and receives trailers', async () => {
    bench().service.handler = (incoming, response) => {
      response.setHeader('trailer', 'x-length');
      void bodyOf(incoming).then(({ length }) => {
        response.write(JSON.stringify(incoming.trailers));
        response.addTrailers({ 'x-length': String(length) });
        response.end();
      });
    };
    const outgoing = ask({ method: 'POST', headers: { trailer: 'x-sum', te: 'trailers' } });
    outgoing.write('four');
    outgoing.addTrailers({ 'x-sum': 'abc' });
    outgoing.end();
    const answer = await answerTo(outgoing);
    expect((await bodyOf(answer)).toString()).toBe('{"x-sum":"abc"}');
    expect(answer.trailers).toEqual({ 'x-length': '4' });
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
    bench().service.handler = (_request, response) =>
      response.writeHead(status, reason, { 'content-length': body.length }).end(body);
    for (let i = 0; i < 2; i += 1) {
      const answer = await exchange(bench().url, { agent });
      expect([answer.status, answer.message, answer.body]).toEqual([status, reason, body]);
    }
  });

  it.each(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'POST'])(
    'sends %s with and without a body',
    async (method) => {
      bench().service.handler = (incoming, response) => {
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
        const answer = await exchange(bench().url, { method, body, agent });
        expect([answer.headers['x-seen'], answer.text]).toEqual([seen, method === 'HEAD' ? '' : 'x']);
      }
    },
  );

  it('requests the options of the gateway itself', async () => {
    const outgoing = ask({ method: 'OPTIONS', path: '*' }).end();
    const answer = await answerTo(outgoing);
    expect([answer.statusCode, answer.headers.allow]).toEqual([204, 'GET, HEAD, OPTIONS']);
  });

  it('is refused a CONNECT tunnel', async () => {
    const outgoing = ask({ method: 'CONNECT', path: 'example.org:443' }).end();
    const [answer, socket] = (await once(outgoing, 'connect')) as [IncomingMessage, Socket];
    expect(answer.statusCode).toBe(501);
    socket.destroy();
  });

  it('sends and receives fields of 15 KB, and gets 431 for larger ones', async () => {
    bench().service.handler = ({ headers }, response) =>
      response.setHeader('x-back', headers['x-big']!).end();
    const fitting = 'x'.repeat(15 * 1024);
    const { headers } = await exchange(bench().url, { headers: { 'x-big': fitting }, agent });
    expect(headers['x-back']).toBe(fitting);
    const { status } = await exchange(bench().url, { headers: { 'x-big': 'x'.repeat(17 * 1024) }, agent });
    expect(status).toBe(431);
  });

  it('keeps its connection after a response that is delimited by the end of the upstream connection', async () => {
    bench().service.handler = (_request, response) => {
      response.useChunkedEncodingByDefault = false;
      response.removeHeader('transfer-encoding');
      response.writeHead(200, { connection: 'close' });
      response.write('until ');
      response.end('the end');
    };
    for (let i = 0; i < 2; i += 1)
      expect((await exchange(bench().url, { agent })).text).toBe('until the end');
  });

  it('closes the connection after the response on its own request', async () => {
    echoUrl();
    const outgoing = ask({ agent: false, headers: { connection: 'close' } }).end();
    const [socket] = (await once(outgoing, 'socket')) as [Socket];
    const gone = once(socket, 'close');
    const answer = await answerTo(outgoing);
    expect([answer.headers.connection, (await bodyOf(answer)).toString()]).toEqual(['close', '[/]']);
    await gone;
  });

  it('aborts the request at the service whenever it destroys its own', async () => {
    let open = 0;
    bench().service.handler = (incoming, response) => {
      open += 1;
      incoming.resume().on('error', () => undefined);
      response.on('close', () => (open -= 1));
      if (incoming.url === '/begun') response.write('begun');
    };
    const reached = (): Promise<unknown> => waitFor('the service to be asked', () => open === 1);
    const over = (): Promise<unknown> => waitFor('the service to be left', () => open === 0);
    for (const [method, path] of [
      ['GET', '/silent'],
      ['GET', '/begun'],
      ['POST', '/silent'],
      ['POST', '/begun'],
    ] as const) {
      const outgoing = ask({ method }, path).on('error', () => undefined);
      if (method === 'POST') outgoing.write('a part of it');
      else outgoing.end();
      const answer = path === '/begun' ? answerTo(outgoing) : undefined;
      await reached();
      (await answer)?.on('error', () => undefined);
      outgoing.destroy();
      await over();
    }
    echoUrl();
    expect((await exchange(`${bench().url}/after`)).text).toBe('[/after]');
  });

  it('detects a truncated response', async () => {
    for (const head of [{ 'content-length': '10' }, {}]) {
      bench().service.handler = (_request, response) =>
        response.writeHead(200, head).write('begun', () => response.destroy());
      const answer = await answerTo(ask().end());
      await expect(bodyOf(answer)).rejects.toMatchObject({ code: 'ECONNRESET' });
      expect(answer.complete).toBe(false);
    }
  });

  it(`finds ${SERVICE} by any spelling of the fields that it sends`, async () => {
    bench().service.handler = ({ rawHeaders }, response) => response.end(JSON.stringify(rawHeaders));
    const outgoing = ask({ headers: ['hOsT', 'gw', 'X-A', '1', 'x-a', '2', 'X-Empty', ''] as never }).end();
    const raw = JSON.parse((await bodyOf(await answerTo(outgoing))).toString()) as string[];
    const at = raw.indexOf('X-A');
    expect(raw.slice(at, at + 6)).toEqual(['X-A', '1', 'x-a', '2', 'X-Empty', '']);
  });
});
