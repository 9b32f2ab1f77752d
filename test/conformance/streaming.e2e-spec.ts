import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { waitFor } from '#testing';
import { onEveryKind, SERVICE } from './support/harness.js';
import { bodyOf, exchange } from './support/exchange.js';
import { RawClient } from './support/raw-client.js';
import { untilStable } from '../support/until-stable.js';

const MIB = 1024 * 1024;
const sha256Of = (body: Buffer): string => createHash('sha256').update(body).digest('hex');

onEveryKind('streaming', (harness) => {
  it('uploads 10 MB', async () => {
    const body = randomBytes(10 * MIB);
    harness().service.handler = (request, response) => {
      void bodyOf(request).then((received) => response.end(sha256Of(received)));
    };
    expect((await exchange(harness().url, { method: 'PUT', body })).text).toBe(sha256Of(body));
  });

  it('downloads 10 MB', async () => {
    const body = randomBytes(10 * MIB);
    harness().service.handler = (_request, response) => response.end(body);
    expect(sha256Of((await exchange(harness().url)).body)).toBe(sha256Of(body));
  });

  it('streams chunks in both directions as they arrive', async () => {
    harness().service.handler = (request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-echo' });
      request.on('data', (chunk: Buffer) => response.write(chunk)).on('end', () => response.end());
    };
    const outgoing = httpRequest(harness().url, { method: 'POST', agent: false });
    outgoing.write('one');
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    expect(response.headers['transfer-encoding']).toBe('chunked');
    for (const piece of ['two', 'three']) {
      const [chunk] = (await once(response, 'data')) as [Buffer];
      expect(chunk.toString()).toBe(piece === 'two' ? 'one' : 'two');
      outgoing.write(piece);
    }
    outgoing.end();
    expect((await bodyOf(response)).toString()).toBe('three');
  });

  it('forwards the trailers of a response', async () => {
    harness().service.handler = (_request, response) => {
      response.writeHead(200, { trailer: 'x-checksum' });
      response.write('body');
      response.addTrailers({ 'X-Checksum': 'abc' });
      response.end();
    };
    const response = await exchange(harness().url, { headers: { te: 'trailers' } });
    expect([response.text, response.trailers['x-checksum']]).toEqual(['body', 'abc']);
  });

  it('forwards each event of a stream before the next one is sent', async () => {
    const { events } = harness().service;
    const outgoing = httpRequest(`${harness().url}/nest/events`, { agent: false }).end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    expect(response.headers['content-type']).toBe('text/event-stream');
    let received = '';
    response.on('data', (chunk: Buffer) => (received += chunk.toString()));
    for (const word of ['first', 'second', 'third']) {
      await waitFor('the service to listen', () => events.listenerCount('event') === 1);
      events.emit('event', word);
      await waitFor(`the ${word} event`, () => received.includes(`data: ${word}\n`));
    }
    outgoing.destroy();
    await waitFor('the disconnection to reach the service', () => events.listenerCount('event') === 0);
  });

  it('sends the head of a response before its body is available', async () => {
    let pending: ServerResponse | undefined;
    harness().service.handler = (_request, response) => {
      pending = response;
      response.writeHead(200, { 'x-early': 'yes' });
      response.flushHeaders();
    };
    const outgoing = httpRequest(harness().url, { agent: false }).end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    expect(response.headers['x-early']).toBe('yes');
    pending?.end('late');
    expect((await bodyOf(response)).toString()).toBe('late');
  });

  it('notifies the service immediately when the client disconnects before the response', async () => {
    let hasClosed = false;
    let isReached = false;
    harness().service.handler = (_request, response) => {
      isReached = true;
      response.on('close', () => (hasClosed = true));
    };
    const outgoing = httpRequest(harness().url, { agent: false }).end();
    outgoing.on('error', () => undefined);
    await waitFor('the request to reach the service', () => isReached);
    outgoing.destroy();
    await waitFor('the disconnection to reach the service', () => hasClosed, 1_000);
  });

  it('notifies the service immediately when the client disconnects in the middle of its upload', async () => {
    let hasAborted = false;
    let received = 0;
    harness().service.handler = (request) => {
      request.on('data', (chunk: Buffer) => (received += chunk.length));
      request.on('error', () => undefined).on('close', () => (hasAborted = !request.complete));
    };
    const outgoing = httpRequest(harness().url, { method: 'POST', agent: false });
    outgoing.on('error', () => undefined);
    outgoing.write('beginning');
    await waitFor('the start of the body', () => received === 9);
    outgoing.destroy();
    await waitFor('the disconnection to reach the service', () => hasAborted, 1_000);
  });

  it('forwards a response that arrives before the body is complete, and keeps the connection in sync', async () => {
    harness().service.handler = (request, response) => {
      if (request.method === 'GET') response.end('next');
      else response.writeHead(413, { 'content-length': '7' }).end('too big');
    };
    const client = await RawClient.open(harness().gatewayPort);
    client.send(`POST /api/${SERVICE} HTTP/1.1\r\nHost: gw\r\nContent-Length: 2000000\r\n\r\nbeginning`);
    await client.until(/^HTTP\/1\.1 413 [^]*too big$/);
    client.close();
  });

  it('sends 100 Continue to a client that expects it when the service accepts the body', async () => {
    harness().service.handler = (request, response) => {
      void bodyOf(request).then((body) =>
        response.end(`${request.headers.expect ?? 'no'} expect, ${body.toString()}`),
      );
    };
    const client = await RawClient.open(harness().gatewayPort);
    client.send(
      `POST /api/${SERVICE} HTTP/1.1\r\nHost: gw\r\nExpect: 100-continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\n`,
    );
    await client.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    expect(await client.send('hello').untilClosed()).toContain('no expect, hello');
  });

  it('refuses a request that expects 100 Continue without sending it', async () => {
    const client = await RawClient.open(harness().gatewayPort);
    client.send(
      'POST /api/unknown HTTP/1.1\r\nHost: gw\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n',
    );
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 404 [^]*\r\nconnection: close\r\n/i);
  });

  it('forwards early hints', async () => {
    harness().service.handler = (_request, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      response.end('page');
    };
    const client = await RawClient.open(harness().gatewayPort);
    client.send(`GET /api/${SERVICE} HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n\r\n`);
    const response = await client.untilClosed();
    expect(response).toMatch(
      /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/style.css>; rel=preload\r\n\r\nHTTP\/1\.1 200 /,
    );
  });

  it('sends no early hints to HTTP/1.0', async () => {
    harness().service.handler = (_request, response) => {
      response.writeProcessing();
      response.writeEarlyHints({ link: '</a>' }, () => response.end('the response'));
    };
    const client = await RawClient.open(harness().gatewayPort);
    client.send(`GET /api/${SERVICE}/x HTTP/1.0\r\n\r\n`);
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\nthe response$/);
  });

  it('applies backpressure to the service when the client reads slowly', async () => {
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const total = 200 * MIB;
    let written = 0;
    harness().service.handler = (_request, response) => {
      const write = (): void => {
        while (written < total) {
          written += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', write);
        }
        response.end();
      };
      write();
    };
    const outgoing = httpRequest(harness().url, { agent: false }).end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    response.pause();
    const stalledAt = await untilStable('the writer to stall', () => written);
    expect(stalledAt).toBeLessThan(40 * MIB);
    let received = 0;
    response.on('data', (data: Buffer) => (received += data.length));
    response.resume();
    await once(response, 'end');
    expect(received).toBe(total);
  });

  it('applies backpressure to the client when the service reads slowly', async () => {
    let pending: IncomingMessage | undefined;
    harness().service.handler = (request, response) => {
      pending = request;
      request.on('end', () => response.end('got it'));
    };
    const outgoing = httpRequest(harness().url, { method: 'POST', agent: false });
    // A refusal may come before the writer stalls.
    const responded = once(outgoing, 'response') as Promise<[IncomingMessage]>;
    let sent = 0;
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const total = 100 * MIB;
    const write = (): void => {
      while (sent < total) {
        sent += chunk.length;
        if (!outgoing.write(chunk)) return void outgoing.once('drain', write);
      }
      outgoing.end();
    };
    write();
    const stalledAt = await untilStable('the writer to stall', () => sent);
    expect(stalledAt).toBeLessThan(40 * MIB);
    pending?.resume();
    const [response] = await responded;
    expect(response.statusCode).toBe(200);
    expect((await bodyOf(response)).toString()).toBe('got it');
    expect(sent).toBe(total);
  });
});
