import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as after } from 'node:timers/promises';
import { Agent, Client, Pool, RetryAgent, interceptors, request, type Dispatcher } from 'undici';
import { waitFor } from '#testing';
import { onEveryKind, SERVICE, type ServiceHarness } from '../conformance/support/harness.js';

const PREFIX = `/api/${SERVICE}`;

onEveryKind('undici', (harness) => {
  const dispatchers: Dispatcher[] = [];
  const using = <D extends Dispatcher>(dispatcher: D): D => (dispatchers.push(dispatcher), dispatcher);
  const client = (options: Client.Options = {}): Client => using(new Client(harness().gatewayUrl, options));
  afterEach(async () => {
    for (const dispatcher of dispatchers.splice(0)) await dispatcher.destroy();
  });
  const echoUrl = (delayOf: (n: number) => number = () => 0): void => {
    harness().service.handler = ({ url }, response) => {
      const n = Number(url?.slice(1));
      setTimeout(() => response.end(`[${n}]`), delayOf(n));
    };
  };
  const bodies = (dispatcher: Dispatcher, count: number): Promise<string[]> =>
    Promise.all(
      Array.from({ length: count }, async (_, n) => {
        const { body } = await dispatcher.request({
          origin: harness().gatewayUrl,
          path: `${PREFIX}/${n}`,
          method: 'GET',
        });
        return body.text();
      }),
    );
  const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => `[${n}]`);

  it('matches each response of a pool to its own request', async () => {
    echoUrl((n) => n % 7);
    expect(await bodies(using(new Pool(harness().gatewayUrl, { connections: 4 })), 100)).toEqual(
      numbers(100),
    );
  });

  it('pipelines ten requests, in whatever order the service responds', async () => {
    echoUrl((n) => (n % 3 === 0 ? 20 : 0));
    expect(await bodies(client({ pipelining: 10 }), 50)).toEqual(numbers(50));
  });

  it('pipelines behind a response after which the service closes its connection', async () => {
    harness().service.handler = ({ url }, response) =>
      response.writeHead(200, { connection: 'close' }).end(`[${url?.slice(1)}]`);
    expect(await bodies(client({ pipelining: 10 }), 20)).toEqual(numbers(20));
  });

  it('retries a request that the service refused as too busy', async () => {
    let tries = 0;
    harness().service.handler = (_request, response) => {
      tries += 1;
      if (tries < 3) response.writeHead(503, { 'retry-after': '0' }).end('busy');
      else response.end('done');
    };
    const agent = using(new RetryAgent(new Agent(), { minTimeout: 1, maxRetries: 3 }));
    const { statusCode, body } = await request(harness().url, { dispatcher: agent });
    expect([statusCode, await body.text(), tries]).toEqual([200, 'done', 3]);
  });

  it('resumes a truncated download', async () => {
    const whole = 'the whole of it';
    const ranges: (string | undefined)[] = [];
    harness().service.handler = ({ headers: { range } }, response) => {
      ranges.push(range);
      const from = Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
      const rest = whole.slice(from);
      const fields = { etag: '"1"', 'content-length': String(rest.length), 'accept-ranges': 'bytes' };
      if (from > 0)
        response
          .writeHead(206, { ...fields, 'content-range': `bytes ${from}-${whole.length - 1}/${whole.length}` })
          .end(rest);
      else response.writeHead(200, fields).write(whole.slice(0, 5), () => response.destroy());
    };
    const agent = using(new RetryAgent(new Agent(), { minTimeout: 1 }));
    const { body } = await request(harness().url, { dispatcher: agent });
    expect(await body.text()).toBe(whole);
    expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=5-/)]);
  });

  it('follows redirects below the gateway’s prefix of the service', async () => {
    harness().service.handler = ({ url }, response) => {
      if (url === '/a') response.writeHead(302, { location: '/b?x=1' }).end();
      else if (url === '/b?x=1') response.writeHead(307, { location: `${harness().serviceUrl}/c` }).end();
      else response.end(url);
    };
    const agent = using(new Agent().compose(interceptors.redirect({ maxRedirections: 3 })));
    const { statusCode, body } = await request(`${harness().url}/a`, { dispatcher: agent });
    expect([statusCode, await body.text()]).toEqual([200, '/c']);
  });

  it('receives every interim response and the final trailers', async () => {
    harness().service.handler = (_request, response) => {
      response.writeProcessing();
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      response.writeHead(200, { trailer: 'x-sum' }).write('body');
      response.addTrailers({ 'x-sum': '4' });
      response.end();
    };
    const interim: { statusCode: number; headers: unknown }[] = [];
    const { body, trailers } = await request(harness().url, { onInfo: (info) => interim.push(info) });
    expect(await body.text()).toBe('body');
    expect(interim).toEqual([
      { statusCode: 102, headers: {} },
      { statusCode: 103, headers: { link: '</style.css>; rel=preload' } },
    ]);
    expect(trailers).toEqual({ 'x-sum': '4' });
  });

  it('streams in both directions through a pipeline', async () => {
    harness().service.handler = (incoming, response) => incoming.pipe(response);
    const duplex = client().pipeline({ path: PREFIX, method: 'POST' }, ({ body }) => body);
    for (const word of ['one', 'two', 'three']) {
      duplex.write(word);
      const [chunk] = (await once(duplex, 'data')) as [Buffer];
      expect(chunk.toString()).toBe(word);
    }
    duplex.end();
    await once(duplex, 'end');
  });

  it('upgrades to another protocol', async () => {
    onUpgrade(harness(), (socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: talk\r\n\r\nhello');
      socket.on('data', (chunk: Buffer) => socket.end(`[${chunk.toString()}]`));
    });
    const { headers, socket } = await client().upgrade({ path: PREFIX, protocol: 'talk' });
    expect(headers.upgrade).toBe('talk');
    socket.end('how are you');
    expect(await text(socket)).toBe('hello[how are you]');
  });

  it.each([
    ['waits for the response', (): void => undefined],
    ['reads the response', (response: ServerResponse): unknown => response.write('begun')],
  ])('aborts the request at the service when aborted while it %s', async (_when, begin) => {
    let isReached = false;
    let hasClosed = false;
    harness().service.handler = (_request, response) => {
      isReached = true;
      response.on('close', () => (hasClosed = true));
      begin(response);
    };
    const abort = new AbortController();
    const response = request(harness().url, { signal: abort.signal }).then(({ body }) => body.text());
    const failure = expect(response).rejects.toMatchObject({ name: 'AbortError' });
    await waitFor('the request to reach the service', () => isReached);
    abort.abort();
    await failure;
    await waitFor('the disconnection to reach the service', () => hasClosed);
  });

  it('aborts the request at the service on its own time-out', async () => {
    let hasClosed = false;
    harness().service.handler = (_request, response) => response.on('close', () => (hasClosed = true));
    await expect(request(harness().url, { headersTimeout: 50 })).rejects.toMatchObject({
      code: 'UND_ERR_HEADERS_TIMEOUT',
    });
    await waitFor('the disconnection to reach the service', () => hasClosed);
  });

  it('rejects a truncated response', async () => {
    for (const head of [{ 'content-length': '10' }, {}]) {
      harness().service.handler = (_request, response) =>
        response.writeHead(200, head).write('begun', () => response.destroy());
      const { body } = await request(harness().url);
      await expect(body.text()).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
    }
  });

  it('closes its connection after the response on its own request', async () => {
    harness().service.handler = (_request, response) => response.end('last');
    const own = client();
    const disconnected = once(own, 'disconnect');
    const { headers, body } = await own.request({ path: PREFIX, method: 'GET', reset: true });
    expect([headers.connection, await body.text()]).toEqual(['close', 'last']);
    await disconnected;
  });

  it('streams a body of unknown length piece by piece', async () => {
    const pieces: string[] = [];
    harness().service.handler = (incoming, response) => {
      incoming.on('data', (chunk: Buffer) => pieces.push(chunk.toString()));
      incoming.on('end', () => response.end(String(incoming.headers['transfer-encoding'])));
    };
    async function* words(): AsyncGenerator<string> {
      for (const word of ['one', 'two', 'three']) {
        yield word;
        await waitFor(`${word} to arrive`, () => pieces.includes(word));
        await after(1);
      }
    }
    const { body } = await request(harness().url, { method: 'PUT', body: Readable.from(words()) });
    expect([await body.text(), pieces]).toEqual(['chunked', ['one', 'two', 'three']]);
  });
});

type Talk = (socket: Socket) => void;

/** Handles the next upgrade with `talk`. */
function onUpgrade({ serviceApp }: ServiceHarness, talk: Talk): void {
  const server = serviceApp.nest.getHttpServer();
  server.once('upgrade', (_request, socket) => talk(socket as Socket));
}
