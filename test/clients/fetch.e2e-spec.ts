import { randomBytes } from 'node:crypto';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { waitFor } from '#testing';
import { onEveryKind, SERVICE } from '../conformance/support/harness.js';
import { bodyOf } from '../conformance/support/exchange.js';

/** `fetch` accepts a stream as body only with `duplex: 'half'`: the response comes after the end of the body. */
const streaming = (body: ReadableStream, more: RequestInit = {}): RequestInit => ({
  method: 'POST',
  body,
  duplex: 'half',
  ...more,
});

onEveryKind('fetch', (harness) => {
  it('streams a request body and a response body', async () => {
    harness().service.handler = (request, response) => request.pipe(response);
    const pieces = Array.from({ length: 64 }, () => randomBytes(32 * 1024));
    const body = new ReadableStream({
      pull: (controller) => {
        const piece = pieces[sent++];
        if (piece) controller.enqueue(new Uint8Array(piece));
        else controller.close();
      },
    });
    let sent = 0;
    const response = await fetch(harness().url, streaming(body));
    expect(Buffer.compare(Buffer.from(await response.arrayBuffer()), Buffer.concat(pieces))).toBe(0);
  });

  it('receives each piece of a response before the next one is sent', async () => {
    let say: ((word: string) => void) | undefined;
    harness().service.handler = (_request, response) => {
      response.flushHeaders();
      say = (word) => (word === '' ? response.end() : response.write(word));
    };
    const reader = (await fetch(harness().url)).body!.getReader();
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
    harness().service.handler = (_request, response) =>
      response.writeHead(200, { 'content-encoding': coding }).end(pack('a text '.repeat(1000)));
    const response = await fetch(harness().url);
    expect([response.headers.get('content-encoding'), await response.text()]).toEqual([
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
    harness().service.handler = (request, response) => {
      void bodyOf(request).then(async (body) => {
        const headers = { 'content-type': request.headers['content-type']! };
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- it concerns bodies of unlimited size
        seen = await new Response(new Uint8Array(body), { headers }).formData();
        response.end();
      });
    };
    expect((await fetch(harness().url, { method: 'POST', body: form })).status).toBe(200);
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
    harness().service.handler = (request, response) => {
      if (request.url === '/from') response.writeHead(status, { location: '/to' }).end();
      else void bodyOf(request).then((got) => response.end(`${request.method} ${got.toString()}`));
    };
    const response = await fetch(`${harness().url}/from`, { method: 'POST', body: 'the body' });
    expect([response.url, response.redirected, await response.text()]).toEqual([
      `${harness().url}/to`,
      true,
      `${method} ${body}`,
    ]);
  });

  it('receives the redirect itself on request', async () => {
    harness().service.handler = (_request, response) => response.writeHead(302, { location: '/to' }).end();
    const response = await fetch(harness().url, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, `/api/${SERVICE}/to`]);
  });

  it.each([204, 205, 304])('accepts a %d without a body', async (status) => {
    harness().service.handler = (_request, response) => response.writeHead(status, { etag: '"1"' }).end();
    for (let i = 0; i < 3; i += 1) {
      const response = await fetch(harness().url);
      expect([response.status, response.headers.get('etag'), await response.text()]).toEqual([
        status,
        '"1"',
        '',
      ]);
    }
  });

  it('keeps cookies separate', async () => {
    const cookies = ['a=1; Expires=Wed, 21 Oct 2099 07:28:00 GMT', 'b=2; HttpOnly', 'c="x, y"'];
    harness().service.handler = (_request, response) => response.setHeader('set-cookie', cookies).end();
    expect((await fetch(harness().url)).headers.getSetCookie()).toEqual(cookies);
  });

  it('carries latin1 in fields in both directions', async () => {
    harness().service.handler = (request, response) =>
      response.writeHead(200, { 'x-back': request.headers['x-there'] as string }).end();
    const response = await fetch(harness().url, { headers: { 'x-there': 'caf\xe9 \xfc' } });
    expect(response.headers.get('x-back')).toBe('caf\xe9 \xfc');
  });

  describe('aborted', () => {
    let isReached = false;
    let hasClosed = false;
    let received = 0;
    beforeEach(() => {
      isReached = hasClosed = false;
      received = 0;
      harness().service.handler = (request, response) => {
        isReached = true;
        request.on('data', ({ length }: Buffer) => (received += length)).on('error', () => undefined);
        response.on('close', () => (hasClosed = true));
        if (request.url === '/begun') response.write('begun');
      };
    });
    const isOver = async (): Promise<void> => {
      await waitFor('the disconnection to reach the service', () => hasClosed);
      harness().service.handler = (_request, response) => response.end('fine');
      expect(await (await fetch(harness().url)).text()).toBe('fine');
    };

    it('before it was sent, reaches no instance', async () => {
      await expect(fetch(harness().url, { signal: AbortSignal.abort() })).rejects.toThrow();
      expect(isReached).toBe(false);
    });

    it('in the middle of its body, aborts the request at the service', async () => {
      const abort = new AbortController();
      const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(10)) });
      const response = fetch(harness().url, streaming(body, { signal: abort.signal }));
      const failure = expect(response).rejects.toMatchObject({ name: 'AbortError' });
      await waitFor('the start of the body', () => received === 10);
      abort.abort();
      await failure;
      await isOver();
    });

    it('while it waits, aborts the request at the service', async () => {
      const abort = new AbortController();
      const failure = expect(fetch(harness().url, { signal: abort.signal })).rejects.toMatchObject({
        name: 'AbortError',
      });
      await waitFor('the request to reach the service', () => isReached);
      abort.abort();
      await failure;
      await isOver();
    });

    it('in the middle of the response, aborts the response at the service', async () => {
      const abort = new AbortController();
      const { body } = await fetch(`${harness().url}/begun`, { signal: abort.signal });
      const reader = body!.getReader();
      await reader.read();
      abort.abort();
      await expect(reader.read()).rejects.toMatchObject({ name: 'AbortError' });
      await isOver();
    });

    it('by cancelling the response body, aborts the response at the service', async () => {
      const { body } = await fetch(`${harness().url}/begun`);
      await body!.cancel();
      await isOver();
    });
  });
});
