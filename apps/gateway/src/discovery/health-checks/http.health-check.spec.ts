import { once } from 'node:events';
import { createServer, Socket, type AddressInfo, type Server } from 'node:net';
import type { HealthCheckResult } from './health-check.js';
import { HttpHealthCheck } from './http.health-check.js';

describe('HttpHealthCheck', () => {
  let server: Server;
  let received: string;
  let onRequest: (socket: Socket) => void;

  beforeEach(async () => {
    received = '';
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.setEncoding('latin1').on('data', (text: string) => {
        received += text;
        if (received.endsWith('\r\n\r\n')) onRequest(socket);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => server.close());

  const portOf = (): number => (server.address() as AddressInfo).port;

  function check(
    metadata = {},
    port = portOf(),
    hasConnected = true,
  ): Promise<HealthCheckResult | undefined> {
    const url = `http://127.0.0.1:${port}`;
    return new HttpHealthCheck().run({ url, endpoint: url, healthPath: '/up?x=1', metadata }, hasConnected);
  }

  const responding = (text: string) => (socket: Socket) => void socket.end(text);

  it.each([
    [200, true],
    [404, true],
    [499, true],
    [500, false],
    [503, false],
  ])('maps status %i to ok: %s', async (status, ok) => {
    onRequest = responding(`HTTP/1.1 ${status} X\r\n\r\n`);
    expect(await check()).toEqual({
      ok,
      isSilent: false,
      latencyMs: expect.any(Number) as number,
      reason: `health check of /up?x=1 received ${status}`,
    });
  });

  it('sends one complete request', async () => {
    onRequest = responding('HTTP/1.1 204 \r\n\r\n');
    await check();
    expect(received).toMatch(/^GET \/up\?x=1 HTTP\/1\.1\r\n/);
    expect(received).toContain(`\r\nhost: 127.0.0.1:${portOf()}\r\n`);
    expect(received).toContain('\r\nconnection: close\r\n');
  });

  it('reads the status byte by byte, after interim responses, and from HTTP/1.0', async () => {
    onRequest = (socket) => {
      socket.setNoDelay(true);
      const text = 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.0 503 Away\r\n\r\n';
      for (const byte of text) socket.write(byte);
    };
    expect(await check()).toMatchObject({ ok: false, reason: 'health check of /up?x=1 received 503' });
  });

  it.each([
    ['SSH-2.0-OpenSSH_9.6\r\n', 'not an HTTP response'],
    ['HTTP/1.1 999 Odd\r\n\r\n', 'not an HTTP response'],
    ['', 'connection closed without a response'],
    ['HTTP/1.1', 'connection closed without a response'],
  ])('fails if it receives %j', async (text, why) => {
    onRequest = responding(text);
    const reason = `health check of /up?x=1 failed (${why})`;
    expect(await check()).toMatchObject({ ok: false, isSilent: false, reason });
  });

  it('reports a silent instance without a status within the configured time, even if bytes arrive', async () => {
    onRequest = (socket) => void socket.write('HTTP/1.1');
    expect(await check({ 'gateway.health-check.timeout-ms': '50' })).toMatchObject({
      ok: false,
      isSilent: true,
      reason: 'health check of /up?x=1 timed out after 50 ms',
    });
  });

  it('fails if the connection is refused', async () => {
    const port = portOf();
    server.close();
    await once(server, 'close');
    expect(await check({}, port)).toMatchObject({
      ok: false,
      isSilent: false,
      reason: 'health check of /up?x=1 failed (ECONNREFUSED)',
    });
  });

  it('fails without a local address for an instance that was never connected to, else has no result', async () => {
    const connect = jest.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket) {
      return this.destroy(Object.assign(new Error('no address'), { code: 'EADDRNOTAVAIL' }));
    });
    const results = [await check({}, 1, false), await check({}, 1, true)];
    connect.mockRestore();
    expect(results).toEqual([
      expect.objectContaining({
        ok: false,
        reason: 'health check of /up?x=1 failed (EADDRNOTAVAIL)',
      }) as unknown,
      undefined,
    ]);
  });

  it('cuts off an endless response', async () => {
    const closed = new Promise((resolve) => {
      onRequest = (socket) => {
        const timer = setInterval(() => socket.write('x'.repeat(16_384)), 1);
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.on('close', () => {
          clearInterval(timer);
          resolve(undefined);
        });
      };
    });
    expect(await check()).toMatchObject({ ok: true });
    await closed;
  });
});
