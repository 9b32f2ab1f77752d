import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { call, onPrograms, startNginx, waitFor, type TestNginx } from '#testing';
import { listening, portOf } from './support/nginx-front.js';

/** Replaces a gateway, and records the requests that it receives. */
class FakeGateway {
  readonly requests: string[] = [];
  connections = 0;
  handler: RequestListener = (_request, response) => response.end('ok');

  static async start(port = 0): Promise<FakeGateway> {
    const server = createServer((request, response) => {
      gateway.requests.push(`${request.method} ${request.url}`);
      gateway.handler(request, response);
    });
    server.on('connection', () => (gateway.connections += 1));
    const gateway = new FakeGateway(await listening(server, port));
    return gateway;
  }

  readonly port: number;

  private constructor(private readonly server: Server) {
    this.port = portOf(server);
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const breaks: RequestListener = (request) => void request.socket.destroy();

onPrograms(['nginx'], 'nginx in front of failing gateways', () => {
  let nginx: TestNginx;
  let one: FakeGateway;
  let other: FakeGateway;

  beforeEach(async () => {
    [one, other] = [await FakeGateway.start(), await FakeGateway.start()];
    nginx = await startNginx([one.address, other.address]);
  });

  afterEach(async () => {
    await nginx.stop();
    one.stop();
    other.stop();
  });

  const both = (): string[] => [...one.requests, ...other.requests];

  it('keeps connections to gateways open', async () => {
    for (let i = 0; i < 20; i += 1) await fetch(`${nginx.url}/api/x`);
    expect(both()).toHaveLength(20);
    // Each worker has its own connections.
    expect(one.connections + other.connections).toBeLessThanOrEqual(8);
  });

  it.each(['GET', 'POST', 'PATCH'])(
    'tries another gateway when one refuses connections (%s)',
    async (method) => {
      one.stop();
      for (let i = 0; i < 5; i += 1)
        expect(await call(nginx.url, `${method} /api/x`)).toMatchObject({ status: 200, body: 'ok' });
      expect(other.requests).toHaveLength(5);
    },
  );

  it.each(['GET', 'PUT', 'DELETE'])(
    'retries %s when a connection breaks before the response',
    async (method) => {
      one.handler = breaks;
      other.handler = (_request, response) => response.end('from the other');
      for (let i = 0; i < 4; i += 1)
        expect(await call(nginx.url, `${method} /api/x`)).toMatchObject({
          status: 200,
          body: 'from the other',
        });
      expect(one.requests.length).toBeGreaterThan(0);
    },
  );

  it.each(['POST', 'PATCH'])('never retries %s after it was sent', async (method) => {
    one.handler = other.handler = breaks;
    const { status, body, headers } = await call(nginx.url, `${method} /api/x`, { body: { a: 1 } });
    expect([status, headers.get('retry-after')]).toEqual([502, '1']);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(body).toMatchObject({
      type: 'urn:msa-gateway:problem:gateway-unreachable',
      status: 502,
      instance: '/api/x',
      requestId: headers.get('x-request-id'),
    });
    expect(both()).toEqual([`${method} /api/x`]);
  });

  it('forwards the responses of a gateway, errors included', async () => {
    one.handler = other.handler = (_request, response) =>
      response.writeHead(503, { 'retry-after': '7' }).end('of the gateway');
    const { status, body, headers } = await call(nginx.url, 'GET /api/x');
    expect([status, body, headers.get('retry-after')]).toEqual([503, 'of the gateway', '7']);
    expect(both()).toHaveLength(1);
  });

  it('limits a gateway that hangs to the number of requests in flight on the others', async () => {
    one.handler = () => undefined;
    const abort = new AbortController();
    const client = async (): Promise<void> => {
      for (let i = 0; i < 50; i += 1)
        await (await fetch(`${nginx.url}/api/x`, { signal: abort.signal })).arrayBuffer();
    };
    const clients = Promise.allSettled(Array.from({ length: 10 }, client));
    await waitFor('the responses of the other gateway', () => other.requests.length >= 50 * 5);
    expect(one.requests.length).toBeLessThanOrEqual(5);
    abort.abort();
    await clients;
  });

  it('uses a gateway again after it returns', async () => {
    const { port } = one;
    one.stop();
    for (let i = 0; i < 5; i += 1) await fetch(`${nginx.url}/api/x`);
    one = await FakeGateway.start(port);
    await waitFor('the gateway to receive requests', async () => {
      await fetch(`${nginx.url}/api/x`);
      return one.requests.length > 0;
    });
  });

  it('uses a returned gateway immediately when the other one stops, although it is still marked as failed', async () => {
    const { port } = one;
    one.stop();
    for (let i = 0; i < 5; i += 1) await fetch(`${nginx.url}/api/x`);
    one = await FakeGateway.start(port);
    other.stop();
    for (let i = 0; i < 5; i += 1)
      for (const method of ['GET', 'POST'])
        expect(await call(nginx.url, `${method} /api/x`)).toMatchObject({ status: 200, body: 'ok' });
    expect(one.requests.length).toBe(10);
  });

  it('forwards no upgrade except WebSocket', async () => {
    one.handler = other.handler = (request, response) => response.end(JSON.stringify(request.headers));
    const headers = { connection: 'upgrade', upgrade: 'h2c', 'http2-settings': 'AAMAAABk' };
    const outgoing = request(`${nginx.url}/api/x`, { headers }).end();
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    const [seen] = (await once(incoming.setEncoding('utf8'), 'data')) as [string];
    expect(JSON.parse(seen)).not.toHaveProperty('upgrade');
  });

  it('responds 502 when no gateway is available', async () => {
    one.stop();
    other.stop();
    const { status, body } = await call(nginx.url, 'POST /api/x?a=b', { body: { a: 1 } });
    expect([status, body.instance]).toEqual([502, '/api/x']);
  });
});
