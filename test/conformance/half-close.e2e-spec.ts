import { waitFor } from '#testing';
import { onEveryKind, SERVICE } from './support/bench.js';
import { RawClient } from './support/raw-client.js';

onEveryKind('a client that half-closes its connection', (bench) => {
  const get = (path: string): string => `GET /api/${SERVICE}${path} HTTP/1.1\r\nHost: gw\r\n\r\n`;
  const sendAndEnd = async (bytes: string): Promise<RawClient> => {
    const client = (await RawClient.open(bench().gatewayPort)).send(bytes);
    client.socket.end();
    return client;
  };

  it('receives the response to a complete request, then the connection closes', async () => {
    bench().service.handler = (_request, response) => setTimeout(() => response.end('the answer'), 50);
    const client = await sendAndEnd(get('/x'));
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 200 [^]*the answer/);
  });

  it('receives a slow response that starts early', async () => {
    bench().service.handler = (_request, response) => {
      setTimeout(() => response.write('begun, '), 50);
      setTimeout(() => response.end('ended'), 1_000);
    };
    const client = await sendAndEnd(get('/x'));
    expect(await client.untilClosed()).toMatch(/begun, [^]*ended\r\n0\r\n\r\n$/);
  });

  it('receives the responses to all its requests', async () => {
    bench().service.handler = (request, response) => setTimeout(() => response.end(`[${request.url}]`), 20);
    const health = 'GET /health/live HTTP/1.1\r\nHost: gw\r\n\r\n';
    const client = await sendAndEnd(`${get('/a')}${get('/b')}${health}`);
    const answers = await client.untilClosed();
    expect(answers).toMatch(/^HTTP\/1\.1 200 [^]*\[\/a\][^]*HTTP\/1\.1 200 [^]*\[\/b\][^]*HTTP\/1\.1 200 /);
  });

  it('is treated as disconnected while the service sends nothing', async () => {
    let isReached = false;
    let hasClosed = false;
    bench().service.handler = (_request, response) => {
      isReached = true;
      response.on('close', () => (hasClosed = true));
    };
    const client = await sendAndEnd(get('/x'));
    await waitFor('the service to have the request', () => isReached);
    await waitFor('the service to see the client leave', () => hasClosed, 1_000);
    await client.untilClosed();
  });
});
