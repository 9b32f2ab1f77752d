import { waitFor } from '#testing';
import { onEveryKind, SERVICE } from './support/harness.js';
import { RawClient } from './support/raw-client.js';

onEveryKind('a client that half-closes its connection', (harness) => {
  const get = (path: string): string => `GET /api/${SERVICE}${path} HTTP/1.1\r\nHost: gw\r\n\r\n`;
  const sendAndEnd = async (bytes: string): Promise<RawClient> => {
    const client = (await RawClient.open(harness().gatewayPort)).send(bytes);
    client.socket.end();
    return client;
  };

  it('receives the response to a complete request, then the connection closes', async () => {
    harness().service.handler = (_request, response) => setTimeout(() => response.end('the response'), 50);
    const client = await sendAndEnd(get('/x'));
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 200 [^]*the response/);
  });

  it('receives a slow response that starts early', async () => {
    harness().service.handler = (_request, response) => {
      setTimeout(() => response.write('begun, '), 50);
      setTimeout(() => response.end('ended'), 1_000);
    };
    const client = await sendAndEnd(get('/x'));
    expect(await client.untilClosed()).toMatch(/begun, [^]*ended\r\n0\r\n\r\n$/);
  });

  it('receives the responses to all its requests', async () => {
    harness().service.handler = (request, response) => setTimeout(() => response.end(`[${request.url}]`), 20);
    const health = 'GET /health/live HTTP/1.1\r\nHost: gw\r\n\r\n';
    const client = await sendAndEnd(`${get('/a')}${get('/b')}${health}`);
    const responses = await client.untilClosed();
    expect(responses).toMatch(/^HTTP\/1\.1 200 [^]*\[\/a\][^]*HTTP\/1\.1 200 [^]*\[\/b\][^]*HTTP\/1\.1 200 /);
  });

  it('is treated as disconnected while the service sends nothing', async () => {
    let isReached = false;
    let hasClosed = false;
    harness().service.handler = (_request, response) => {
      isReached = true;
      response.on('close', () => (hasClosed = true));
    };
    const client = await sendAndEnd(get('/x'));
    await waitFor('the request to reach the service', () => isReached);
    await waitFor('the disconnection to reach the service', () => hasClosed, 1_000);
    await client.untilClosed();
  });
});
