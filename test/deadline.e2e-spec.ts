import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { call, startApp, tempDir, waitFor, type AppProcess } from '#testing';

const WAITS_MS = 1_500;
const ORDER = { userId: 'u', items: [{ productId: 'p', quantity: 1 }] };

/** A request that the user service received, and when its connection closed. */
interface ReceivedRequest {
  readonly line: string;
  readonly timeLeftMs: number;
  readonly receivedAt: number;
  endedAt: number | undefined;
}

const describeRequest = ({ method, url, headers }: IncomingMessage): ReceivedRequest => ({
  line: `${method} ${url}`,
  timeLeftMs: Number(headers['x-request-timeout-ms']),
  receivedAt: performance.now(),
  endedAt: undefined,
});

describe('the deadline of a caller', () => {
  const data = tempDir();
  const received: ReceivedRequest[] = [];
  let users: Server;
  let gateway: AppProcess;
  let orders: AppProcess;

  beforeAll(async () => {
    // Never responds to requests for users.
    users = createServer((request, response) => {
      if (!request.url!.startsWith('/users/')) return void response.end();
      const seen = describeRequest(request);
      received.push(seen);
      response.once('close', () => (seen.endedAt = performance.now()));
    }).listen(0, '127.0.0.1');
    await once(users, 'listening');
    gateway = await startApp('gateway', { GATEWAY_HOST: '127.0.0.1', GATEWAY_PORT: '0' });
    const url = `http://127.0.0.1:${(users.address() as AddressInfo).port}`;
    const body = { name: 'user-service', url, id: 'users', ttlSeconds: 300 };
    expect((await call(gateway.url, 'POST /discovery/register', { body })).status).toBe(201);
    const env = { ORDER_SERVICE_PORT: '0', DATA_DIR: data.path, REGISTRY_URL: gateway.url };
    orders = await startApp('order-service', env);
    await waitFor(
      'orders to be up',
      async () => (await call(gateway.url, 'GET /api/order-service/orders')).status === 200,
    );
  });

  afterAll(async () => {
    users.closeAllConnections();
    users.close();
    for (const { process } of [orders, gateway]) await process.stop();
    data.remove();
  });

  const order = (headers: Readonly<Record<string, string>>) =>
    call(gateway.url, 'POST /api/order-service/orders', { body: ORDER, headers });

  it('is forwarded by the gateway and the order service to the user service, and bounds that call', async () => {
    const pendingResponse = order({ 'x-request-timeout-ms': String(WAITS_MS) });
    await waitFor('the request to reach the user service', () => received.length > 0);
    const [first] = received as [ReceivedRequest];
    expect(first.line).toBe('GET /users/u');
    expect(first.timeLeftMs).toBeGreaterThan(0);
    expect(first.timeLeftMs).toBeLessThanOrEqual(WAITS_MS);
    await waitFor('the order service to abort the call', () => first.endedAt !== undefined);
    // The time-out runs on a timer, which may fire slightly early; the caller did wait for it.
    expect(first.endedAt! - first.receivedAt).toBeGreaterThanOrEqual(first.timeLeftMs - 50);
    // Accepted as pending by the order service, or timed out by the gateway at the same moment.
    expect([202, 504]).toContain((await pendingResponse).status);
  });
});
