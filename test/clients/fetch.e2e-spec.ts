import { randomBytes } from 'node:crypto';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { waitFor } from '#testing';
import { onEveryKind, SERVICE } from '../conformance/support/bench.js';
import { bodyOf } from '../conformance/support/exchange.js';

/** `fetch` accepts a stream as body only with `duplex: 'half'`: the response comes after the end of the body. */
const streaming = (body: ReadableStream, more: RequestInit = {}): RequestInit => ({
  method: 'POST',
  body,
  duplex: 'half',
  ...more,
});

onEveryKind('fetch', (bench) => {
  it('streams a request body and a response body', async () => {
    bench().service.handler = (request, response) => request.pipe(response);
    const pieces = Array.from({ length: 64 }, () => randomBytes(32 * 1024));
    const body = new ReadableStream({
      pull: (controller) => {
        const piece = pieces[sent++];
        if (piece) controller.enqueue(new Uint8Array(piece));
        else controller.close();
      },
    });
    let sent = 0;
    const answer = await fetch(bench().url, streaming(body));
    expect(Buffer.compare(Buffer.from(await answer.arrayBuffer()), Buffer.concat(pieces))).toBe(0);
  });

  it('receives each piece of a response before the next one is sent', async () => {
    let say: ((word: string) => void) | undefined;
    bench().service.handler = (_request, response) => {
      response.flushHeaders();
      say = (word) => (word === '' ? response.end() : response.write(word));
    };
    const reader = (await fetch(bench().url)).body!.getReader();
    for (const word of ['one', 'two', 'three']) {
      say!(word);
      expect(Buffer.from((await reader.read()).value).toString()).toBe(word);
    }
    say!('');
    expect((await reader.read()).done).toBe(true);
  });

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
  ])('decodes a response encoded as %s', async (coding, pack) => {
    bench().service.handler = (_request, response) =>
      response.writeHead(200, { 'content-encoding': coding }).end(pack('a text '.repeat(1000)));
    const answer = await fetch(bench().url);
    expect([answer.headers.get('content-encoding'), await answer.text()]).toEqual([
      coding,
      'a text '.repeat(1000),
    ]);
  });

  it('sends a form with a file', async () => {
    const file = new File([randomBytes(100_000)], 'ünï "code".bin', { type: 'application/x-own' });
    const form = new FormData();
    form.set('name', 'Änn');
    form.set('file', file);
    let seen: FormData | undefined;
    bench().service.handler = (request, response) => {
      void bodyOf(request).then(async (body) => {
        const headers = { 'content-type': request.headers['content-type']! };
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- it concerns bodies of unlimited size
        seen = await new Response(new Uint8Array(body), { headers }).formData();
        response.end();
      });
    };
    expect((await fetch(bench().url, { method: 'POST', body: form })).status).toBe(200);
    expect(seen!.get('name')).toBe('Änn');
    const received = seen!.get('file') as File;
    expect([received.name, received.type]).toEqual([file.name, file.type]);
    expect(
      Buffer.compare(Buffer.from(await received.arrayBuffer()), Buffer.from(await file.arrayBuffer())),
    ).toBe(0);
  });

  it.each([
    [303, 'GET', ''],
    [307, 'POST', 'the body'],
    [308, 'POST', 'the body'],
  ])('follows a %d below the prefix, as %s', async (status, method, body) => {
    bench().service.handler = (request, response) => {
      if (request.url === '/from') response.writeHead(status, { location: '/to' }).end();
      else void bodyOf(request).then((got) => response.end(`${request.method} ${got.toString()}`));
    };
    const answer = await fetch(`${bench().url}/from`, { method: 'POST', body: 'the body' });
    expect([answer.url, answer.redirected, await answer.text()]).toEqual([
      `${bench().url}/to`,
      true,
      `${method} ${body}`,
    ]);
  });

  it('receives the redirect itself on request', async () => {
    bench().service.handler = (_request, response) => response.writeHead(302, { location: '/to' }).end();
    const answer = await fetch(bench().url, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, `/api/${SERVICE}/to`]);
  });

  it.each([204, 205, 304])('accepts a %d without a body', async (status) => {
    bench().service.handler = (_request, response) => response.writeHead(status, { etag: '"1"' }).end();
    for (let i = 0; i < 3; i += 1) {
      const answer = await fetch(bench().url);
      expect([answer.status, answer.headers.get('etag'), await answer.text()]).toEqual([status, '"1"', '']);
    }
  });

  it('keeps cookies separate', async () => {
    const cookies = ['a=1; Expires=Wed, 21 Oct 2099 07:28:00 GMT', 'b=2; HttpOnly', 'c="x, y"'];
    bench().service.handler = (_request, response) => response.setHeader('set-cookie', cookies).end();
    expect((await fetch(bench().url)).headers.getSetCookie()).toEqual(cookies);
  });

  it('carries latin1 in fields in both directions', async () => {
    bench().service.handler = (request, response) =>
      response.writeHead(200, { 'x-back': request.headers['x-there'] as string }).end();
    const answer = await fetch(bench().url, { headers: { 'x-there': 'caf\xe9 \xfc' } });
    expect(answer.headers.get('x-back')).toBe('caf\xe9 \xfc');
  });

  describe('aborted', () => {
    let isReached = false;
    let hasClosed = false;
    let received = 0;
    beforeEach(() => {
      isReached = hasClosed = false;
      received = 0;
      bench().service.handler = (request, response) => {
        isReached = true;
        request.on('data', ({ length }: Buffer) => (received += length)).on('error', () => undefined);
        response.on('close', () => (hasClosed = true));
        if (request.url === '/begun') response.write('begun');
      };
    });
    const isOver = async (): Promise<void> => {
      await waitFor('the service to hear of it', () => hasClosed);
      bench().service.handler = (_request, response) => response.end('fine');
      expect(await (await fetch(bench().url)).text()).toBe('fine');
    };

    it('before it was sent, reaches no instance', async () => {
      await expect(fetch(bench().url, { signal: AbortSignal.abort() })).rejects.toThrow();
      expect(isReached).toBe(false);
    });

    it('in the middle of its body, aborts the request at the service', async () => {
      const abort = new AbortController();
      const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(10)) });
      const answer = fetch(bench().url, streaming(body, { signal: abort.signal }));
      const failure = expect(answer).rejects.toMatchObject({ name: 'AbortError' });
      await waitFor('the beginning to arrive', () => received === 10);
      abort.abort();
      await failure;
      await isOver();
    });

    it('while it waits, aborts the request at the service', async () => {
      const abort = new AbortController();
      const failure = expect(fetch(bench().url, { signal: abort.signal })).rejects.toMatchObject({
        name: 'AbortError',
      });
      await waitFor('the service to be asked', () => isReached);
      abort.abort();
      await failure;
      await isOver();
    });

    it('in the middle of the response, aborts the response at the service', async () => {
      const abort = new AbortController();
      const { body } = await fetch(`${bench().url}/begun`, { signal: abort.signal });
      const reader = body!.getReader();
      await reader.read();
      abort.abort();
      await expect(reader.read()).rejects.toMatchObject({ name: 'AbortError' });
      await isOver();
    });

    it('by cancelling the response body, aborts the response at the service', async () => {
      const { body } = await fetch(`${bench().url}/begun`);
      await body!.cancel();
      await isOver();
    });
  });
});
