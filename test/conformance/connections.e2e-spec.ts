import { Agent } from 'node:http';
import { onEveryKind, SERVICE } from './support/harness.js';
import { exchange } from './support/exchange.js';
import { RawClient } from './support/raw-client.js';

onEveryKind('connections', (harness) => {
  const echoUrl = (): void => {
    harness().service.handler = (request, response) => response.end(`[${request.url ?? ''}]`);
  };
  const get = (path: string, more = ''): string =>
    `GET /api/${SERVICE}${path} HTTP/1.1\r\nHost: gw\r\n${more}\r\n`;

  it('serves many requests on one connection', async () => {
    echoUrl();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const sockets = new Set<unknown>();
    agent.on('free', (socket) => sockets.add(socket));
    for (let i = 0; i < 20; i += 1)
      expect((await exchange(`${harness().url}/${i}`, { agent })).text).toBe(`[/${i}]`);
    expect(sockets.size).toBe(1);
    agent.destroy();
  });

  it('responds to pipelined requests in order', async () => {
    harness().service.handler = (request, response) => {
      // The first response is the slowest.
      if (request.url === '/a') setTimeout(() => response.end('[/a]'), 50);
      else response.end(`[${request.url ?? ''}]`);
    };
    const client = await RawClient.open(harness().gatewayPort);
    client.send(get('/a') + get('/b') + get('/c', 'Connection: close\r\n'));
    expect((await client.untilClosed()).match(/\[[^\]]*\]/g)).toEqual(['[/a]', '[/b]', '[/c]']);
  });

  it('serves its own endpoints and a service on one connection', async () => {
    echoUrl();
    const client = await RawClient.open(harness().gatewayPort);
    client.send('GET /discovery/services HTTP/1.1\r\nHost: gw\r\n\r\n' + get('/x', 'Connection: close\r\n'));
    const responses = await client.untilClosed();
    expect(responses).toMatch(/"name":"test-service"[^]*\[\/x\]/);
  });

  it('accepts requests byte by byte', async () => {
    echoUrl();
    const client = await RawClient.open(harness().gatewayPort);
    client.socket.setNoDelay(true);
    for (const byte of get('/slow', 'Connection: close\r\n')) client.send(byte);
    expect(await client.untilClosed()).toContain('[/slow]');
  });

  it('responds to HTTP/1.0 without chunks and closes', async () => {
    harness().service.handler = (_request, response) => {
      response.write('no ');
      response.end('chunks');
    };
    const client = await RawClient.open(harness().gatewayPort);
    client.send(`GET /api/${SERVICE} HTTP/1.0\r\n\r\n`);
    const response = await client.untilClosed();
    expect(response).not.toMatch(/transfer-encoding/i);
    expect(response).toMatch(/\r\n\r\nno chunks$/);
  });

  it('forwards an upgrade as an ordinary request when the service does not support it', async () => {
    harness().service.handler = (request, response) => response.end(`[${request.method ?? ''} as ever]`);
    const client = await RawClient.open(harness().gatewayPort);
    client.send(get('/x', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'));
    const response = await client.untilClosed();
    expect(response).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*via: 1\.1 msa-gateway\r\n[^]*\[GET as ever\]/i);
  });
});
